"""Kubernetes' quantities, in every form that the API server accepts."""

import re
from decimal import Decimal

_QUANTITY = re.compile(
    r"(?P<number>[+-]?(\d+(\.\d*)?|\.\d+))(?P<suffix>[numkMGTPE]|[KMGTPE]i)?(?P<exponent>[eE][+-]?\d{1,2})?", re.ASCII
)
_EXACT: dict[str, Decimal] = {"n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "": Decimal(1)} | {
    unit: factor
    for power, letter in enumerate("KMGTPE", start=1)
    for unit, factor in ((letter.replace("K", "k"), Decimal(1000**power)), (f"{letter}i", Decimal(1024**power)))
}
FACTORS = {unit: float(factor) for unit, factor in _EXACT.items()}
"""The units by their suffix."""


def _parts(text: str) -> tuple[str, str]:
    """Return number and unit. Raises ValueError for any other text."""
    match = _QUANTITY.fullmatch(text)
    if match is None or (match["suffix"] and match["exponent"]):
        raise ValueError(f"{text!r} is not a quantity")
    return match["number"] + (match["exponent"] or ""), match["suffix"] or ""


def exact_quantity(text: str) -> Decimal:
    """Return a quantity in base units, with its sign. Raises ValueError for any other text."""
    number, unit = _parts(text)
    return Decimal(number) * _EXACT[unit]


def parse_quantity(text: str) -> float:
    """Return a quantity in base units: cores or bytes. Raises ValueError for any other text, negative numbers too."""
    number, unit = _parts(text)
    if number.startswith("-"):
        raise ValueError(f"{text!r} is not a quantity: it is negative")
    return float(number) * FACTORS[unit]


def written(amount: float, resource: str) -> str:
    """Return an amount of a resource as manifests write it: bytes in Mi, all else in numbers."""
    if "memory" not in resource and "storage" not in resource:
        return f"{round(amount, 3):g}"
    return f"{round(amount / FACTORS['Mi'], 1):.10g}Mi"
