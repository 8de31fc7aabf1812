"""Kubernetes' quantities, in every form that the API server accepts."""

from __future__ import annotations

import re

from quadrant_platform.policies.core.access import InvalidError, Node

_QUANTITY = re.compile(
    r"(?P<number>\+?(\d+(\.\d*)?|\.\d+))(?P<suffix>[numkMGTPE]|[KMGTPE]i)?(?P<exponent>[eE][+-]?\d{1,2})?", re.ASCII
)
_FACTORS: dict[str, float] = {"n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1, "k": 1e3} | {
    unit: factor
    for power, letter in enumerate("KMGTPE", start=1)
    for unit, factor in ((letter, 1000.0**power), (f"{letter}i", 1024.0**power))
}


def parse_quantity(text: str) -> float:
    """Return a quantity in base units: cores or bytes. Raises ValueError for what is none, negative ones among them."""
    match = _QUANTITY.fullmatch(text)
    if match is None or (match["suffix"] and match["exponent"]):
        raise ValueError(f"{text!r} is not a quantity")
    return float(match["number"] + (match["exponent"] or "")) * _FACTORS[match["suffix"] or ""]


def quantity(node: Node) -> float:
    """Return a field's amount; nothing stated is zero. Raises InvalidError for what is no quantity."""
    value = node.scalar()
    try:
        return parse_quantity(str(value)) if value is not None else 0
    except ValueError as error:
        raise InvalidError(node, str(error)) from error
