"""Manifests rebuilt from typed reads, so that the evaluation of reachability never meets a wrong type."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

from quadrant_platform.policies.core.access import InvalidError, MalformedError, Node
from quadrant_platform.policies.core.workload_pods import WorkloadPod
from quadrant_platform.reachability import Selector

Shape = dict[str, Any]


def _each(node: Node, build: Callable[[Node], Any]) -> list[Any]:
    return [build(item) for item in node.items()]


def selector(node: Node) -> Shape:
    """Build a label selector."""
    return {
        "matchLabels": node.at("matchLabels").texts(),
        "matchExpressions": _each(node.at("matchExpressions"), _requirement),
    }


def parsed_selector(node: Node) -> Selector:
    """Return a label selector that can be matched."""
    try:
        return Selector.parse(selector(node))
    except ValueError as error:
        raise InvalidError(node, str(error)) from error


def _requirement(node: Node) -> Shape:
    return {
        "key": node.at("key").required().text(),
        "operator": node.at("operator").required().text(),
        "values": _each(node.at("values"), Node.text),
    }


def ip_block(node: Node) -> Shape:
    """Build an address block."""
    return {"cidr": _network(node.at("cidr").required()), "except": _each(node.at("except"), _network)}


def _network(node: Node) -> str:
    try:
        ip_network(node.text(), strict=False)
    except ValueError as error:
        raise InvalidError(node, str(error)) from error
    return node.text()


def _peer(node: Node) -> Shape:
    parts = (("podSelector", selector), ("namespaceSelector", selector), ("ipBlock", ip_block))
    return {key: build(node.at(key)) for key, build in parts if node.at(key).present()}


def _port(node: Node) -> Shape:
    return {
        "protocol": node.at("protocol").text() or "TCP",
        "port": _port_number(node.at("port")),
        "endPort": node.at("endPort").integer(),
    }


def _port_number(node: Node) -> str | int | None:
    value = node.scalar()
    if isinstance(value, float):
        raise MalformedError(node, "an integer or a name")
    return value


def _rule(side: str) -> Callable[[Node], Shape]:
    return lambda node: {side: _each(node.at(side), _peer), "ports": _each(node.at("ports"), _port)}


def network_policy(node: Node) -> Shape:
    """Build a NetworkPolicy with only what decides about connections."""
    spec = node.at("spec").required()
    types = _each(spec.at("policyTypes"), Node.text)
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {
            "name": node.at("metadata", "name").required().text(),
            "namespace": node.at("metadata", "namespace").text() or "default",
        },
        "spec": {
            "podSelector": selector(spec.at("podSelector")),
            "policyTypes": types or (["Ingress", "Egress"] if spec.at("egress").present() else ["Ingress"]),
            "ingress": _each(spec.at("ingress"), _rule("from")),
            "egress": _each(spec.at("egress"), _rule("to")),
        },
    }


def namespace(name: str, labels: dict[str, str]) -> Shape:
    """Build a Namespace with its labels."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def one_direction(policy: Shape, direction: str) -> Shape | None:
    """Return the policy with one of its directions; nothing if it lacks that direction."""
    spec = policy["spec"]
    if direction not in spec["policyTypes"]:
        return None
    return policy | {"spec": spec | {"policyTypes": [direction]}}


def pod_manifest(pod: WorkloadPod) -> Shape:
    """Build a Pod with only what decides about connections: place, labels and ports."""
    lasting = (container for container in pod.containers if container.keeps_running)
    ports = [port for container in lasting for port in container.ports]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": pod.workload.name,
            "namespace": pod.workload.namespace or "default",
            "labels": pod.labels,
        },
        "spec": {"containers": [{"ports": [_container_port(port) for port in ports]}]},
    }


def _container_port(node: Node) -> Shape:
    return {
        "containerPort": node.at("containerPort").required().integer(),
        "protocol": node.at("protocol").text() or "TCP",
        "name": node.at("name").text(),
    }
