"""Alerts: what Prometheus itself would load, where promtool is here to say so."""

from quadrant_platform.documents.problems import KeyPath, Problem
from quadrant_platform.host import promtool
from quadrant_platform.model.consistency.context import Context, Found

_OF_EXPRESSION = "could not parse expression: "


def load(context: Context) -> Found:
    """Check that Prometheus reads the expression and the texts of every alert."""
    alerts = context.system.alerts
    rules = [
        {"alert": name, "expr": one.expr, "annotations": {"summary": one.summary, "description": one.description}}
        for name, one in alerts.items()
    ]
    answers = promtool.refused([[{"name": rule["alert"], "rules": [rule]}] for rule in rules])
    for name, reasons in zip(alerts, answers, strict=True):
        for reason in reasons:
            _, found, detail = reason.partition(_OF_EXPRESSION)
            path: KeyPath = ("alerts", name, "expr") if found else ("alerts", name)
            what = f"Prometheus does not read it: {detail or reason}"
            yield Problem(path, what, "correct it; `promtool check rules` on the rendered rule says the same")
