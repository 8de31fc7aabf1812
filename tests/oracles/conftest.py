"""The tools that tests here need."""

import pytest

from tests.oracles import cyclonus, nca


@pytest.fixture(scope="session")
def nca_tool() -> None:
    """Needs nothing but Python, so that its absence is a failure."""
    if not nca.program().exists():
        pytest.fail(f"{nca.program()} is not there: run `make oracles`")


@pytest.fixture(scope="session")
def cyclonus_tool() -> None:
    """May be absent where there is no Go toolchain."""
    if not cyclonus.program().exists():
        pytest.skip("needs go: cyclonus is not built, run `make oracles` with go on the PATH")
