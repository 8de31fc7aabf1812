"""Data outlives every change of a stack that keeps it, until the stack's file lets it go."""

from __future__ import annotations

import json
from typing import Any

import pytest

from quadrant_platform.applier.observed import applyset
from quadrant_platform.applier.planning import configured_stack
from quadrant_platform.program import stacks
from tests.applier.cluster import STACK, SYSTEM, Cluster
from tests.commands.running import Runner

SPACE = f"{SYSTEM}-database"
KEY = f"|PersistentVolumeClaim|{SPACE}|old-backups"


class Stack:
    """The stack's settings, as a test changes them."""

    def __init__(self) -> None:
        self.settings: dict[str, Any] = {"quadrant:overrides": {"protectData": True}}

    def config(self, system: str, stage: str) -> dict[str, str]:
        return stacks.config_for(system, stage) | {key: json.dumps(value) for key, value in self.settings.items()}


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Stack:
    found = Stack()
    monkeypatch.setattr(configured_stack, "config_for", found.config)
    return found


def with_claim(cluster: Cluster, **annotations: str) -> Cluster:
    """The cluster with a claim that the system had once."""
    state = cluster.read()
    state["objects"][KEY] = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {
            "name": "old-backups",
            "namespace": SPACE,
            "creationTimestamp": "2026-03-01T10:00:00Z",
            "resourceVersion": "1",
            "labels": {applyset.MEMBER: applyset.identity(SYSTEM)},
            "annotations": annotations,
        },
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "40Gi"}}},
    }
    cluster.write(state)
    return cluster


def test_up_refuses_to_leave_data_behind(quadrant: Runner, settled: Cluster, stack: Stack) -> None:
    before = with_claim(settled).objects
    for command in ("up", "diff"):
        result = quadrant(command, *STACK)
        assert result.code == 2, "the stack no longer fits its cluster"
        what = f"PersistentVolumeClaim {SPACE}/old-backups (40Gi, since 2026-03-01) would be lost"
        assert what in result.err, "object, size and age"
        line = f"`quadrant:release: [{SPACE}/old-backups]` under `config` in Pulumi.{SYSTEM}-dev.yaml"
        assert line in result.err, "the very line"
        assert settled.objects == before, "nothing was changed"


def test_up_deletes_what_was_let_go_before(quadrant: Runner, settled: Cluster, stack: Stack) -> None:
    with_claim(settled, **{"quadrant.dev/released": "true"})
    quadrant("up", *STACK)
    assert KEY not in settled.objects, "its row and its line are gone, as the user wants"


def test_dev_spares_what_nothing_wants(quadrant: Runner, settled: Cluster) -> None:
    with_claim(settled)
    result = quadrant("up", *STACK)
    assert result.code in (0, 1), "work goes on"
    assert f"because of the data in it: PersistentVolumeClaim {SPACE}/old-backups" in result.err, "in a line"
    assert KEY in settled.objects, "only `down` removes it"


def test_down_refuses_as_long_as_there_is_data(quadrant: Runner, settled: Cluster, stack: Stack) -> None:
    made = with_claim(settled).read()
    del made["objects"][KEY]["metadata"]["labels"]
    settled.write(made)
    before = settled.objects
    result = quadrant("down", *STACK, "--yes")
    assert result.code == 2, "--yes is a word about the cluster, not about data"
    assert f"{SPACE}/old-backups (40Gi, since 2026-03-01) would be lost" in result.err, "whoever made it"
    assert '`quadrant:release: ["*"]`' in result.err, "the very line"
    assert settled.objects == before, "nothing was changed"


def test_down_removes_a_stack_that_lets_everything_go(quadrant: Runner, settled: Cluster, stack: Stack) -> None:
    with_claim(settled)
    stack.settings["quadrant:release"] = ["*"]
    result = quadrant("down", *STACK, "--yes")
    assert result.code == 0, result.err
    assert settled.objects == {}, "with its data"


def test_a_row_goes_in_two_steps(quadrant: Runner, settled: Cluster, stack: Stack) -> None:
    volume = f"{SPACE}/database-backup-backups"
    [claim] = settled.find("PersistentVolumeClaim", "database-backup-backups")
    stack.settings["quadrant:release"] = [volume]
    result = quadrant("up", *STACK)
    assert "to change" in result.err, "the claim is marked"
    assert settled.objects[claim]["metadata"]["annotations"] == {"quadrant.dev/released": "true"}, "in the cluster"
    stack.settings["quadrant:release"] = []
    quadrant("up", *STACK)
    assert "quadrant.dev/released" not in settled.objects[claim]["metadata"].get("annotations", {}), "taken back"
