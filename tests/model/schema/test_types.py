"""Amounts keep the value, write one form of it, and refuse everything else with a remedy."""

import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from quadrant_platform.model.schema.types import (
    Bytes,
    Cpu,
    Duration,
    Port,
    bytes_text,
    cpu_text,
    parse_quantity,
    seconds,
)

BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
DECIMAL = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
UNITS = BINARY | DECIMAL
MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


PORT, CPU, BYTES, DURATION = (TypeAdapter[Any](domain) for domain in (Port, Cpu, Bytes, Duration))


def refused(domain: TypeAdapter[Any], value: object) -> str:
    with pytest.raises(ValidationError) as caught:
        domain.validate_python(value)
    return str(caught.value.errors()[0]["msg"])


def accepted(domain: TypeAdapter[Any], value: object) -> bool:
    try:
        domain.validate_python(value)
    except ValidationError:
        return False
    return True


def exact(quantity: str) -> Fraction:
    """Return a quantity's value in exact arithmetic."""
    match = re.fullmatch(r"([0-9.]+)([A-Za-z]*)", quantity)
    assert match, f"{quantity} is a number with a unit"
    factors = {unit: Fraction(factor) for unit, factor in UNITS.items()} | {"": Fraction(1), "m": Fraction(1, 1000)}
    return Fraction(match[1]) * factors[match[2]]


@given(st.integers())
def test_a_port_is_a_number_of_16_bits_above_zero(number: int) -> None:
    assert accepted(PORT, number) == (0 < number < 2**16), "TCP has no other ports"


@given(st.text() | st.booleans() | st.floats())
def test_a_port_is_no_text_truth_value_or_fraction(value: object) -> None:
    assert not accepted(PORT, value), "80 and '80' are different things in YAML"


@given(st.integers(1, 1024 * 1000))
def test_cpu_keeps_its_value_in_one_form(milli: int) -> None:
    forms = {CPU.validate_python(form) for form in (f"{milli}m", f"{milli / 1000:.3f}", milli / 1000)}
    assert forms == {cpu_text(milli / 1000)}, "the same cores are written one way"
    canonical = forms.pop()
    assert exact(canonical) == Fraction(milli, 1000), "the value stays"
    assert CPU.validate_python(canonical) == canonical, "the canonical form is its own"
    assert canonical.endswith("m") == bool(milli % 1000), "whole cores carry no unit, as the API server writes them"


@pytest.mark.parametrize("text", ["0", "0m", "0.0001", "1025", "500Mi", "1k", "-1", "1.", ".5", "1 ", "٣", "", "1e3"])
def test_what_is_no_amount_of_cores_is_refused(text: str) -> None:
    assert ";" in refused(CPU, text) or "outside" in refused(CPU, text), "the refusal says what to write"


@given(st.integers(1, 10_000), st.sampled_from(sorted(UNITS)))
def test_bytes_keep_their_value_in_one_form(number: int, unit: str) -> None:
    size = number * UNITS[unit]
    if size < 2**20:
        assert "mebibyte" in refused(BYTES, f"{number}{unit}"), "so small a size is a slip of the unit"
        return
    canonical = BYTES.validate_python(f"{number}{unit}")
    assert exact(canonical) == size, "the value stays"
    assert BYTES.validate_python(canonical) == canonical, "the canonical form is its own"
    assert parse_quantity(canonical) == size, "what is written can be read"


@given(st.integers(1, 2**52))
def test_any_number_of_bytes_can_be_written(size: int) -> None:
    assert exact(bytes_text(size)) == size, "requests are a share of limits, whatever number that gives"


def test_equal_sizes_are_written_alike() -> None:
    assert {BYTES.validate_python(text) for text in ("1.5Gi", "1536Mi", "1572864Ki")} == {"1536Mi"}, "one form a size"
    assert BYTES.validate_python("500M") == "500M", "a decimal size that no binary unit divides keeps its unit"


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


@given(st.lists(st.tuples(st.integers(0, 500), st.sampled_from(sorted(MILLISECONDS))), min_size=1, max_size=4))
def test_a_duration_is_the_sum_of_its_parts_rounded_up(parts: list[tuple[int, str]]) -> None:
    text = "".join(f"{number}{unit}" for number, unit in parts)
    assert DURATION.validate_python(text) == text, "a duration is kept as written"
    total = sum(number * MILLISECONDS[unit] for number, unit in parts)
    assert seconds(text) == -(-total // 1000), "a started second counts"


@pytest.mark.parametrize("value", ["30", 30, "", "s", "30 s", "30sec", "1.5h", "-1s", "٣s", "1w"])
def test_what_is_no_duration_is_refused(value: object) -> None:
    assert "write a number with ms, s, m, h or d" in refused(DURATION, value), "the refusal names the units"
