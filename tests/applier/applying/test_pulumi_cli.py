"""pulumi is called with the stack's settings and state, and its complaints become problems with a remedy."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from quadrant_platform.applier.applying.pulumi_cli import PulumiStack
from quadrant_platform.documents.problems import BadInput
from quadrant_platform.host.checkout import ROOT
from quadrant_platform.lab.machine import network_plan
from tests.applier.applying.fake_pulumi import FakePulumi

CONFIG = {"quadrant:system": "agents"}


def stack(pulumi: FakePulumi, **config: str) -> PulumiStack:
    """The stack agents-dev with some settings."""
    return PulumiStack(str(pulumi.program), "agents-dev", CONFIG | config)


def test_a_stack_is_made_on_first_use_beside_the_checkout(pulumi: FakePulumi) -> None:
    assert stack(pulumi).run("up", "--yes") == 0, "both calls succeed"
    select, up = pulumi.calls()
    assert re.match(r"--cwd \S+/quadrant/project stack select --create agents-dev ", select), (
        "what pulumi writes on creation goes to the folder of the state"
    )
    assert up.startswith("up --stack agents-dev "), "the program itself runs in the checkout"


def test_settings_of_a_run_are_laid_beside_the_state(pulumi: FakePulumi) -> None:
    before = (ROOT / "Pulumi.agents-dev.yaml").read_text()
    stack(pulumi).run("up", "--yes")
    chosen = re.search(r"up --stack agents-dev --config-file (\S+) --yes", pulumi.calls()[-1])
    assert chosen is not None, "pulumi reads the settings of this run"
    assert yaml.safe_load(Path(chosen[1]).read_text())["config"] == CONFIG, "all of them"
    assert (ROOT / "Pulumi.agents-dev.yaml").read_text() == before, "the stack's own file stays as it is"


def test_a_failure_of_pulumi_is_passed_on(pulumi: FakePulumi) -> None:
    pulumi.fails("up", "error: update failed\n")
    assert stack(pulumi).run("up") == 255, "the exit code is pulumi's own"


# The words are those of pulumi 3.274.1, each seen with a state in a folder or in a bucket that does not answer.
@pytest.mark.parametrize(
    ("words", "means"),
    [
        (
            "error: getting stack configuration: get stack secrets manager: incorrect passphrase",
            "does not open the state of agents-dev; set PULUMI_CONF",
        ),
        (
            "error: getting stack configuration: get stack secrets manager: passphrase must be set with PULUMI_CONFIG",
            "none is given",
        ),
        (
            "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end",
            "pulumi cancel --stack agents-dev`",
        ),
        (
            'error: read ".pulumi/meta.yaml": blob (key ".pulumi/meta.yaml") (code=Unknown): operation error S3',
            "does not answer; correct PULUMI_BACKEND_URL",
        ),
        ("error: failed to load checkpoint: unsupported checkpoint version 9", "install that version"),
        (
            "error: failed to load checkpoint: this stack's deployment needs support for the following features: x",
            "install that version",
        ),
        (
            "error: state store unsupported: 'meta.yaml' version (9) is not supported by this version of the Pulumi",
            "install that version",
        ),
        ("error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions", "run `pulumi login`"),
    ],
)
def test_a_state_that_cannot_be_used_is_explained_before_anything_changes(
    pulumi: FakePulumi, words: str, means: str
) -> None:
    pulumi.fails("select", f"{words}\n")
    with pytest.raises(BadInput) as refused:
        stack(pulumi).run("up")
    assert words.removeprefix("error: ") in str(refused.value), "in pulumi's own words"
    assert means in str(refused.value), "and what to do"
    assert len(pulumi.calls()) == 1, "nothing is applied where the stack cannot be selected"


def test_an_interrupt_lets_pulumi_end_what_it_does(pulumi: FakePulumi, tmp_path: Path) -> None:
    ended, ready = tmp_path / "ended", tmp_path / "ready"
    pulumi.program.write_text(
        f'#!/bin/sh\ncase "$*" in *select*) exit 0;; esac\n'
        f"trap 'sleep 0.6; touch {ended}; exit 1' INT\ntouch {ready}\nwhile :; do sleep 0.05; done\n"
    )
    begin = "from tests.foreground import foreground; foreground()"
    call = f"PulumiStack({str(pulumi.program)!r}, 'agents-dev', {{}}).run('up')"
    program = f"{begin}; from quadrant_platform.applier.applying.pulumi_cli import PulumiStack; {call}"
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
    pulumi: FakePulumi, tmp_path: Path, server: str, past: bool
) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(f"clusters: [{{cluster: {{server: '{server}'}}}}]")
    stack(pulumi, **{"quadrant:kubeconfig": str(kubeconfig)}).run("up")
    excepted = pulumi.surroundings().partition("past=")[2]
    assert (network_plan.NODE_ADDRESS in excepted) is past, (
        "the lab is on this machine, other clusters may be behind the proxy"
    )
