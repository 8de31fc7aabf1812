"""Slices of endpoints."""

from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.metadata import labels
from quadrant_platform.policies.validation.network.address_spellings import (
    address,
    canonical_address,
    endpoint_address,
    parse_address,
)
from quadrant_platform.policies.validation.network.network_policies import PROTOCOLS

_TYPES: Final = frozenset({"IPv4", "IPv6", "FQDN"})
_MOST_ADDRESSES, _MOST_PORTS, _MOST_ENDPOINTS, _MOST_HINTS, _MOST_TOPOLOGY = 100, 20000, 1000, 8, 16


def endpoint_slice(one: Field) -> None:
    """Check an EndpointSlice."""
    kind = one.text("addressType")
    if not kind:
        one.at("addressType").required()
    one.at("addressType").may(lambda text: None if text in _TYPES else f"must be one of {', '.join(sorted(_TYPES))}")
    names = set[str]()
    for port in _few(one, "ports", _MOST_PORTS):
        _port(port, names)
    for endpoint in _few(one, "endpoints", _MOST_ENDPOINTS):
        _endpoint(endpoint, kind)


def _few(field: Field, key: str, most: int) -> list[Field]:
    """Return the elements of an array; if they are too many, none is judged."""
    found = field.items(key)
    if len(found) <= most:
        return found
    field.at(key).too_many(most)
    return []


def _port(port: Field, names: set[str]) -> None:
    port.at("name").may(formats.dns_label)
    port.at("name").unlike(port.text("name"), names)
    port.at("protocol").one_of(PROTOCOLS)
    port.at("appProtocol").written(formats.qualified_name)


def _endpoint(endpoint: Field, kind: str) -> None:
    found, place = endpoint.items("addresses"), endpoint.at("addresses")
    if not found:
        place.required("must have an address")
    elif len(found) > _MOST_ADDRESSES:
        place.too_many(_MOST_ADDRESSES)
    for one in found:
        _address(place, one, kind)
    endpoint.at("nodeName").written(formats.subdomain)
    endpoint.at("hostname").written(formats.dns_label)
    if len(endpoint.map("deprecatedTopology")) > _MOST_TOPOLOGY:
        endpoint.at("deprecatedTopology").too_many(_MOST_TOPOLOGY)
    labels(endpoint, "deprecatedTopology")
    _hints(endpoint.at("hints"))


def _address(place: Field, one: Field, kind: str) -> None:
    if kind == "FQDN":
        one.must(formats.qualified_domain)
    elif kind in _TYPES:
        wrong = (address if kind == "IPv4" else canonical_address)(one.own)
        found = parse_address(one.own)
        one.check(wrong or endpoint_address(one.own))
        if not wrong and found:
            place.expect(f"IPv{found.version}" == kind, f"must have addresses of the type {kind}")


def _hints(hints: Field) -> None:
    for key, rule in (("forZones", formats.label_value), ("forNodes", formats.subdomain)):
        names = set[str]()
        if len(hints.items(key)) > _MOST_HINTS:
            hints.at(key).too_many(_MOST_HINTS)
            return
        for one in hints.items(key):
            one.at("name").unlike(one.text("name"), names)
            one.at("name").check(rule(one.text("name")))
