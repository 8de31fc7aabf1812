"""The tools that tests here need."""

import pytest

from tests.oracles import cyclonus, nca


@pytest.fixture(scope="session")
def tools() -> None:
    """Both analyzers are installed; without a Go toolchain the second may be absent."""
    if not nca.program().exists():
        pytest.fail(f"{nca.program()} is not there: run `make oracles`")
    if not cyclonus.program().exists():
        pytest.skip("needs go: cyclonus is not built, run `make oracles` with go on the PATH")
