"""NetworkPolicy judged one connection at a time, written straight from the API reference, for comparison."""

from collections.abc import Mapping, Sequence
from ipaddress import ip_address, ip_network
from typing import Any

from quadrant_platform.reachability import Pod

Spec = Mapping[str, Any]
End = Pod | str
"""A pod, or a single address."""


class Reference:
    """The policies and namespaces of one cluster."""

    def __init__(self, policies: Sequence[Spec], namespaces: Mapping[str, Mapping[str, str]]) -> None:
        self.policies = policies
        self.namespaces = namespaces

    def allows(self, source: End, target: End, protocol: str, port: int) -> bool:
        """Return whether both ends agree to a connection."""
        out = self._side("Egress", source, target, target, (protocol, port))
        into = self._side("Ingress", target, source, target, (protocol, port))
        return out and into

    def _side(self, direction: str, held: End, peer: End, target: End, socket: tuple[str, int]) -> bool:
        if isinstance(held, str):
            return True
        selected = [policy for policy in self.policies if self._applies(policy, direction, held)]
        if not selected:
            return True
        key, side = ("ingress", "from") if direction == "Ingress" else ("egress", "to")
        for policy in selected:
            for rule in policy["spec"].get(key) or []:
                peers, ports = rule.get(side) or [], rule.get("ports") or []
                named = not peers or any(self._is(entry, peer, policy["metadata"]["namespace"]) for entry in peers)
                opened = not ports or any(_opens(entry, target, socket) for entry in ports)
                if named and opened:
                    return True
        return False

    def _applies(self, policy: Spec, direction: str, held: Pod) -> bool:
        spec = policy["spec"]
        types = spec.get("policyTypes")
        if types is None:
            types = ["Ingress"] if not spec.get("egress") else ["Ingress", "Egress"]
        here = policy["metadata"]["namespace"] == held.namespace
        return here and direction in types and _selects(spec["podSelector"], held.labels)

    def _is(self, entry: Spec, peer: End, home: str) -> bool:
        if "ipBlock" in entry:
            return isinstance(peer, str) and _within(entry["ipBlock"], peer)
        if isinstance(peer, str):
            return False
        labels = {**self.namespaces.get(peer.namespace, {}), "kubernetes.io/metadata.name": peer.namespace}
        chosen = entry.get("namespaceSelector")
        place = peer.namespace == home if chosen is None else _selects(chosen, labels)
        return place and _selects(entry.get("podSelector", {}), peer.labels)


def _within(block: Spec, address: str) -> bool:
    number = ip_address(address)
    return number in ip_network(block["cidr"]) and not any(number in ip_network(one) for one in block.get("except", []))


def _selects(selector: Spec, labels: Mapping[str, str]) -> bool:
    for key, value in selector.get("matchLabels", {}).items():
        if key not in labels or labels[key] != value:
            return False
    for entry in selector.get("matchExpressions", []):
        verdicts = {
            "In": labels.get(entry["key"]) in entry.get("values", []),
            "NotIn": labels.get(entry["key"]) not in entry.get("values", []),
            "Exists": entry["key"] in labels,
            "DoesNotExist": entry["key"] not in labels,
        }
        if not verdicts[entry["operator"]]:
            return False
    return True


def _opens(entry: Spec, target: End, socket: tuple[str, int]) -> bool:
    protocol, number = socket
    if entry.get("protocol", "TCP") != protocol:
        return False
    if "port" not in entry:
        return True
    if isinstance(entry["port"], str):
        declared = () if isinstance(target, str) else target.ports
        return any((p.name, p.protocol, p.number) == (entry["port"], protocol, number) for p in declared)
    return bool(entry["port"] <= number <= entry.get("endPort", entry["port"]))
