"""The isolation of segments: a matrix, default-deny, and policies that select the pods."""

from collections.abc import Iterator

from quadrant_platform.policies.core import Finding, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.declared_matrix import DeclaredMatrix
from quadrant_platform.policies.core.index import NetworkPolicyObject
from quadrant_platform.policies.core.policy import ISOLATION
from quadrant_platform.reachability import Peer, Rule
from quadrant_platform.vocabulary import MATRIX_LABEL, MATRIX_NAME, SYSTEM_LABEL

DIRECTIONS = ("Ingress", "Egress")


def matrix_present(stack: StackIndex) -> Iterator[Finding]:
    """Check that every system with segments has exactly one matrix, whose rows name its peers."""
    systems = [matrix.system for matrix in stack.matrices]
    for obj in stack.segments:
        system = obj.labels.get(SYSTEM_LABEL, "")
        if system not in systems:
            yield Finding(f"system {system!r} has no ConfigMap {MATRIX_NAME}", "missing", obj)
    for matrix in stack.matrices:
        if systems.count(matrix.system) > 1:
            yield Finding(f"system {matrix.system!r} has more than one matrix", "duplicate", matrix.obj)
        yield from _unknown_peers(matrix)


def _unknown_peers(matrix: DeclaredMatrix) -> Iterator[Finding]:
    for row in matrix.rows:
        for end in (row["from"], row["to"]):
            if end not in matrix.peers:
                message = f"row {row['from']} -> {row['to']} names {end}, which is no peer"
                yield Finding(message, "peer", matrix.obj)


def default_deny_everywhere(stack: StackIndex) -> Iterator[Finding]:
    """Check that every namespace of the stack refuses all traffic, in both directions, that no other policy allows."""
    owners = {name: matrix.obj for matrix in stack.matrices for name in matrix.namespaces}
    owners |= {obj.name: obj for obj in stack.of_kind("Namespace") if not obj.name.startswith("kube-")}
    for namespace in sorted(owners):
        denied = {
            direction
            for policy in stack.network_policies
            if policy.rules.namespace == namespace and policy.rules.selects_everything and not policy.rules.rules
            for direction in policy.rules.directions
        }
        for direction in DIRECTIONS:
            if direction not in denied:
                message = f"namespace {namespace} has no default-deny for {direction}"
                yield Finding(message, direction, owners[namespace])


def every_pod_covered(stack: StackIndex) -> Iterator[Finding]:
    """Check that policies select every pod in both directions, and that no policy or peer is without pods.

    Where neither a namespace nor any NetworkPolicy in it is among the manifests, its policies may be elsewhere.
    """
    graph = stack.connectivity
    workloads = {f"{pod.workload.namespace}/{pod.workload.name}": pod.workload for pod in stack.pods}
    for identity, obj in workloads.items():
        selecting = {"Ingress": graph.ingress, "Egress": graph.egress}
        judged = obj.namespace in stack.segment_names or stack.is_complete(obj.namespace, "NetworkPolicy")
        for direction in DIRECTIONS if judged else ():
            if identity not in selecting[direction]:
                yield Finding(f"no NetworkPolicy selects its pods for {direction}", direction, obj)
    inhabited = {obj.namespace for obj in workloads.values()}
    for policy in stack.network_policies:
        if policy.rules.namespace in (stack.segment_names if stack.matrices else inhabited):
            yield from _dangling(stack, policy, outside=bool(stack.matrices))


def _dangling(stack: StackIndex, policy: NetworkPolicyObject, *, outside: bool) -> Iterator[Finding]:
    """Yield selectors and peers without pods; peers of other namespaces are judged by a matrix only."""
    graph, namespace, selector = stack.connectivity, policy.rules.namespace, policy.rules.selector
    selecting = (*graph.ingress.values(), *graph.egress.values())
    selected = policy.rules.selects_everything or any(policy.rules in group for group in selecting)
    if not selected and not stack.may_be_made(selector, namespace):
        yield Finding("it selects no pod of the stack or the matrix", "selector", policy.obj)
    for rule in policy.rules.rules:
        for peer, group in zip(rule.peers, graph.peers(policy.rules, rule), strict=False):
            known = peer.range is None and (outside or peer.namespaces is None)
            if known and not group and not stack.may_be_made(peer.pods, namespace, peer.namespaces):
                message = f"the peer {_labels(policy, peer)} is no pod of the stack or the matrix{_split(rule, peer)}"
                yield Finding(message, "peer", policy.obj)


def _split(rule: Rule, peer: Peer) -> str:
    """Return a word on the namespaces of another peer, which may be meant for this one's pods."""
    alone = any(other.namespaces is not None and not any(other.pods) for other in rule.peers)
    fits = alone and peer.namespaces is None
    return ", and the namespaceSelector beside it allows all pods there: write both into one item" if fits else ""


def _labels(policy: NetworkPolicyObject, peer: Peer) -> str:
    selectors = (peer.namespaces, peer.pods)
    parts = [f"{key}={value}" for selector in selectors if selector for key, value in sorted(selector.items)]
    return ", ".join(parts) or f"of namespace {policy.rules.namespace}"


POLICIES = (
    StackPolicy(
        name="matrix-present", title="Every system with segments declares its connections",
        severity=Severity.CRITICAL, tags=("architecture",), group=ISOLATION, needs_matrix=True,
        predicate=matrix_present,
        why="Without the declared connections the rules cannot be compared with anything.",
        remedy=f"Register the ConfigMap {MATRIX_NAME} with the label {MATRIX_LABEL}.",
    ),
    StackPolicy(
        name="default-deny-everywhere", title="Every namespace refuses what is not allowed, both ways",
        severity=Severity.CRITICAL, tags=("NSA-2", "CIS-5.3.2"), group=ISOLATION,
        predicate=default_deny_everywhere,
        why="A namespace without it lets a new or mislabelled pod connect to every other.",
        remedy="Add a NetworkPolicy with an empty podSelector, both policyTypes and no rules.",
    ),
    StackPolicy(
        name="every-pod-covered-both-directions", title="NetworkPolicies select the pods",
        severity=Severity.HIGH, tags=("NSA-2",), group=ISOLATION, predicate=every_pod_covered,
        why="A policy without pods or peers protects nothing and looks as if it did.",
        remedy="Correct the labels of the selector, or remove the policy.",
    ),
)  # fmt: skip
