"""A backend that the user chose is used as it is; otherwise the state is in a folder of the user."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from quadrant_platform.applier.applying import state_backend
from quadrant_platform.host.checkout import ROOT
from tests.applier.applying.fake_pulumi import FakePulumi


@pytest.mark.usefixtures("pulumi")
def test_a_state_that_nobody_placed_is_encrypted_with_a_passphrase_that_the_user_alone_reads() -> None:
    found = state_backend.environment()
    file = Path(found["PULUMI_CONFIG_PASSPHRASE_FILE"])
    text = file.read_text()
    assert found["PULUMI_BACKEND_URL"].startswith("file:///"), "on this machine"
    assert file.stat().st_mode & 0o777 == 0o600, "the user alone reads it"
    again = Path(state_backend.environment()["PULUMI_CONFIG_PASSPHRASE_FILE"]).read_text()
    assert again == text, "another one would lock the state"


@pytest.mark.parametrize("variable", ["PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN"])
def test_a_backend_of_the_environment_is_left_alone(
    pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "s3://states")
    assert state_backend.chosen_by_user(), "the user named one"
    assert not state_backend.environment().keys() & {"PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE_FILE"}, (
        "an empty state on each runner, or a passphrase that nobody else has, would be the end of a team's state"
    )


def test_a_login_counts_until_the_logout(pulumi: FakePulumi) -> None:
    home = pulumi.folder / "home"
    home.mkdir()
    (home / "credentials.json").write_text(json.dumps({"current": "https://api.pulumi.com"}))
    assert state_backend.chosen_by_user(), "pulumi login chose one"
    (home / "credentials.json").write_text(json.dumps({"accounts": {}}))
    assert not state_backend.chosen_by_user(), "pulumi logout leaves a file without one"


def test_a_backend_of_the_project_counts(pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: quadrant\nbackend: {url: 'file://./kept'}\n")
    monkeypatch.setattr(state_backend, "ROOT", tmp_path)
    assert state_backend.chosen_by_user(), "the project names one"
    assert state_backend.environment()["PULUMI_BACKEND_URL"] == f"file://{tmp_path}/kept", (
        "relative to the project, from wherever pulumi is called"
    )


@pytest.mark.usefixtures("pulumi")
def test_the_folder_of_the_state_is_a_project_of_the_same_name() -> None:
    assert (state_backend.folder() / "Pulumi.yaml").read_text() == (ROOT / "Pulumi.yaml").read_text(), (
        "stacks belong to a project"
    )
