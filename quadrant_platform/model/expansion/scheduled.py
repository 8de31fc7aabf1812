"""Scheduled jobs: how long after a success the next one is late."""

from quadrant_platform.model.schema.schedule import longest_gap
from quadrant_platform.model.schema.service import JobSpec
from quadrant_platform.model.schema.types import seconds

START_SECONDS = 300
"""How late a run may start; Kubernetes skips it afterwards."""
REPORT_SECONDS = 300
"""Until Prometheus has heard of a success."""


def late_after(job: JobSpec) -> int | None:
    """Return the age in seconds of the last success at which a job is late; None where it runs once a release.

    By then the next run has started, taken all of its time and been reported, also where the clock changes.
    """
    if job.schedule is None:
        return None
    if job.late_after is not None:
        return seconds(job.late_after)
    gap = round(longest_gap(job.schedule, job.timezone).total_seconds())
    return gap + START_SECONDS + seconds(job.deadline) + REPORT_SECONDS
