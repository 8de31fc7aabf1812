"""The real engine is used where there is one and the stack names a cluster."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from quadrant_platform.applier.applying import pulumi_cli
from quadrant_platform.host.checkout import ROOT
from quadrant_platform.lab.machine import network_plan

CLUSTER = {"quadrant:kubeconfig": "/etc/kubeconfig"}


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a pulumi on PATH that writes down how it is called, and fails where the stack is called broken."""
    log = tmp_path / "calls"
    fake = tmp_path / "pulumi"
    fake.write_text(
        f'#!/bin/sh\necho "$PULUMI_BACKEND_URL $PULUMI_CONFIG_PASSPHRASE_FILE $* past=$NO_PROXY" >> {log}\n'
        'case "$*" in *broken*) exit 7;; esac\n'
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("PULUMI_BACKEND_URL", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    return log


def test_without_pulumi_the_plan_is_recorded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert pulumi_cli.choose_previewer(CLUSTER).pulumi is None, "there is no executable to run"


@pytest.mark.usefixtures("calls")
def test_a_stack_without_a_cluster_is_recorded() -> None:
    chosen = pulumi_cli.choose_previewer({})
    assert chosen.pulumi is None, "pulumi would have nothing to compare with"
    assert "quadrant:kubeconfig" in chosen.reason, "the reason names the setting that is missing"


def test_a_stack_with_a_cluster_is_previewed_by_pulumi_with_the_pack(calls: Path) -> None:
    pulumi = pulumi_cli.choose_previewer(CLUSTER).pulumi
    assert pulumi is not None, "the executable is on PATH and the stack names a cluster"
    assert pulumi_cli.preview(pulumi, "agents-dev") == 0, "both calls succeed"
    select, preview = calls.read_text().splitlines()
    assert "stack select --create agents-dev" in select, "the stack exists before it is previewed"
    assert "preview --stack agents-dev --policy-pack policies" in preview, "the pack judges the plan"
    assert preview.startswith("file://"), "without a login the state stays on this machine"


def test_a_failure_of_pulumi_is_passed_on(calls: Path) -> None:
    assert pulumi_cli.preview(str(calls.with_name("pulumi")), "broken") == 7, "the exit code is pulumi's own"
    assert len(calls.read_text().splitlines()) == 1, "nothing is previewed where the stack cannot be selected"


def test_a_local_state_is_encrypted_with_a_passphrase_that_the_user_alone_reads(calls: Path) -> None:
    pulumi_cli.preview(str(calls.with_name("pulumi")), "agents-dev")
    first = Path(calls.read_text().split()[1])
    text = first.read_text()
    assert first.stat().st_mode & 0o777 == 0o600, "the user alone reads it"
    pulumi_cli.preview(str(calls.with_name("pulumi")), "agents-dev")
    assert Path(calls.read_text().splitlines()[-1].split()[1]).read_text() == text, "another one would lock the state"


def test_settings_of_a_run_are_laid_beside_the_stacks_file(calls: Path, tmp_path: Path) -> None:
    before = (ROOT / "Pulumi.agents-dev.yaml").read_text()
    code = pulumi_cli.run(
        str(calls.with_name("pulumi")), "agents-dev", "up", "--yes", config={"quadrant:system": "agents"}
    )
    chosen = re.search(r"up --stack agents-dev --config-file (\S+) --yes", calls.read_text())
    assert code == 0, "both calls succeed"
    assert chosen is not None, "pulumi reads the settings of this run"
    assert yaml.safe_load(Path(chosen[1]).read_text())["config"] == {"quadrant:system": "agents"}, "all of them"
    assert (ROOT / "Pulumi.agents-dev.yaml").read_text() == before, "the stack's own file stays as it is"


def test_an_interrupt_lets_pulumi_end_what_it_does(calls: Path, tmp_path: Path) -> None:
    pulumi = calls.with_name("pulumi")
    ended, ready = tmp_path / "ended", tmp_path / "ready"
    pulumi.write_text(
        f'#!/bin/sh\ncase "$*" in *select*) exit 0;; esac\n'
        f"trap 'sleep 0.6; touch {ended}; exit 1' INT\ntouch {ready}\nwhile :; do sleep 0.05; done\n"
    )
    begin = "from tests.foreground import foreground; foreground()"
    call = f"pulumi_cli.run({str(pulumi)!r}, 'agents-dev', 'up')"
    program = f"{begin}; from quadrant_platform.applier.applying import pulumi_cli; {call}"
    asked = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stderr=subprocess.PIPE)
    try:
        until = time.monotonic() + 30
        while not ready.exists() and time.monotonic() < until:
            time.sleep(0.02)
        asked.send_signal(signal.SIGINT)
        _, written = asked.communicate(timeout=30)
    finally:
        asked.kill()
    assert ended.exists(), "pulumi was asked once and had the time that it took"
    assert b"KeyboardInterrupt" in written, "the interrupt reaches the command, which reports it"


@pytest.mark.parametrize(("server", "past"), [(network_plan.API, True), ("https://cluster.example:6443", False)])
def test_pulumi_goes_past_the_environments_proxy_to_the_lab_alone(
    calls: Path, tmp_path: Path, server: str, past: bool
) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(f"clusters: [{{cluster: {{server: '{server}'}}}}]")
    pulumi_cli.run(str(calls.with_name("pulumi")), "agents-dev", "up", config={"quadrant:kubeconfig": str(kubeconfig)})
    excepted = calls.read_text().splitlines()[-1].partition("past=")[2]
    assert (network_plan.NODE_ADDRESS in excepted) is past, (
        "the lab is on this machine, other clusters may be behind the proxy"
    )


@pytest.mark.usefixtures("calls")
def test_pulumi_applies_where_it_is_on_path() -> None:
    way = pulumi_cli.engine_for(None)
    assert way.pulumi is not None, "the executable is there"
    assert "policy pack" in way.reason, "one line names the engine"


@pytest.mark.usefixtures("calls")
def test_what_kubectl_applied_stays_with_kubectl() -> None:
    way = pulumi_cli.engine_for("systems.quadrant.dev/agents")
    assert way.pulumi is None, "two owners of the same objects undo each other's work"
    assert "systems.quadrant.dev/agents" in way.reason, "the reason can be looked up"


def test_without_pulumi_kubectl_applies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("QUADRANT_INSTALL_PULUMI", raising=False)
    assert "kubectl applies" in pulumi_cli.engine_for(None).reason, "one line names the engine"


@pytest.mark.parametrize("installed", ["/opt/pulumi/bin/pulumi", None])
def test_an_installer_is_tried_when_the_user_asks_for_it(
    installed: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("QUADRANT_INSTALL_PULUMI", "1")
    monkeypatch.setattr(pulumi_cli, "install_pulumi", lambda: installed)
    assert pulumi_cli.engine_for(None).pulumi == installed, "where it fails, kubectl applies"
