"""Ports and durations keep the value, and refuse everything else with a remedy."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from quadrant_platform.model.schema.types import Duration, Port, seconds
from tests.model.schema.domains import accepted, refused

MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
PORT, DURATION = (TypeAdapter[Any](domain) for domain in (Port, Duration))


@given(st.integers())
def test_a_port_is_a_number_of_16_bits_above_zero(number: int) -> None:
    assert accepted(PORT, number) == (0 < number < 2**16), "TCP has no other ports"


@given(st.text() | st.booleans() | st.floats())
def test_a_port_is_no_text_truth_value_or_fraction(value: object) -> None:
    assert not accepted(PORT, value), "80 and '80' are different things in YAML"


@given(st.lists(st.tuples(st.integers(0, 500), st.sampled_from(sorted(MILLISECONDS))), min_size=1, max_size=4))
def test_a_duration_is_the_sum_of_its_parts_rounded_up(parts: list[tuple[int, str]]) -> None:
    text = "".join(f"{number}{unit}" for number, unit in parts)
    assert DURATION.validate_python(text) == text, "a duration is kept as written"
    total = sum(number * MILLISECONDS[unit] for number, unit in parts)
    assert seconds(text) == -(-total // 1000), "a started second counts"


@pytest.mark.parametrize("value", ["30", 30, "", "s", "30 s", "30sec", "1.5h", "-1s", "٣s", "1w"])
def test_what_is_no_duration_is_refused(value: object) -> None:
    assert "write a number with ms, s, m, h or d" in refused(DURATION, value), "the refusal names the units"
