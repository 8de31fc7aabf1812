"""The real objects from which the mutated ones come: of the ten stacks, of the corpus, and full ones of each kind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from quadrant_platform.policies.validation.access.access_kinds import ACCESS
from quadrant_platform.policies.validation.kinds import KINDS
from quadrant_platform.policies.validation.limits.limit_kinds import LIMITS
from quadrant_platform.policies.validation.network.network_kinds import NETWORK
from quadrant_platform.policies.validation.storage.storage_kinds import STORAGE
from quadrant_platform.policies.validation.texts.text_kinds import TEXTS
from quadrant_platform.policies.validation.workloads.workload_kinds import WORKLOADS
from tests.policies.validation.kubernetes import Manifest
from tests.policies.validation.mutations import Garden
from tools.docs.corpus import PASSES, cases

GOLDEN = Path(__file__).parents[2] / "golden"
SEEDS = Path(__file__).parent / "seeds"


COMPARED = tuple(sorted({**ACCESS, **LIMITS, **NETWORK, **STORAGE, **TEXTS, **WORKLOADS}))
"""The kinds about which nobody may differ."""


@cache
def garden() -> Garden:
    """Return the objects of kinds with rules, each once."""
    found = {json.dumps(one, sort_keys=True): one for one in _objects() if _key(one) in KINDS}
    return Garden.of(found.values())


def _key(one: Manifest) -> tuple[str, str]:
    return str(one.get("apiVersion")), str(one.get("kind"))


def _objects() -> Iterator[Manifest]:
    rendered = GOLDEN.glob("*.yaml")
    corpus = {*rendered, *PASSES.glob("*.yaml"), *(case.path for case in cases()), *SEEDS.glob("*.yaml")}
    for path in sorted(corpus):
        yield from (one for one in _documents(path) if isinstance(one, dict))


def _documents(path: Path) -> Iterator[Any]:
    yield from yaml.load_all(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
