"""Runs of pytest on suites of a test's own, with the hooks of the ledger."""

import os
import subprocess
import sys
from pathlib import Path

from tools.ledger.demands import ROOT
from tools.ledger.reports import RunResult, read

REPORT = "report.json"


def run(folder: Path, suite: str, *args: str, require: str = "") -> subprocess.CompletedProcess[str]:
    """Run a suite in a folder of its own; the report is written beside it."""
    tests = folder / "suite"
    tests.mkdir(exist_ok=True)
    (tests / "test_suite.py").write_text(suite, encoding="utf-8")
    (tests / "conftest.py").write_text("from tests.conftest import *\n", encoding="utf-8")
    options = [
        "-o",
        "testpaths=suite",
        "-p",
        "xdist",
        "-c",
        str(ROOT / "pyproject.toml"),
        "--rootdir",
        str(folder),
        "-p",
        "no:cacheprovider",
    ]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, f"--demands-report={folder / REPORT}", *args],
        capture_output=True,
        check=False,
        cwd=folder,
        env=os.environ
        | {
            "QUADRANT_REQUIRE": require,
            "PYTHONPATH": str(ROOT),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        text=True,
        timeout=120,
    )


def results(folder: Path) -> dict[str, RunResult]:
    """Return the report's entry for each test, by the test's name."""
    return {one.test.partition("::")[2]: one for one in read(folder / REPORT).tests}
