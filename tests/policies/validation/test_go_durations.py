"""Durations are read as Go's time.ParseDuration reads them."""

import pytest

from quadrant_platform.policies.validation.go_durations import go_seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1h30m", 5400), ("1.5h", 5400), ("2160h", 7776000), ("300ms", 0.3), ("-5m", -300), ("+5m", 300), ("0", 0),
     (".5s", 0.5), ("1.s", 1), ("1h1h", 7200)],
)  # fmt: skip
def test_a_duration_has_its_length(text: str, seconds: float) -> None:
    assert go_seconds(text) == pytest.approx(seconds), "as Go reads it"


@pytest.mark.parametrize("text", ["", "1d", "5", "h", "1h ", " 1h", "1h30", "-", "1e3s", "1H"])
def test_another_text_is_no_duration(text: str) -> None:
    assert go_seconds(text) is None, "Go refuses it"
