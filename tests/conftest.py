"""What all tests share: the demand ledger's hooks, a command's foreground, and the behaviour of property tests."""

from hypothesis import settings

from tests.evidence.plugin import (
    figure,
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_deselected,
    pytest_make_collect_report,
    pytest_runtest_makereport,
    pytest_sessionfinish,
)
from tests.foreground import in_foreground

__all__ = [
    "figure",
    "in_foreground",
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_deselected",
    "pytest_make_collect_report",
    "pytest_runtest_makereport",
    "pytest_sessionfinish",
]

# Generated platforms are slow to build on a shared machine; a deadline would only measure its load.
settings.register_profile("quadrant", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("quadrant")
