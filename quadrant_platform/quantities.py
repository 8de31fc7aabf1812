"""Kubernetes' quantities, in every form that the API server accepts."""

import re

_QUANTITY = re.compile(
    r"(?P<number>\+?(\d+(\.\d*)?|\.\d+))(?P<suffix>[numkMGTPE]|[KMGTPE]i)?(?P<exponent>[eE][+-]?\d{1,2})?", re.ASCII
)
FACTORS: dict[str, float] = {"n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1, "k": 1e3} | {
    unit: factor
    for power, letter in enumerate("KMGTPE", start=1)
    for unit, factor in ((letter, 1000.0**power), (f"{letter}i", 1024.0**power))
}
"""The units by their suffix."""


def parse_quantity(text: str) -> float:
    """Return a quantity in base units: cores or bytes. Raises ValueError for any other text, negative numbers too."""
    match = _QUANTITY.fullmatch(text)
    if match is None or (match["suffix"] and match["exponent"]):
        raise ValueError(f"{text!r} is not a quantity")
    return float(match["number"] + (match["exponent"] or "")) * FACTORS[match["suffix"] or ""]
