"""The cluster addresses of Services and their families."""

from typing import Final

from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.network.address_spellings import address, parse_address

_FAMILIES: Final = {"IPv4": 4, "IPv6": 6}
_POLICIES: Final = frozenset({"SingleStack", "PreferDualStack", "RequireDualStack"})
_BOTH: Final = 2


def _given(spec: Field) -> list[str]:
    """Return the addresses as the API server completes them: from the old field, if the new one is empty."""
    found = spec.texts("clusterIPs")
    return found or [one for one in (spec.text("clusterIP"),) if one]


def is_headless(spec: Field) -> bool:
    """Return whether a Service has no address."""
    return _given(spec) == ["None"]


def takes_addresses(spec: Field) -> bool:
    """Check what the API server checks before it gives a Service addresses; if it fails, it judges nothing else."""
    if spec.text("type") == "ExternalName" or any(map(spec.is_unknown, ("type", "clusterIP", "clusterIPs"))):
        return True
    before = spec.reported
    _related(spec)
    if spec.reported == before:
        _policy(spec)
    return spec.reported == before


def addresses(spec: Field) -> None:
    """Check the addresses against the type of the Service."""
    kind = spec.text("type")
    if kind == "ExternalName":
        set_ones = {"clusterIPs": _given(spec), "ipFamilies": spec.get("ipFamilies"),
                    "ipFamilyPolicy": spec.has("ipFamilyPolicy")}  # fmt: skip
        for key, value in set_ones.items():
            if value:
                spec.at(key).forbidden("must not be set for the type ExternalName")
    elif kind in {"LoadBalancer", "NodePort"} and is_headless(spec):
        spec.at("clusterIPs").item(0, "None").invalid(f"must not be None for the type {kind}")


def _related(spec: Field) -> None:
    given, place = _given(spec), spec.at("clusterIPs")
    in_order = not given or given[0] == spec.text("clusterIP")
    place.expect(in_order, "must have clusterIP first, and nothing if there is none")
    seen = set[str]()
    for one in spec.items("ipFamilies"):
        if one.own not in _FAMILIES:
            one.not_supported(_FAMILIES)
        one.unlike(one.own, seen)
    spec.at("ipFamilyPolicy").one_of(_POLICIES)
    before = spec.reported
    for index, text in enumerate(given):
        if index == 0 and text == "None":
            place.expect(len(given) == 1, "must have nothing beside None")
        else:
            place.item(index, text).check(address(text))
    wrong = spec.reported > before
    place.expect(len(given) <= _BOTH, "must have at most two addresses")
    if not wrong:
        _families(spec, given)


def _families(spec: Field, given: list[str]) -> None:
    versions = [found.version for found in map(parse_address, given) if found]
    place = spec.at("clusterIPs")
    place.expect(len(given) <= 1 or set(versions) == {4, 6}, "must have one address of each family")
    if is_headless(spec):
        return
    for index, (version, family) in enumerate(zip(versions, spec.texts("ipFamilies"), strict=False)):
        if family in _FAMILIES:
            place.item(index, given[index]).expect(_FAMILIES[family] == version, f"must be of the family {family}")


def _policy(spec: Field) -> None:
    headless_without_selector = is_headless(spec) and not spec.get("selector")
    default = "RequireDualStack" if headless_without_selector else "SingleStack"
    both = len(_given(spec)) == _BOTH or len(spec.texts("ipFamilies")) == _BOTH
    if both and spec.text("ipFamilyPolicy", default) == "SingleStack":
        spec.at("ipFamilyPolicy").invalid("must be PreferDualStack or RequireDualStack for two addresses or families")
