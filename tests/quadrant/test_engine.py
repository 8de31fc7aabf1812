"""The real engine is used where there is one and the stack names a cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from quadrant import engine

CLUSTER = {"quadrant:kubeconfig": "/etc/kubeconfig"}


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a pulumi on PATH that writes down how it is called, and fails where the stack is called broken."""
    log = tmp_path / "calls"
    fake = tmp_path / "pulumi"
    fake.write_text(f'#!/bin/sh\necho "$PULUMI_BACKEND_URL $*" >> {log}\ncase "$*" in *broken*) exit 7;; esac\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    return log


def test_without_pulumi_the_plan_is_recorded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert engine.way(CLUSTER).pulumi is None, "there is no executable to run"


@pytest.mark.usefixtures("calls")
def test_a_stack_without_a_cluster_is_recorded() -> None:
    chosen = engine.way({})
    assert chosen.pulumi is None, "pulumi would have nothing to compare with"
    assert "quadrant:kubeconfig" in chosen.reason, "the reason names the setting that is missing"


def test_a_stack_with_a_cluster_is_previewed_by_pulumi_with_the_pack(calls: Path) -> None:
    pulumi = engine.way(CLUSTER).pulumi
    assert pulumi is not None, "the executable is on PATH and the stack names a cluster"
    assert engine.preview(pulumi, "agents-dev") == 0, "both calls succeed"
    select, preview = calls.read_text().splitlines()
    assert "stack select --create agents-dev" in select, "the stack exists before it is previewed"
    assert "preview --stack agents-dev --policy-pack policies" in preview, "the pack judges the plan"
    assert preview.startswith("file://"), "without a login the state stays beside the project"


def test_a_failure_of_pulumi_is_passed_on(calls: Path) -> None:
    assert engine.preview(str(calls.with_name("pulumi")), "broken") == 7, "the exit code is pulumi's own"
    assert len(calls.read_text().splitlines()) == 1, "nothing is previewed where the stack cannot be selected"
