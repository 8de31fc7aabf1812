"""The muxer that judges the rules of routes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.oracles.traefik import muxer


@pytest.fixture(scope="module")
def judge() -> Iterator[muxer.Muxer]:
    """Yield the muxer; it may be absent where there is no Go toolchain."""
    if not muxer.program().exists():
        pytest.skip("needs go: the muxer is not built, run `make oracles` with go on the PATH")
    with muxer.running() as found:
        yield found
