"""The muxer of the rendered version chooses the route that a clean path's words are for."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quadrant_platform.components.builders.engine_images import TRAEFIK
from tests.oracles.traefik import muxer
from tests.oracles.traefik.routes import as_file, declared, meant
from tests.stacks import STACKS, planned

pytestmark = pytest.mark.oracle

WORDS = ("api", "apis", "auth", "authors", "health", "healthy", "promises", "static", "learning", "maintenance", "7")


def test_the_muxer_is_that_of_the_rendered_version() -> None:
    assert TRAEFIK.rpartition(":")[2] == muxer.version(), "an upgrade of the image is an upgrade of the judge"


@pytest.mark.parametrize(("system", "stage"), STACKS)
@given(words=st.lists(st.sampled_from(WORDS), max_size=4), end=st.sampled_from(("", "/")))
@example(words=["api", "authors", "7"], end="")
@example(words=["apikeys"], end="")
def test_a_clean_path_is_for_the_route_of_its_words(
    judge: muxer.Muxer, system: str, stage: str, words: list[str], end: str
) -> None:
    rules = as_file(system, stage)
    path = f"/{'/'.join(words)}{end if words else ''}"
    edge = planned(system, stage).system.edge
    for host in {route.host for route in edge.routes.values() if stage in route.stages and not route.headers}:
        paths = list(declared(system, stage, host))
        assert judge.choose(rules, host, path) == meant(paths, words, path), (
            f"{host}{path} is for the route of its words"
        )
