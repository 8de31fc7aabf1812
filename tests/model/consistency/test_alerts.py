"""The expression of an alert is read as Prometheus reads it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from quadrant_platform.host import promtool
from quadrant_platform.model.consistency import alerts
from quadrant_platform.model.consistency.context import Context
from quadrant_platform.model.consistency.salvage import NO_GAPS
from quadrant_platform.model.schema.delivery import Alert
from quadrant_platform.model.schema.system import System

BROKEN = "sum(rate(x[5m]) > 1"


def with_alert(expr: str, description: str = "") -> Context:
    alert = Alert(expr=expr, severity="critical", summary="it is broken", description=description)
    return Context(System.model_validate({"name": "shop"}).model_copy(update={"alerts": {"Broken": alert}}), NO_GAPS)


def test_a_problem_is_told_at_the_expression(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(files: Sequence[promtool.Groups]) -> list[list[str]]:
        return [['group "Broken", rule 1, "Broken": could not parse expression: 1:20: parse error'] for _ in files]

    monkeypatch.setattr(promtool, "refused", refused)
    [problem] = alerts.load(with_alert(BROKEN))
    assert problem.path == ("alerts", "Broken", "expr"), "the key to correct"
    assert problem.what.endswith("it: 1:20: parse error"), "in Prometheus' own words"


@pytest.mark.parametrize(
    ("expr", "description", "path"),
    [
        ("up == 0", "", None), (BROKEN, "", ("alerts", "Broken", "expr")),
        ("up == 0", "{{ $labels.x }", ("alerts", "Broken")),
    ],
)  # fmt: skip
def test_prometheus_itself_judges_an_alert(expr: str, description: str, path: tuple[str, ...] | None) -> None:
    if not promtool.is_here():
        pytest.skip("needs promtool: it is not on the PATH")
    found = [problem.path for problem in alerts.load(with_alert(expr, description))]
    assert found == ([path] if path else []), "by promtool, whatever we think of it"
