"""Functions that Kubernetes adds to the language. A rule with one that is not here is not judged."""

import ipaddress
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from quadrant_platform.policies.validation.definitions.patterns import compiled
from quadrant_platform.policies.validation.definitions.value_formats import read_by
from quadrant_platform.quantities import exact_quantity

Shape = dict[str, Any]
"""A value of a type of Kubernetes' own, which the language sees as a map."""
Function = tuple[str, str, Callable[..., Any]]
"""A name; the types of what is returned and taken; and what is done. The first taken is what a method is called on."""


def _pattern(text: str) -> re.Pattern[str]:
    found = compiled(text)
    if found is None:
        raise NotImplementedError(f"the pattern {text} is not one of Python's")
    return found


def _find(text: str, pattern: str) -> str:
    found = _pattern(pattern).search(text)
    return found.group() if found else ""


def _find_all(text: str, pattern: str, most: int = -1) -> list[str]:
    found = [one.group() for one in _pattern(pattern).finditer(text)]
    return found if most < 0 else found[:most]


def _quantity(text: str) -> Shape:
    return _shape(exact_quantity(text))


def _shape(amount: Decimal) -> Shape:
    return {"quantity": format(amount.normalize(), "f")}


def _amount(shape: Shape) -> Decimal:
    return Decimal(shape["quantity"])


def _compared(one: Shape, other: Shape) -> int:
    return (_amount(one) > _amount(other)) - (_amount(one) < _amount(other))


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    found = ipaddress.ip_address(text)
    if isinstance(found, ipaddress.IPv6Address) and (found.scope_id or found.ipv4_mapped):
        raise ValueError(f"{text} has a zone, or is of version 4 within version 6")
    return found


def _range(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    address, _, length = text.partition("/")
    if not re.fullmatch("0|[1-9][0-9]*", length, re.ASCII):
        raise ValueError(f"{text} has no length of a prefix")
    _address(address)
    return ipaddress.ip_network(text, strict=False)


def _within(shape: Shape, text: str) -> bool:
    return _address(text) in _range(shape["cidr"])


def _sorted(values: Sequence[Any]) -> bool:
    return all(not after < before for before, after in pairwise(values))


FUNCTIONS: Final[tuple[Function, ...]] = (
    ("isSorted", "bool list", _sorted),
    ("sum", "dyn list", sum),
    ("min", "dyn list", min),
    ("max", "dyn list", max),
    ("find", "string string string", _find),
    ("findAll", "list string string", _find_all),
    ("findAll", "list string string int", _find_all),
    ("quantity()", "shape string", _quantity),
    ("isQuantity()", "bool string", read_by(exact_quantity)),
    ("isGreaterThan", "bool shape shape", lambda one, other: _compared(one, other) > 0),
    ("isLessThan", "bool shape shape", lambda one, other: _compared(one, other) < 0),
    ("compareTo", "int shape shape", _compared),
    ("add", "shape shape shape", lambda one, other: _shape(_amount(one) + _amount(other))),
    ("sub", "shape shape shape", lambda one, other: _shape(_amount(one) - _amount(other))),
    ("sign", "int shape", lambda one: _compared(one, _shape(Decimal(0)))),
    ("isIP()", "bool string", read_by(_address)),
    ("ip()", "shape string", lambda text: {"ip": str(_address(text))}),
    ("family", "int shape", lambda one: _address(one["ip"]).version),
    ("isCIDR()", "bool string", read_by(_range)),
    ("cidr()", "shape string", lambda text: {"cidr": f"{_address(text.split('/')[0])}/{_range(text).prefixlen}"}),
    ("containsIP", "bool shape string", _within),
    ("containsIP", "bool shape shape", lambda one, other: _within(one, other["ip"])),
    ("prefixLength", "int shape", lambda one: _range(one["cidr"]).prefixlen),
    ("sets.contains()", "bool list list", lambda one, other: all(value in one for value in other)),
    ("sets.intersects()", "bool list list", lambda one, other: any(value in one for value in other)),
)
"""By name; one with brackets is called by itself, any other on a value."""
