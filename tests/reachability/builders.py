"""Short ways to write pods and policies."""

from collections.abc import Mapping, Sequence
from typing import Any

from quadrant_platform.reachability import AddressSet, Connection, ContainerPort, Pod, Range

Spec = Mapping[str, Any]
TCP80: list[Spec] = [{"port": 80}]


def pod(identity: str, *ports: ContainerPort, **labels: str) -> Pod:
    """Return a pod `namespace/name`, labelled `app: name` and as given; port 80 by default."""
    namespace, _, name = identity.partition("/")
    return Pod(identity, namespace, {"app": name, **labels}, ports or (ContainerPort(80),))


def policy(identity: str, selector: Spec, **spec: Any) -> dict[str, Any]:
    """Return a policy `namespace/name`; `types` is policyTypes, the rest is the spec as it is."""
    namespace, _, name = identity.partition("/")
    types = {"policyTypes": spec.pop("types")} if "types" in spec else {}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"podSelector": selector, **types, **spec},
    }


def deny(namespace: str) -> dict[str, Any]:
    """Return a default deny of both directions."""
    return policy(f"{namespace}/deny", {}, types=["Ingress", "Egress"])


def app(name: str) -> Spec:
    """Return a selector of one app."""
    return {"matchLabels": {"app": name}}


def admit(peers: Sequence[Spec], ports: Sequence[Spec] = ()) -> list[Spec]:
    """Return one ingress rule."""
    return [{"from": list(peers), "ports": list(ports)}]


def permit(peers: Sequence[Spec], ports: Sequence[Spec] = ()) -> list[Spec]:
    """Return one egress rule."""
    return [{"to": list(peers), "ports": list(ports)}]


def address_set(identity: str, *cidrs: str) -> AddressSet:
    """Return an address set of whole networks, or of single addresses as /32 and /128."""
    return AddressSet(identity, tuple(Range(cidr) for cidr in cidrs))


def between(edges: frozenset[Connection], source: str, target: str) -> set[tuple[str, int]]:
    """Return the sockets on which one reaches the other."""
    return {(edge.protocol, edge.port) for edge in edges if (edge.source, edge.target) == (source, target)}
