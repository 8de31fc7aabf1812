"""Short ways to write pods and policies."""

from collections.abc import Mapping, Sequence
from typing import Any

from quadrant_platform.reachability.explanation import Connection, ContainerPort, Pod

Spec = Mapping[str, Any]
TCP80: list[Spec] = [{"port": 80}]


def pod(identity: str, *ports: ContainerPort, **labels: str) -> Pod:
    """A pod `namespace/name`, labelled `app: name` and as told; port 80 unless told."""
    namespace, _, name = identity.partition("/")
    return Pod(identity, namespace, {"app": name, **labels}, ports or (ContainerPort(80),))


def policy(identity: str, selector: Spec, **spec: Any) -> dict[str, Any]:
    """A policy `namespace/name`; `types` is policyTypes, the rest goes into the spec as it is."""
    namespace, _, name = identity.partition("/")
    types = {"policyTypes": spec.pop("types")} if "types" in spec else {}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"podSelector": selector, **types, **spec},
    }


def deny(namespace: str) -> dict[str, Any]:
    """A default deny of both directions."""
    return policy(f"{namespace}/deny", {}, types=["Ingress", "Egress"])


def app(name: str) -> Spec:
    """A selector of one app."""
    return {"matchLabels": {"app": name}}


def admit(peers: Sequence[Spec], ports: Sequence[Spec] = ()) -> list[Spec]:
    """One ingress rule."""
    return [{"from": list(peers), "ports": list(ports)}]


def permit(peers: Sequence[Spec], ports: Sequence[Spec] = ()) -> list[Spec]:
    """One egress rule."""
    return [{"to": list(peers), "ports": list(ports)}]


def between(edges: frozenset[Connection], source: str, target: str) -> set[tuple[str, int]]:
    """The sockets on which one reaches the other."""
    return {(edge.protocol, edge.port) for edge in edges if (edge.source, edge.target) == (source, target)}
