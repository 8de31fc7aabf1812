"""What the rules allow is what was declared: symmetric, equal to the matrix, one way in and one way out."""

from __future__ import annotations

from collections.abc import Iterator

from quadrant_platform.policies.core.declared_matrix import DeclaredMatrix
from quadrant_platform.policies.core.index import StackIndex
from quadrant_platform.policies.core.network_shapes import Shape, namespace, one_direction
from quadrant_platform.policies.core.policy import Finding, Group, Severity, StackPolicy
from quadrant_platform.policies.rules.network.policy_coverage import GROUP, known_pods
from quadrant_platform.reachability.connectivity import Connection, Connectivity, Scope
from quadrant_platform.reachability.labelled_pods import ContainerPort, Pod
from quadrant_platform.reachability.network_policy import parse_policies
from quadrant_platform.reachability.proof import prove

ENTRY = "traefik"
EXIT = "traefik-egress"
SURFACE = Group(name="public-surface", title="One way in, one way out, and every public route guarded")


def symmetric_rules(stack: StackIndex) -> Iterator[Finding]:
    """What one pod may send, the other may receive, and the other way round."""
    for matrix in stack.matrices:
        sent, received = (_edges(stack, matrix, direction) for direction in ("Egress", "Ingress"))
        for edge in sorted(sent - received):
            yield Finding(f"{_text(edge)} is let out but not let in", "ingress", matrix.obj)
        for edge in sorted(received - sent):
            yield Finding(f"{_text(edge)} is let in but not let out", "egress", matrix.obj)


def _edges(stack: StackIndex, matrix: DeclaredMatrix, direction: str) -> frozenset[Connection]:
    """The connections among a system's own pods as far as one direction decides."""
    shapes = [one_direction(policy.shape, direction) for policy in stack.network_policies]
    policies = parse_policies(shape for shape in shapes if shape)
    ours = frozenset(matrix.workloads)
    graph = Connectivity(policies, _with_all_ports(stack), stack.namespace_labels, Scope(subjects=ours))
    return frozenset(edge for edge in graph.edges() if edge.source in ours and edge.target in ours)


def _with_all_ports(stack: StackIndex) -> Iterator[Pod]:
    """The pods, each listening on every port that a rule names: both directions must judge the same."""
    rules = (rule for policy in stack.network_policies for rule in policy.rules.rules)
    named = {ContainerPort(port.first, port.protocol) for rule in rules for port in rule.ports if port.name is None}
    for pod in known_pods(stack):
        yield pod._replace(ports=(*pod.ports, *sorted(named - set(pod.ports), key=str)))


def reachability_equals_matrix(stack: StackIndex) -> Iterator[Finding]:
    """The NetworkPolicies allow every declared connection and no other."""
    manifests = _manifests(stack)
    for matrix in stack.matrices:
        try:
            difference = prove(manifests, matrix.shape)
        except ValueError as error:
            yield Finding(f"the matrix cannot be compared: {error}", "unprovable", matrix.obj)
            continue
        for edge in difference.missing:
            yield Finding(f"{_text(edge)} is declared but refused", "missing", matrix.obj)
        for edge in difference.excess:
            yield Finding(f"{_text(edge)} is allowed but not declared", "excess", matrix.obj)


def _manifests(stack: StackIndex) -> list[Shape]:
    namespaces = stack.namespace_labels.items()
    return [
        *(namespace(name, labels) for name, labels in namespaces),
        *(policy.shape for policy in stack.network_policies),
        *stack.pod_manifests,
    ]


def one_entry_one_exit(stack: StackIndex) -> Iterator[Finding]:
    """Only traefik is reached from the internet, and only traefik-egress reaches it."""
    for matrix in stack.matrices:
        for row in matrix.rows:
            inward, outward = row["from"] in matrix.world, row["to"] in matrix.world
            if inward and _name(row["to"]) != ENTRY:
                yield Finding(f"{row['to']} is reached from {row['from']}", "entry", matrix.obj)
            if outward and _name(row["from"]) != EXIT:
                yield Finding(f"{row['from']} reaches {row['to']}", "exit", matrix.obj)
        yield from _several_entries(stack, matrix)


def _several_entries(stack: StackIndex, matrix: DeclaredMatrix) -> Iterator[Finding]:
    ours = (obj for obj in stack.of_kind("Service") if obj.namespace in matrix.namespaces)
    public = [obj for obj in ours if obj.node.at("spec", "type").text() in {"LoadBalancer", "NodePort"}]
    for obj in public[1:]:
        yield Finding(f"{public[0].identity} is public already", "entry", obj)


def _name(identity: str) -> str:
    return identity.rpartition("/")[2]


def _text(edge: Connection) -> str:
    return f"{edge.source} -> {edge.target} {edge.port}/{edge.protocol}"


POLICIES = (
    StackPolicy(
        name="symmetric-rules", title="Every allowed connection is allowed at both ends",
        severity=Severity.HIGH, tags=("NSA-2",), group=GROUP, needs_matrix=True, predicate=symmetric_rules,
        why="A rule at one end only is either dead or a door that the other end happens to keep shut.",
        remedy="Write the missing rule, or remove the lonely one: both come from one row of the flow table.",
    ),
    StackPolicy(
        name="reachability-equals-matrix", title="The rules allow exactly the declared connections",
        severity=Severity.CRITICAL, tags=("NSA-2", "zero-trust"), group=GROUP, needs_matrix=True,
        predicate=reachability_equals_matrix,
        why="Only the effect of all rules together says who can talk to whom.",
        remedy="Change the flow table, not the policies.",
    ),
    StackPolicy(
        name="one-entry-one-exit", title="Traefik is the only way in and the only way out",
        severity=Severity.CRITICAL, tags=("NSA-2",), group=SURFACE, needs_matrix=True, predicate=one_entry_one_exit,
        why="A second way in or out passes neither the middlewares nor the audit log.",
        remedy="Route through traefik, and give the workload a row to traefik-egress.",
    ),
)  # fmt: skip
