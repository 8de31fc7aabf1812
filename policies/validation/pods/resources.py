"""What containers and pods request of a node, and their limits."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.formats import Rule
from quadrant_platform.policies.validation.limits.amounts import amount
from quadrant_platform.policies.validation.limits.resource_names import (
    container_resource_name,
    is_whole,
    may_be_overcommitted,
)
from quadrant_platform.quantities import exact_quantity

HUGE_PAGES: Final = "hugepages-"
_OF_PODS: Final = frozenset({"cpu", "memory"})

Amounts = Mapping[str, Decimal]
"""Thousandths of the units, by resource; the API server rounds up to them."""


def is_huge_page(name: str) -> bool:
    """Return whether a resource is memory in huge pages."""
    return name.startswith(HUGE_PAGES)


def pod_resource(name: str) -> str | None:
    """Check the name of a resource of a whole pod."""
    return None if name in _OF_PODS or is_huge_page(name) else "must be cpu, memory or hugepages-SIZE"


def amounts(values: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return the amounts of a list of resources, in thousandths; unknown ones are left out."""
    found = {name: amount(value) for name, value in values.items()}
    return {name: milli(value) for name, value in found.items() if value is not None}


def milli(value: Decimal) -> Decimal:
    """Return an amount in thousandths, rounded up as the API server does."""
    return (value * 1000).to_integral_value(ROUND_CEILING)


def amount_of(field: Field, key: str, name: str, value: Decimal) -> None:
    """Check an amount, in thousandths, of a resource."""
    place = field.at(key).key(name)
    place.expect(value >= 0, "must be at least 0")
    place.expect(not is_whole(name) or value % 1000 == 0, "must be a whole number")


def requirements(field: Field, claims: frozenset[str], *, name_rule: Rule = container_resource_name,
                 limits: Amounts | None = None, requests: Amounts | None = None) -> None:  # fmt: skip
    """Check limits and requests; those that the API server would fill in may be given."""
    limits = amounts(field.map("limits")) if limits is None else limits
    requests = amounts(field.map("requests")) if requests is None else requests
    for key, values in (("limits", limits), ("requests", requests)):
        for name, value in values.items():
            field.at(key).key(name).check(name_rule(name))
            amount_of(field, key, name, value)
            _huge_page(field.at(key).key(name), name, value)
    for name, value in requests.items():
        _request(field, name, value, limits)
    names = {*limits, *requests}
    if any(map(is_huge_page, names)) and not names & _OF_PODS:
        field.forbidden("huge pages need a request or limit of cpu or memory")
    _claims(field, claims)


def _huge_page(place: Field, name: str, value: Decimal) -> None:
    if is_huge_page(name):
        size = page_size(name)
        whole = size is not None and size > 0 and milli(size) % 1000 == 0
        divisible = whole and (value / 1000).to_integral_value(ROUND_CEILING) % (size or 1) == 0
        place.expect(divisible, "must be a multiple of the page's size")


def page_size(name: str) -> Decimal | None:
    """Return the size that the name of huge pages has."""
    try:
        return exact_quantity(name.removeprefix(HUGE_PAGES))
    except ValueError:
        return None


def _request(field: Field, name: str, value: Decimal, limits: Amounts) -> None:
    bound = not may_be_overcommitted(name)
    place, limit = field.at("requests"), limits.get(name)
    if limit is None:
        if bound and not field.is_unknown("limits") and not field.at("limits").is_unknown(name):
            field.at("limits").required(f"must have {name}, which cannot be requested alone")
    elif bound:
        place.expect(value == limit, f"must be the limit for {name}")
    else:
        place.expect(value <= limit, f"must be at most the limit for {name}")


def _claims(field: Field, known: frozenset[str]) -> None:
    seen = set[tuple[str, str]]()
    for claim in field.items("claims"):
        name, request = claim.text("name"), claim.text("request")
        if not name:
            claim.required("must have a name")
            continue
        claim.at("request").may(formats.dns_label)
        taken = {other for other, what in seen if what == request or not request or not what} | _whole(seen)
        if name in taken:
            claim.duplicate(name)
        seen.add((name, request))
        if name not in known:
            claim.not_found("must name one of the pod's resourceClaims")


def _whole(seen: Iterable[tuple[str, str]]) -> set[str]:
    return {name for name, request in seen if not request}


def total(containers: Iterable[tuple[Amounts, bool]], init: Iterable[tuple[Amounts, bool]]) -> dict[str, Decimal]:
    """Return what the containers take together; of init containers, sidecars stay and others run one by one."""
    found, sidecars, peak = dict[str, Decimal](), dict[str, Decimal](), dict[str, Decimal]()
    for values, _ in containers:
        _add(found, values)
    for values, stays in init:
        if stays:
            _add(found, values)
            _add(sidecars, values)
        for name in {*values, *sidecars}:
            now = sidecars.get(name, Decimal(0)) + (Decimal(0) if stays else values.get(name, Decimal(0)))
            peak[name] = max(peak.get(name, Decimal(0)), now)
    return {name: max(found.get(name, Decimal(0)), peak.get(name, Decimal(0))) for name in {*found, *peak}}


def _add(into: dict[str, Decimal], values: Amounts) -> None:
    for name, value in values.items():
        into[name] = into.get(name, Decimal(0)) + value
