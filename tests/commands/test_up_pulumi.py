"""Where pulumi is on PATH it applies, compares and destroys, against the cluster as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from quadrant_platform.applier.planning import configured_stack
from quadrant_platform.program import stacks
from tests.applier.applying.fake_pulumi import FakePulumi
from tests.applier.applying.test_recorded_cluster import state
from tests.applier.cluster import STACK, SYSTEM, UID, Cluster
from tests.commands.running import Runner

PACK = "--policy-pack policies"
ELSEWHERE = "b0c1ffab-0a3e-4f57-8a19-55f3b6a8d2f1"


@pytest.fixture
def engine(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePulumi:
    """A pulumi beside the cluster's kubectl."""
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    assert cluster.objects == {}, "nothing is there that kubectl applied"
    return FakePulumi(tmp_path / "bin")


def test_up_lets_pulumi_apply_what_differs_from_the_cluster(
    quadrant: Runner, engine: FakePulumi, cluster: Cluster
) -> None:
    result = quadrant("up", *STACK)
    up = engine.calls()[-1]
    assert result.code == 0, result.err
    assert re.match(rf"up --stack {SYSTEM}-dev --config-file \S+ .*--yes", up), "no one is there to be asked"
    assert "--refresh --run-program" in up, "the record may be of a cluster as it was, by a kubeconfig that has moved"
    assert PACK in up, "what the policies forbid is not applied"
    assert cluster.objects == {}, "kubectl applies nothing beside it"


def test_a_failure_of_pulumi_is_that_of_up(quadrant: Runner, engine: FakePulumi) -> None:
    engine.fails("up", "error: update failed\n")
    assert quadrant("up", *STACK).code == 255, "the exit code is pulumi's own"


def test_a_failure_of_pulumi_where_data_is_kept_leads_to_the_word_that_lets_it_go(
    quadrant: Runner, engine: FakePulumi, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping = {"quadrant:overrides": '{"protectData": true}'}
    monkeypatch.setattr(configured_stack, "config_for", lambda *names: stacks.config_for(*names) | keeping)
    engine.fails("up", "error: it is protected\n")
    hint = f"quadrant:release in Pulumi.{SYSTEM}-dev.yaml lets it go: docs/losing-nothing.md"
    assert hint in quadrant("up", *STACK).err, "the engine itself proposes to take the protection away by hand"


def test_diff_shows_what_pulumi_would_change(quadrant: Runner, engine: FakePulumi) -> None:
    assert quadrant("diff", *STACK).code == 0, "pulumi expects no changes and finds none"
    compared = engine.calls()[-1]
    assert re.match(r"preview .*--refresh --run-program .*--expect-no-changes", compared), "live objects count"


def test_down_lets_pulumi_destroy_what_it_made(quadrant: Runner, engine: FakePulumi) -> None:
    result = quadrant("down", *STACK, "--yes")
    assert result.code == 0, result.err
    assert re.match(rf"destroy --stack {SYSTEM}-dev .*--yes", engine.calls()[-1]), "all of the stack"


def test_down_takes_the_present_way_to_a_cluster_that_moved(quadrant: Runner, engine: FakePulumi) -> None:
    engine.holds(state(UID, "/gone/kubeconfig"))
    quadrant("down", *STACK, "--yes")
    assert "--run-program" in engine.calls()[-1], "the recorded kubeconfig is gone"


@pytest.mark.parametrize("command", [("up",), ("diff",), ("down", "--yes")])
def test_another_cluster_is_refused_before_anything_changes(
    quadrant: Runner, engine: FakePulumi, cluster: Cluster, tmp_path: Path, command: tuple[str, ...]
) -> None:
    engine.holds(state(ELSEWHERE))
    result = quadrant(*command, *STACK)
    assert result.code == 2, "the user decides which of the two it is"
    assert f"`quadrant forget {ELSEWHERE} --system {SYSTEM} --stack dev`" in result.err, "one of the ways out"
    assert engine.calls()[-1].split()[2:4] == ["stack", "export"], "nothing was begun"
    assert cluster.objects == {}, "nor applied"
    assert not (tmp_path / f"Pulumi.{SYSTEM}-dev.yaml").exists(), "nor written into the stack's file"
