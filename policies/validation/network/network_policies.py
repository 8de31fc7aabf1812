"""NetworkPolicies."""

from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.network.address_spellings import Network, block, parse_block
from quadrant_platform.policies.validation.readers import is_opaque
from quadrant_platform.policies.validation.selectors import label_selector

PROTOCOLS: Final = frozenset({"TCP", "UDP", "SCTP"})
_TYPES: Final = frozenset({"Ingress", "Egress"})


def network_policy(policy: Field) -> None:
    """Check a NetworkPolicy."""
    spec = policy.at("spec")
    label_selector(spec.at("podSelector"))
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for rule in spec.items(direction):
            _rule(rule, peers)
    types = spec.items("policyTypes")
    if len(types) > len(_TYPES):
        spec.at("policyTypes").invalid("must have at most two types")
        types = []
    for one in types:
        if one.own not in _TYPES:
            one.not_supported(_TYPES)


def _rule(rule: Field, peers: str) -> None:
    for port in rule.items("ports"):
        port.at("protocol").one_of(PROTOCOLS)
        _port(port.at("port"), port.at("endPort"))
    for peer in rule.items(peers):
        _peer(peer)


def _port(port: Field, end: Field) -> None:
    if isinstance(port.value, int):
        port.check(formats.port_number(port.value))
        if isinstance(end.value, int):
            end.expect(end.value >= port.value, f"must be at least the port, {port.value}")
            end.check(formats.port_number(end.value))
        return
    port.written(formats.port_name)
    if not is_opaque(port.value):
        end.expect(end.value is None, "must not be set without a port that is a number")


def _peer(field: Field) -> None:
    kinds = [key for key in ("podSelector", "namespaceSelector", "ipBlock") if field.has(key)]
    for selector in ("podSelector", "namespaceSelector"):
        label_selector(field.at(selector))
    if "ipBlock" in kinds:
        _ip_block(field.at("ipBlock"))
    if not kinds:
        field.required("must have a podSelector, a namespaceSelector or an ipBlock")
    elif len(kinds) > 1 and "ipBlock" in kinds:
        field.forbidden("must not have an ipBlock beside a selector: write two peers")


def _ip_block(field: Field) -> None:
    if not field.text("cidr"):
        field.at("cidr").required()
        return
    field.at("cidr").check(block(field.text("cidr")))
    whole = parse_block(field.text("cidr"))
    for one in field.items("except") if whole else ():
        one.check(block(one.own))
        hole = parse_block(one.own)
        one.expect(not hole or not whole or _is_part(hole, whole), f"must be a smaller part of {whole}")


def _is_part(hole: Network, whole: Network) -> bool:
    inside = hole.version == whole.version and hole.network_address in whole
    return inside and hole.prefixlen > whole.prefixlen
