"""Schedules and time zones mean to us what they mean to Kubernetes' CronJob controller."""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quadrant_platform.model.schema.schedule import longest_gap, read_schedule, time_zone
from tests.oracles.schedules.judge import PROGRAM, judged

pytestmark = pytest.mark.oracle

BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
ZONES = (
    "Etc/UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Beirut",
    "Asia/Kolkata", "Africa/Cairo",
)  # fmt: skip
"""Whole hours and halves, changes at night and at midnight, on both halves of the globe, and none."""
MEANT = {
    ("0 2 * * *", "Etc/UTC"): 24,
    ("30 2 * * *", "Europe/Berlin"): 47,
    ("0 12 * * *", "Europe/Berlin"): 25,
    ("0 4 * * 0", "Etc/UTC"): 168,
    ("0 0 1 * *", "Etc/UTC"): 31 * 24,
    ("0 0 29 2 *", "Etc/UTC"): 4 * 365 * 24 + 24,
    ("0 9 1 * 1", "Etc/UTC"): 168,
}
"""Hours that a calendar tells."""


@pytest.fixture(autouse=True)
def _judge() -> None:
    if not PROGRAM.exists():
        pytest.skip("needs go: the judge of schedules is not built, run `make oracles` with go on the PATH")


@st.composite
def parts(draw: st.DrawFn, low: int, high: int) -> str:
    """A range of one field, in every form."""
    first = draw(st.integers(low, high))
    last, step = draw(st.integers(first, high)), draw(st.integers(1, high))
    forms = (str(first), f"{first}-{last}", f"*/{step}", f"{first}/{step}", f"{first}-{last}/{step}")
    return draw(st.sampled_from(forms))


def field(low: int, high: int) -> st.SearchStrategy[str]:
    """A field: everything, or a list of ranges."""
    return st.just("*") | st.lists(parts(low, high), min_size=1, max_size=3).map(",".join)


MINUTES = st.integers(0, 59).map(str)
"""One run an hour at most, so that many years can be compared."""
SCHEDULES = st.tuples(MINUTES, *(field(*bounds) for bounds in BOUNDS[1:])).map(" ".join)


@settings(max_examples=4)
@given(st.lists(st.tuples(SCHEDULES, st.sampled_from(ZONES)), min_size=10, max_size=10))
@example(list(MEANT))
@example([("*/10 * * * *", "Etc/UTC"), ("5/20,3 3-5 */2 * 1", "Europe/Berlin"), ("* 3 * * *", "Africa/Cairo")])
def test_the_longest_time_between_two_runs_is_that_of_the_controller(asked: list[tuple[str, str]]) -> None:
    for (schedule, zone), answer in zip(asked, judged(asked), strict=True):
        if answer.get("never"):
            with pytest.raises(ValueError, match="never comes"):
                read_schedule(schedule)
        else:
            found = longest_gap(schedule, zone).total_seconds()
            assert found == answer["gap"], f"{schedule!r} in {zone}: the controller waits as long"


def test_gaps_are_those_of_the_calendar() -> None:
    found = {place: longest_gap(*place).total_seconds() / 3600 for place in MEANT}
    assert found == MEANT, "in hours, changes of the clock included"


def test_a_day_that_no_month_has_never_comes_to_the_controller_either() -> None:
    never = [("0 2 30 2 *", "Etc/UTC"), ("0 2 31 2,4,6,9,11 *", "Europe/Berlin"), ("* * 31 4/5 *", "Etc/UTC")]
    assert all(answer.get("never") for answer in judged(never)), "the cases are what they seem"
    for schedule, _ in never:
        with pytest.raises(ValueError, match="never comes"):
            read_schedule(schedule)


def test_zones_are_those_that_kubernetes_loads() -> None:
    wrong = ("Europe/Munich", "europe/berlin", "Europe", "../UTC", "/UTC", "CEST", "GMT+25")
    # `localtime` is a file of some machines, and no zone of the database.
    zones = [*sorted(available_timezones() - {"localtime"}), *wrong]
    for zone, answer in zip(zones, judged(("0 2 1 1 *", zone) for zone in zones), strict=True):
        if "error" in answer:
            with pytest.raises(ValueError, match="not in the IANA database"):
                time_zone(zone)
        else:
            assert time_zone(zone).key == zone, "Kubernetes knows it"


@pytest.mark.parametrize("name", ["Local", "local", "LOCAL"])
def test_the_clock_of_a_machine_is_no_zone(name: str) -> None:
    with pytest.raises(ValueError, match="whichever machine"):
        time_zone(name)
