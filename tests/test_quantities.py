"""Quantities are read in every form that the API server accepts, and in no other."""

import pytest

from quadrant_platform.quantities import parse_quantity


@pytest.mark.parametrize(("text", "amount"), [
    ("1", 1), ("+1", 1), ("1.", 1), (".5", 0.5), ("500m", 0.5), ("250u", 25e-5), ("1k", 1e3), ("1e3", 1e3),
    ("2E3", 2e3), ("1.5Gi", 1.5 * 2**30), ("1G", 1e9), ("1Ei", 2**60), ("0", 0),
])  # fmt: skip
def test_a_quantity_has_its_value_in_base_units(text: str, amount: float) -> None:
    assert parse_quantity(text) == pytest.approx(amount), "one form of several"


@pytest.mark.parametrize("text", ["", "-1", "1 Gi", "1gi", "1Gi1", "1e3Gi", "Gi", "1,5", "٣", "1e300"])
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a quantity"):
        parse_quantity(text)
