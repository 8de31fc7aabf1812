"""Kubernetes' evaluator, once for all tests here."""

from collections.abc import Iterator

import pytest

from tests.policies.pss import ours
from tests.policies.pss.upstream import Upstream, program, running


@pytest.fixture(scope="session")
def upstream() -> Iterator[Upstream]:
    """Yield the upstream evaluator; it may be absent where there is no Go toolchain."""
    if not program().exists():
        pytest.skip("needs go: the Pod Security evaluator is not built, run `make oracles` with go on the PATH")
    with running(ours.VERSIONS) as found:
        yield found
