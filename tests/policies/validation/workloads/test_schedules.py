"""Schedules are read as Kubernetes' library reads them."""

import pytest

from quadrant_platform.policies.validation.workloads.schedules import schedule_fault


@pytest.mark.parametrize("text", [
    "0 2 * * *", "*/5 1-3,5 1 jan-mar MON", "59 23 31 12 6", "? ? ? ? ?", "5/10 * * * *", ", * * * *", "+1 * * * *",
    "@daily", "@every 1h30m", "@every 0", "  0  2 * * *  ",
])  # fmt: skip
def test_a_schedule_that_kubernetes_reads_is_taken(text: str) -> None:
    assert schedule_fault(text) is None, "its own parser takes it"


@pytest.mark.parametrize("text", [
    "61 2 * * *", "0 24 * * *", "0 0 0 * *", "0 0 * 13 *", "0 0 * * 7", "0 0 3 * * *", "0 2 * *", "*/0 * * * *",
    "5-1 * * * *", "1-2-3 * * * *", "1/2/3 * * * *", "x * * * *", "-1 * * * *", "@reboot", "@every 1 hour", "@Daily",
])  # fmt: skip
def test_a_schedule_that_kubernetes_refuses_is_refused(text: str) -> None:
    assert schedule_fault(text), "its own parser refuses it"
