"""Selectors, NetworkPolicies and pods of objects, read with their types for the evaluation of reachability."""

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any, TypeVar

from quadrant_platform.policies.core.access import InvalidError, MalformedError, Node
from quadrant_platform.policies.core.objects import Object
from quadrant_platform.policies.core.workload_pods import WorkloadPod
from quadrant_platform.reachability import ContainerPort, NetworkPolicy, Pod, Selector

T = TypeVar("T")


def selector_of(node: Node) -> Selector:
    """Return a label selector."""
    return _parsed(node, Selector.parse, _selector(node))


def network_policy_of(obj: Object) -> NetworkPolicy:
    """Return the policy of an object. Raises FieldError for one that the API server would refuse."""
    metadata, spec = obj.node.at("metadata"), obj.node.at("spec").required()
    raw = {
        "metadata": {"name": metadata.at("name").required().text(), "namespace": metadata.at("namespace").text()},
        "spec": {
            "podSelector": _selector(spec.at("podSelector")),
            "policyTypes": _each(spec.at("policyTypes"), Node.text),
            "ingress": _each(spec.at("ingress"), lambda rule: _rule(rule, "from")),
            "egress": _each(spec.at("egress"), lambda rule: _rule(rule, "to")),
        },
    }
    return _parsed(spec, NetworkPolicy.parse, raw)


def labelled_pod(pod: WorkloadPod) -> Pod:
    """Return a pod with only what decides about connections: place, labels and ports."""
    namespace = pod.workload.namespace or "default"
    ports = (_container_port(port) for one in pod.containers if one.keeps_running for port in one.ports)
    return Pod(f"{namespace}/{pod.workload.name}", namespace, pod.labels, tuple(ports))


def ip_block(node: Node) -> dict[str, Any]:
    """Return an address block."""
    return {"cidr": _network(node.at("cidr").required()), "except": _each(node.at("except"), _network)}


def _parsed(node: Node, parse: Callable[[dict[str, Any]], T], raw: dict[str, Any]) -> T:
    try:
        return parse(raw)
    except ValueError as error:
        raise InvalidError(node, str(error)) from error


def _each(node: Node, read: Callable[[Node], T]) -> list[T]:
    return [read(item) for item in node.items()]


def _selector(node: Node) -> dict[str, Any]:
    expressions = _each(node.at("matchExpressions"), _requirement)
    return {"matchLabels": node.at("matchLabels").texts(), "matchExpressions": expressions}


def _requirement(node: Node) -> dict[str, Any]:
    key, operator = (node.at(field).required().text() for field in ("key", "operator"))
    return {"key": key, "operator": operator, "values": _each(node.at("values"), Node.text)}


def _network(node: Node) -> str:
    text = node.text()
    _parsed(node, lambda raw: ip_network(raw["cidr"], strict=False), {"cidr": text})
    return text


def _rule(node: Node, side: str) -> dict[str, Any]:
    return {side: _each(node.at(side), _peer), "ports": _each(node.at("ports"), _port)}


def _peer(node: Node) -> dict[str, Any]:
    parts = (("podSelector", _selector), ("namespaceSelector", _selector), ("ipBlock", ip_block))
    return {key: read(node.at(key)) for key, read in parts if node.at(key).present()}


def _port(node: Node) -> dict[str, Any]:
    port = node.at("port").scalar()
    if isinstance(port, float):
        raise MalformedError(node.at("port"), "an integer or a name")
    return {"protocol": node.at("protocol").text(), "port": port, "endPort": node.at("endPort").integer()}


def _container_port(node: Node) -> ContainerPort:
    number, protocol = node.at("containerPort").required().integer() or 0, node.at("protocol").text() or "TCP"
    return ContainerPort(number, protocol, node.at("name").text())
