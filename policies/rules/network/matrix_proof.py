"""The rules allow what the matrix declares: at both ends, no more and no less, one way in and one way out."""

from collections.abc import Iterator

from quadrant_platform.policies.core import Finding, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.declared_matrix import DeclaredMatrix
from quadrant_platform.policies.core.policy import ISOLATION, SURFACE
from quadrant_platform.reachability import Connection, Connectivity, ContainerPort, Pod, Scope, compare

ENTRY = "traefik"
EXIT = "traefik-egress"


def symmetric_rules(stack: StackIndex) -> Iterator[Finding]:
    """Check that what one pod may send the other may receive, and the other way round."""
    for matrix in stack.matrices:
        sent, received = (_one_way(stack, matrix, direction) for direction in ("Egress", "Ingress"))
        for one in sorted(sent - received):
            yield Finding(f"{_text(one)} is let out but not let in", "ingress", matrix.obj)
        for one in sorted(received - sent):
            yield Finding(f"{_text(one)} is let in but not let out", "egress", matrix.obj)


def _one_way(stack: StackIndex, matrix: DeclaredMatrix, direction: str) -> frozenset[Connection]:
    """Return the connections among a system's own pods as far as one direction decides."""
    rules, own = [policy.rules.only(direction) for policy in stack.network_policies], frozenset(matrix.workloads)
    graph = Connectivity(rules, _with_all_ports(stack), stack.namespace_labels, Scope(subjects=own))
    return frozenset(one for one in graph.connections() if one.source in own and one.target in own)


def _with_all_ports(stack: StackIndex) -> Iterator[Pod]:
    """Yield the pods, each listening on every port that a rule names: both directions must judge the same."""
    rules = (rule for policy in stack.network_policies for rule in policy.rules.rules)
    named = {ContainerPort(port.first, port.protocol) for rule in rules for port in rule.ports if port.name is None}
    for pod in stack.known_pods:
        yield pod._replace(ports=(*pod.ports, *sorted(named - set(pod.ports), key=str)))


def reachability_equals_matrix(stack: StackIndex) -> Iterator[Finding]:
    """Check that the NetworkPolicies allow every declared connection and no other."""
    policies = [policy.rules for policy in stack.network_policies]
    for matrix in stack.matrices:
        try:
            difference = compare(policies, stack.labelled_pods, stack.namespace_labels, matrix.raw)
        except ValueError as error:
            yield Finding(f"the matrix cannot be compared: {error}", "unprovable", matrix.obj)
            continue
        for one in difference.missing:
            yield Finding(f"{_text(one)} is declared but refused", "missing", matrix.obj)
        for one in difference.excess:
            yield Finding(f"{_text(one)} is allowed but not declared", "excess", matrix.obj)


def one_entry_one_exit(stack: StackIndex) -> Iterator[Finding]:
    """Check that the internet reaches only traefik, and that only traefik-egress reaches the internet."""
    for matrix in stack.matrices:
        for row in matrix.rows:
            inward, outward = row["from"] in matrix.world, row["to"] in matrix.world
            if inward and _name(row["to"]) != ENTRY:
                yield Finding(f"{row['to']} is reached from {row['from']}", "entry", matrix.obj)
            if outward and _name(row["from"]) != EXIT:
                yield Finding(f"{row['from']} reaches {row['to']}", "exit", matrix.obj)
        yield from _several_entries(stack, matrix)


def _several_entries(stack: StackIndex, matrix: DeclaredMatrix) -> Iterator[Finding]:
    own = (obj for obj in stack.of_kind("Service") if obj.namespace in matrix.namespaces)
    public = [obj for obj in own if obj.node.at("spec", "type").text() in {"LoadBalancer", "NodePort"}]
    for obj in public[1:]:
        yield Finding(f"{public[0].identity} is public already", "entry", obj)


def _name(identity: str) -> str:
    return identity.rpartition("/")[2]


def _text(one: Connection) -> str:
    return f"{one.source} -> {one.target} {one.port}/{one.protocol}"


POLICIES = (
    StackPolicy(
        name="symmetric-rules", title="Every allowed connection is allowed at both ends",
        severity=Severity.HIGH, tags=("NSA-2",), group=ISOLATION, needs_matrix=True, predicate=symmetric_rules,
        why="A rule at one end only has no effect now, and opens the way once the other end changes.",
        remedy="Write the missing rule, or remove the other: one row of the flow table yields both.",
    ),
    StackPolicy(
        name="reachability-equals-matrix", title="The rules allow exactly the declared connections",
        severity=Severity.CRITICAL, tags=("NSA-2", "zero-trust"), group=ISOLATION, needs_matrix=True,
        predicate=reachability_equals_matrix,
        why="Only all rules together decide who can connect to whom.",
        remedy="Change the flow table, not the policies.",
    ),
    StackPolicy(
        name="one-entry-one-exit", title="Traefik is the only way in and the only way out",
        severity=Severity.CRITICAL, tags=("NSA-2",), group=SURFACE, needs_matrix=True, predicate=one_entry_one_exit,
        why="A second way in or out passes neither the middlewares nor the audit log.",
        remedy="Route through traefik, and give the workload a row to traefik-egress.",
    ),
)  # fmt: skip
