"""Quantities keep the value, write one form of it, and refuse everything else with a remedy."""

import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from quadrant_platform.model.schema.quantities import Bytes, Cpu
from quadrant_platform.quantities import parse_quantity

BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
DECIMAL = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
UNITS = BINARY | DECIMAL
CPU, BYTES = TypeAdapter[Any](Cpu), TypeAdapter[Any](Bytes)


def refused(domain: TypeAdapter[Any], value: object) -> str:
    with pytest.raises(ValidationError) as caught:
        domain.validate_python(value)
    return str(caught.value.errors()[0]["msg"])


def exact(quantity: str) -> Fraction:
    """Return a quantity's value in exact arithmetic."""
    match = re.fullmatch(r"([0-9.]+)([A-Za-z]*)", quantity)
    assert match, f"{quantity} is a number with a unit"
    factors = {unit: Fraction(factor) for unit, factor in UNITS.items()} | {"": Fraction(1), "m": Fraction(1, 1000)}
    return Fraction(match[1]) * factors[match[2]]


@given(st.integers(1, 1024 * 1000))
def test_cpu_keeps_its_value_in_one_form(milli: int) -> None:
    forms = {CPU.validate_python(form) for form in (f"{milli}m", f"{milli / 1000:.3f}", milli / 1000)}
    assert forms == {Cpu(milli)}, "the same cores are written one way"
    canonical = str(forms.pop())
    assert exact(canonical) == Fraction(milli, 1000), "the value stays"
    assert str(CPU.validate_python(canonical)) == canonical, "the canonical form is its own"
    assert canonical.endswith("m") == bool(milli % 1000), "whole cores carry no unit, as the API server writes them"


@pytest.mark.parametrize("text", ["0", "0m", "0.0001", "1025", "500Mi", "1k", "-1", "1.", ".5", "1 ", "٣", "", "1e3"])
def test_what_is_no_amount_of_cores_is_refused(text: str) -> None:
    assert ";" in refused(CPU, text) or "outside" in refused(CPU, text), "the refusal has a remedy"


@given(st.integers(1, 10_000), st.sampled_from(sorted(UNITS)))
def test_bytes_keep_their_value_in_one_form(number: int, unit: str) -> None:
    size = number * UNITS[unit]
    if size < 2**20:
        assert "mebibyte" in refused(BYTES, f"{number}{unit}"), "so small a size is a slip of the unit"
        return
    canonical = str(BYTES.validate_python(f"{number}{unit}"))
    assert exact(canonical) == size, "the value stays"
    assert str(BYTES.validate_python(canonical)) == canonical, "the canonical form is its own"
    assert parse_quantity(canonical) == size, "what is written can be read"


@given(st.integers(1, 2**52))
def test_any_number_of_bytes_can_be_written(size: int) -> None:
    assert exact(str(Bytes(size))) == size, "requests are a share of limits, whatever number that gives"


def test_equal_sizes_are_written_alike() -> None:
    assert {str(BYTES.validate_python(text)) for text in ("1.5Gi", "1536Mi", "1572864Ki")} == {"1536Mi"}, (
        "one form a size"
    )
    assert str(BYTES.validate_python("500M")) == "500M", "a decimal size that no binary unit divides keeps its unit"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("512", "has no unit"), (512, "has no unit"), ("512m", "did you mean 512Mi?"), ("64Ki", "did you mean 64Mi?"),
        ("2 Gi", "is not a quantity"), ("2GB", "is not a quantity"), ("0.1Gi", "no whole number of kilobytes"),
        ("", "is not a quantity"), ("٣Gi", "is not a quantity"),
    ],
)  # fmt: skip
def test_a_doubtful_size_is_refused_with_its_reason(value: object, reason: str) -> None:
    assert reason in refused(BYTES, value), "the refusal names the slip"


def test_a_quantity_is_written_as_its_text() -> None:
    size = Bytes.parse("1.5Gi")
    assert BYTES.dump_json(size) == b'"1536Mi"', "the canonical form"
    assert BYTES.json_schema() == {"type": "string"}, "a file holds text"
    assert BYTES.validate_python(size) == size, "and a value is taken as it is"
