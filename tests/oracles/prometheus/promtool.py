"""Prometheus' own evaluation of rules: `promtool test rules`."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

MODULE = Path(__file__).parent / "tool"
SAMPLES, EVALUATIONS = "5m", "30m"
"""How often there is a sample, as older ones are stale, and how often the rules are asked, which takes long."""


class Case(NamedTuple):
    """What is known of the world at some time, and which workloads an alert fires for then."""

    series: Mapping[str, str]
    """Values by series, in promtool's notation: one every five minutes."""
    at: str
    firing: Iterable[str]


def program() -> Path:
    """Return the executable: QUADRANT_PROMTOOL, the one that `make oracles` builds, or the one on the path."""
    text = (MODULE / "go.mod").read_text(encoding="utf-8")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "quadrant" / "bin"
    built = cache / f"promtool-{text.partition('prometheus/prometheus ')[2].split()[0]}"
    found = os.environ.get("QUADRANT_PROMTOOL") or (None if built.exists() else shutil.which("promtool"))
    return Path(found or built)


def judge(groups: list[dict[str, Any]], alert: str, cases: Iterable[Case], folder: Path) -> str:
    """Return what promtool objects to: the empty text where every case comes out as it says."""
    (folder / "rules.yaml").write_text(yaml.safe_dump({"groups": groups}), encoding="utf-8")
    tests = {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": EVALUATIONS,
        "tests": [_test(alert, case) for case in cases],
    }
    (folder / "tests.yaml").write_text(yaml.safe_dump(tests), encoding="utf-8")
    command = [str(program()), "test", "rules", "tests.yaml"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return "" if ended.returncode == 0 else ended.stdout + ended.stderr


def _test(alert: str, case: Case) -> dict[str, Any]:
    samples = [{"labels": f'{{workload="{name}"}}', "value": 1} for name in case.firing]
    firing = f'count by (workload) (ALERTS{{alertname="{alert}",alertstate="firing"}})'
    return {
        "interval": SAMPLES,
        "input_series": [{"series": series, "values": values} for series, values in case.series.items()],
        "promql_expr_test": [{"expr": firing, "eval_time": case.at, "exp_samples": samples}],
    }
