"""Where pulumi is on PATH it applies, compares and destroys, against the cluster as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.applier.cluster import STACK, SYSTEM, Cluster
from tests.commands.running import Runner

PACK = "--policy-pack policies"


@pytest.fixture
def calls(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The calls of a fake pulumi, one a line; it fails where a file `broken` exists."""
    log = tmp_path / "calls"
    pulumi = tmp_path / "bin" / "pulumi"
    pulumi.write_text(f'#!/bin/sh\necho "$*" >> {log}\n[ ! -e {tmp_path}/broken ] || exit 255\n')
    pulumi.chmod(0o755)
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    assert cluster.objects == {}, "nothing is there that kubectl applied"
    return log


def test_up_lets_pulumi_apply_what_differs_from_the_cluster(quadrant: Runner, calls: Path, cluster: Cluster) -> None:
    result = quadrant("up", *STACK)
    up = calls.read_text().splitlines()[-1]
    assert result.code == 0, result.err
    assert re.match(rf"up --stack {SYSTEM}-dev --config-file \S+ .*--yes", up), "no one is there to be asked"
    assert "--refresh" in up, "its record may be of a cluster that is no more"
    assert PACK in up, "what the policies forbid is not applied"
    assert cluster.objects == {}, "kubectl applies nothing beside it"


def test_a_failure_of_pulumi_is_that_of_up(quadrant: Runner, calls: Path, tmp_path: Path) -> None:
    (tmp_path / "broken").touch()
    assert quadrant("up", *STACK).code == 255, "the exit code is pulumi's own"
    assert calls.exists(), "it was called"


def test_diff_shows_what_pulumi_would_change(quadrant: Runner, calls: Path) -> None:
    assert quadrant("diff", *STACK).code == 0, "pulumi expects no changes and finds none"
    compared = calls.read_text().splitlines()[-1]
    assert re.match(r"preview .*--refresh .*--expect-no-changes", compared), "live objects count, not the record"


def test_down_lets_pulumi_destroy_what_it_made(quadrant: Runner, calls: Path) -> None:
    result = quadrant("down", *STACK, "--yes")
    assert result.code == 0, result.err
    assert re.match(rf"destroy --stack {SYSTEM}-dev .*--yes", calls.read_text().splitlines()[-1]), "all of the stack"
