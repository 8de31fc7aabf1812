"""Amounts of resources, compared exactly."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from quadrant_platform.quantities import exact_quantity


def amount(value: Any) -> Decimal | None:
    """Return a quantity; nothing for one that is unknown. What is null reads as zero."""
    if value is None:
        return Decimal(0)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return exact_quantity(str(value).strip()) if str(value).strip() else Decimal(0)


def amounts(values: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return the known quantities of a map."""
    found = {name: amount(value) for name, value in values.items()}
    return {name: value for name, value in found.items() if value is not None}
