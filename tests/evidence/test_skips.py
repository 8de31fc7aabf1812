"""A skip fails a run that must have what the skip's reason names."""

import pytest

from tests.evidence.skips import required_need


@pytest.mark.parametrize(
    ("reason", "required", "need"),
    [
        ("needs go: no compiler", "go", "go"),
        ("needs golang", "go", None),
        ("needs lab", "go,lab", "lab"),
        ("needs lab", "", None),
        ("needs lab", None, None),
        ("flaky", "go", None),
    ],
)
def test_only_a_reason_that_names_the_need_is_judged(reason: str, required: str | None, need: str | None) -> None:
    assert required_need(reason, required) == need, f"{reason!r} with {required!r} required"
