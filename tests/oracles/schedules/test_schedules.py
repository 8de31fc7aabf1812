"""Schedules and time zones mean to us what they mean to Kubernetes' CronJob controller."""

from __future__ import annotations

from random import Random
from zoneinfo import available_timezones

import pytest

from quadrant_platform.model.schema.schedule import longest_gap, read_schedule, time_zone
from tests.oracles.schedules.judge import PROGRAM, judged

pytestmark = pytest.mark.oracle

BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
ZONES = (
    "Etc/UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kolkata",
)  # fmt: skip
"""Whole hours and halves, on both halves of the globe, and no changes.

Where the clock jumps over midnight (Africa/Cairo, Asia/Beirut, America/Santiago) or by half an hour
(Australia/Lord_Howe), the controller's library can leave out a run, or make one on a day that the schedule does not
name. We read the schedule as written, so that the alert on a run that was left out comes, as it should.
"""
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
OFTEN = [("*/30 * * * *", "Etc/UTC"), ("5/20,3 3-5 */2 * 1", "Europe/Berlin"), ("0/20 3 * * *", "Pacific/Auckland")]
"""Several runs an hour."""


@pytest.fixture(autouse=True)
def _judge() -> None:
    if not PROGRAM.exists():
        pytest.skip("needs go: the judge of schedules is not built, run `make oracles` with go on the PATH")


def part(chance: Random, low: int, high: int) -> str:
    """Return a range of one field, in any form."""
    first = chance.randint(low, high)
    last, step = chance.randint(first, high), chance.randint(1, high)
    forms = (str(first), f"{first}-{last}", f"*/{step}", f"{first}/{step}", f"{first}-{last}/{step}")
    return chance.choice(forms)


def field(chance: Random, low: int, high: int) -> str:
    """Return a field: everything, or a list of ranges."""
    parts = chance.choice((0, 0, 1, 2, 3))
    return ",".join(part(chance, low, high) for _ in range(parts)) or "*"


def schedule(chance: Random) -> str:
    """Return five fields with one run an hour at most, so that many years can be compared."""
    return " ".join([str(chance.randint(*BOUNDS[0])), *(field(chance, *bounds) for bounds in BOUNDS[1:])])


def generated(seed: int) -> list[tuple[str, str]]:
    """Return schedules and zones; the same for the same seed."""
    chance = Random(seed)
    return [(schedule(chance), chance.choice(ZONES)) for _ in range(10)]


@pytest.mark.parametrize("asked", [list(MEANT), OFTEN, *map(generated, range(3))])
def test_the_longest_time_between_two_runs_is_that_of_the_controller(asked: list[tuple[str, str]]) -> None:
    for (text, zone), answer in zip(asked, judged(asked), strict=True):
        if answer.get("never"):
            with pytest.raises(ValueError, match="never comes"):
                read_schedule(text)
        else:
            found = longest_gap(text, zone).total_seconds()
            assert found == answer["gap"], f"{text!r} in {zone}: the controller waits as long"


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
