"""CronJobs."""

import re
from typing import Final
from zoneinfo import ZoneInfo

from quadrant_platform.policies.validation.field_checks import known, non_negative
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.workloads.jobs import job_spec
from quadrant_platform.policies.validation.workloads.schedules import schedule_fault

_CONCURRENCY: Final = frozenset({"Allow", "Forbid", "Replace"})
_NAME_MOST: Final = 52
_ZONE_PART = re.compile(r"(?!-)[A-Za-z.\-_0-9+]{1,14}")


def cron_job(one: Field) -> None:
    """Check a CronJob."""
    spec, template = one.at("spec"), one.at("spec", "jobTemplate", "spec")
    _schedule(spec)
    non_negative(spec, "startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit")
    _time_zone(spec)
    known(spec, "concurrencyPolicy", _CONCURRENCY)
    # Nothing is filled in here: that happens when a Job is made.
    job_spec(template, template.number("completions") if template.has("completions") else None)
    template.at("selector").expect(not template.has("selector"), "must be left to the API server")
    if template.flag("manualSelector"):
        template.at("manualSelector").not_supported({"false"})
    name = one.at("metadata").text("name")
    fits = len(name) <= _NAME_MOST
    one.at("metadata", "name").expect(fits, f"must have at most {_NAME_MOST} characters, since its Jobs add a number")


def _schedule(spec: Field) -> None:
    text, place = spec.text("schedule"), spec.at("schedule")
    if not text:
        place.required()
        return
    place.expect("TZ" not in text, "must not have a time zone, which is set in timeZone")
    if "TZ=" not in text:
        place.check(schedule_fault(text))


def _time_zone(spec: Field) -> None:
    zone = spec.get("timeZone")
    if isinstance(zone, str):
        spec.at("timeZone").expect(_is_zone(zone), "must be a time zone, such as Etc/UTC or Europe/Berlin")


def _is_zone(text: str) -> bool:
    """Return whether a name is that of a time zone."""
    parts = text.split("/")
    if text.lower() == "local" or {".", ".."} & set(parts) or not all(map(_ZONE_PART.fullmatch, parts)):
        return False
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        return text == "UTC"
    return True
