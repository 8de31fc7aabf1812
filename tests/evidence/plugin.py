"""The pytest side of the demand ledger: the order and choice of tests, their marks, and the report."""

from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import pytest

from tests.evidence.collector import CLAIM, EXPECTED, FIGURE, LEFT_OUT, WORKER, Collector
from tests.evidence.marks import claims, problems, proof
from tests.evidence.skips import forbid_required_skip
from tools.ledger.areas import AREAS
from tools.ledger.reports import RunResult

Figure = Callable[[str, int | float | str], None]


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    """Keep a figure that a test measured in the report of the run."""
    return lambda name, value: record_property(f"{FIGURE}{name}", value)


def forbid_wrong_marks(report: pytest.CollectReport) -> None:
    """Turn the collection of tests with wrong marks into an error, which stops the run."""
    wrong = [problem for node in report.result or () if isinstance(node, pytest.Item) for problem in problems(node)]
    if wrong:
        report.outcome = "failed"
        report.longrepr = "\n".join(wrong)
        report.result = []


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that ask for a report, so that a partial run does not overwrite one."""
    parser.addoption("--demands-report", type=Path, metavar="FILE", help="write which test proves which demand")
    parser.addoption("--prove", metavar="AREA", help="run the long proofs of an area and write evidence/AREA.json")


def pytest_configure(config: pytest.Config) -> None:
    """Start the collector in the one process that gets the reports of all tests."""
    name: str | None = config.getoption("--prove")
    if name is not None and name not in AREAS:
        raise pytest.UsageError(f"unknown area {name!r}: the areas are {', '.join(AREAS)}")
    if name is not None and config.getoption("numprocesses", default=None):
        raise pytest.UsageError("--prove runs one test after the other on one cluster: leave out -n")
    area = AREAS[name] if name else None
    path: Path | None = config.getoption("--demands-report") or (area.report if area else None)
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Collector(config, path, area), "demands-report")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run unit tests before oracles and those before the lab; leave long proofs to their areas."""
    items.sort(key=lambda item: (bool(item.get_closest_marker("lab")), bool(item.get_closest_marker("oracle"))))
    for item in items:
        item.user_properties.extend((CLAIM, claim) for claim in claims(item))
    name: str | None = config.getoption("--prove")
    chosen = [item for item in items if _runs(item, name)]
    if name:
        config.stash[EXPECTED] = {item.nodeid for item in chosen}
    config.hook.pytest_deselected(items=[item for item in items if not _runs(item, name)])
    items[:] = chosen


def _runs(item: pytest.Item, area: str | None) -> bool:
    found = proof(item)
    if area:
        return found is not None and found.area == area
    return found is None or found.short


@pytest.hookimpl
def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Remember which tests with claims this run leaves to another one."""
    for item in items:
        where = _elsewhere(item)
        if where and not item.config.getoption("--prove"):
            left = RunResult(test=item.nodeid, claims=tuple(claims(item)), outcome="skipped", reason=where)
            item.config.stash.setdefault(LEFT_OUT, []).append(left)


def _elsewhere(item: pytest.Item) -> str | None:
    """Return how to run a test with claims that needs a cluster."""
    if not (claims(item) and item.get_closest_marker("lab")):
        return None
    found = proof(item)
    return f"run `make prove AREA={found.area}`" if found and not found.short else "needs lab: run `make test-lab`"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what a worker left out to the process that gathers."""
    output: dict[str, object] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[WORKER] = [one.model_dump(mode="json") for one in session.config.stash.get(LEFT_OUT, [])]


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Judge the collection of a module."""
    report = yield
    forbid_required_skip(report)
    forbid_wrong_marks(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Judge one phase of a test."""
    report = yield
    forbid_required_skip(report)
    return report
