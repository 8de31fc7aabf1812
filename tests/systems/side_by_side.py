"""Stacks in one cluster: recordings with a prefix, and their objects and matrices together."""

import json
from collections.abc import Iterable
from functools import cache, reduce
from typing import Any

from quadrant_platform.model.schema.environment import merged
from quadrant_platform.model.stack_file import OVERRIDES
from quadrant_platform.program import stacks
from quadrant_platform.program.recorder import Recording, record
from quadrant_platform.program.traffic import Traffic

Manifest = dict[str, Any]
Identity = tuple[str, str, str, str]


@cache
def installed(system: str, stage: str, prefix: str = "") -> Recording:
    """What a stack registers with a prefix before its namespaces."""
    config = stacks.config_for(system, stage)
    overrides = merged(json.loads(config.get(OVERRIDES, "{}")), {"namespacePrefix": prefix})
    return record(config | {OVERRIDES: json.dumps(overrides)}, f"{prefix}{stage}")


def identities(recording: Recording) -> set[Identity]:
    """What names an object in a cluster, by kind and place."""
    metadata = ((one["kind"], one["apiVersion"].rpartition("/")[0], one["metadata"]) for one in recording.manifests())
    return {(group, kind, meta.get("namespace", ""), meta["name"]) for kind, group, meta in metadata}


def together(recordings: Iterable[Recording]) -> tuple[list[Manifest], dict[str, Any]]:
    """All objects of several stacks, and all rows of their matrices in one."""
    those = [one.manifests() for one in recordings]
    matrices = [Traffic(manifests).matrix for manifests in those]
    peers = reduce(lambda one, other: one | other, (matrix["peers"] for matrix in matrices))
    rows = [row for matrix in matrices for row in matrix["rows"]]
    return [one for manifests in those for one in manifests], {**matrices[0], "peers": peers, "rows": rows}
