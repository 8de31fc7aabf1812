"""The real engine is used where there is one and the stack's cluster answers."""

from pathlib import Path

import pytest

from quadrant_platform.applier.applying import engine_choice
from tests.applier.applying.fake_pulumi import FakePulumi
from tests.preflight.scripted_kubectl import KUBECONFIG, scripted


def named(folder: Path, code: int = 0) -> dict[str, str]:
    """The configuration of a stack whose cluster answers, or ends kubectl with a code."""
    (folder / "kubeconfig").write_text(KUBECONFIG)
    scripted(folder, {"/readyz": (code, "", "Unable to connect to the server: dial tcp: i/o timeout\n" * (code != 0))})
    return {"quadrant:kubeconfig": str(folder / "kubeconfig")}


def test_without_pulumi_the_plan_is_recorded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert engine_choice.choose_previewer({}).pulumi is None, "there is no executable to run"


@pytest.mark.usefixtures("pulumi")
def test_a_stack_without_a_cluster_is_recorded() -> None:
    chosen = engine_choice.choose_previewer({})
    assert chosen.pulumi is None, "pulumi would have nothing to compare with"
    assert "quadrant:kubeconfig" in chosen.reason, "the reason names the setting that is missing"


def test_a_stack_whose_cluster_answers_is_previewed_by_pulumi(pulumi: FakePulumi) -> None:
    assert engine_choice.choose_previewer(named(pulumi.folder)).pulumi is not None, "there is something to compare with"


def test_a_stack_whose_cluster_is_silent_is_recorded_and_the_reason_is_named(pulumi: FakePulumi) -> None:
    chosen = engine_choice.choose_previewer(named(pulumi.folder, code=1))
    assert chosen.pulumi is None, "offline work goes on"
    assert "does not answer" in chosen.reason, "and the user reads why nothing was compared"
    assert "the plan is recorded" in chosen.reason, "and what was done in its place"


@pytest.mark.usefixtures("pulumi")
def test_pulumi_applies_where_it_is_on_path() -> None:
    way = engine_choice.engine_for(None, "agents-dev")
    assert way.pulumi is not None, "the executable is there"
    assert "policy pack" in way.reason, "one line names the engine"


@pytest.mark.usefixtures("pulumi")
def test_a_state_that_this_machine_keeps_is_named_with_the_way_of_plain_pulumi() -> None:
    reason = engine_choice.engine_for(None, "agents-dev").reason
    assert "no backend is named" in reason, "nobody chose one"
    assert "`PULUMI_BACKEND_URL=file:///" in reason, "where it is"
    assert " pulumi preview --stack agents-dev --config-file /" in reason, "a command to paste"


@pytest.mark.usefixtures("pulumi")
def test_a_backend_of_the_user_needs_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    assert "no backend" not in engine_choice.engine_for(None, "agents-dev").reason, "it is used as it is"


@pytest.mark.usefixtures("pulumi")
def test_what_kubectl_applied_stays_with_kubectl() -> None:
    way = engine_choice.engine_for("systems.quadrant.dev/agents")
    assert way.pulumi is None, "two owners of the same objects undo each other's work"
    assert "systems.quadrant.dev/agents" in way.reason, "the reason can be looked up"


def test_without_pulumi_kubectl_applies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("QUADRANT_INSTALL_PULUMI", raising=False)
    assert "kubectl applies" in engine_choice.engine_for(None).reason, "one line names the engine"


@pytest.mark.parametrize("installed", ["/opt/pulumi/bin/pulumi", None])
def test_an_installer_is_tried_when_the_user_asks_for_it(
    installed: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("QUADRANT_INSTALL_PULUMI", "1")
    monkeypatch.setattr(engine_choice, "install_pulumi", lambda: installed)
    assert engine_choice.engine_for(None).pulumi == installed, "where it fails, kubectl applies"
