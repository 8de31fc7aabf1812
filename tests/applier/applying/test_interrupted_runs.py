"""What a killed run of pulumi left behind is cleared where its holder is certainly gone, and named elsewhere."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from quadrant_platform.applier.applying.interrupted_runs import clear_locks, settle_creations
from quadrant_platform.applier.applying.pulumi_cli import PulumiStack
from quadrant_platform.applier.applying.state_record import read_record
from quadrant_platform.documents.problems import BadInput
from quadrant_platform.program.recorder import Recorded, Recording
from tests.applier.applying.fake_pulumi import FakePulumi
from tests.applier.applying.test_recorded_cluster import HERE, OBJECT, PROVIDER, state
from tests.preflight.scripted_kubectl import scripted

CLAIM, PARENT = "PersistentVolumeClaim", "urn:x::secrets"


def engine(pulumi: FakePulumi) -> PulumiStack:
    return PulumiStack(str(pulumi.program), "agents-dev", {})


def lock(pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch, pid: int, host: str, since: str) -> None:
    """Leave a lock as pulumi 3.274 writes it."""
    folder = pulumi.folder / "backend" / ".pulumi" / "locks" / "organization" / "quadrant" / "agents-dev"
    folder.mkdir(parents=True)
    content = {"pid": pid, "username": "me", "hostname": host, "timestamp": since}
    (folder / "0f3d.json").write_text(json.dumps(content))
    monkeypatch.setenv("PULUMI_BACKEND_URL", (pulumi.folder / "backend").as_uri())


def ended() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen(["/bin/true"]) as process:
        return process.pid


def test_the_lock_of_a_run_that_is_gone_is_removed(pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch) -> None:
    lock(pulumi, monkeypatch, ended(), socket.gethostname(), "2026-11-28T07:00:00.123456789Z")
    lines: list[str] = []
    clear_locks(engine(pulumi), lines.append)
    assert "cancel --stack agents-dev --yes" in pulumi.calls()[-1], "nobody holds it any more"
    assert "removed the lock of a run that was killed" in lines[0], "and one line reports it"


@pytest.mark.parametrize("host", [socket.gethostname(), "another-machine"])
def test_a_lock_whose_holder_may_be_alive_is_named_with_the_command(
    pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    lock(pulumi, monkeypatch, os.getpid(), host, "2999-01-01T00:00:00Z")
    with pytest.raises(BadInput, match=rf"held by me@{host}, process \d+.*`pulumi cancel --stack agents-dev`"):
        clear_locks(engine(pulumi), print)
    assert not pulumi.calls(), "two runs at once would spoil the state"


def begun(pulumi: FakePulumi) -> None:
    """Let a run have been killed while it created a Secret and a password."""
    provider, _, secret = state(HERE)
    password: dict[str, Any] = {"urn": "urn:x::random", "type": "random:index/randomPassword:RandomPassword"}
    pulumi.holds([provider], [{"resource": one, "type": "creating"} for one in (secret, password)])


def live(manager: str) -> str:
    metadata = {"name": "db", "namespace": "backend", "uid": "1", "managedFields": [{"manager": manager}]}
    return json.dumps({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": {"password": "c2VjcmV0"}})


@pytest.mark.parametrize("manager", ["pulumi-kubernetes", "pulumi-kubernetes-1a2b"])
def test_what_was_created_is_taken_over_and_the_rest_is_created_anew(
    pulumi: FakePulumi, tmp_path: Path, manager: str
) -> None:
    begun(pulumi)
    kubectl = scripted(tmp_path, {"get ": (0, live(manager), "")})
    settle_creations(engine(pulumi), read_record(engine(pulumi)), None, kubectl, print)
    found = pulumi.state()
    assert found["pending_operations"] == [], "nothing is in doubt any more"
    assert [one["urn"] for one in found["resources"]] == [PROVIDER, OBJECT], "the password is made by the next run"
    assert found["resources"][1]["id"] == "backend/db", "as the provider names it"
    assert "c2VjcmV0" not in json.dumps(found), "no value of a Secret gets into the state in clear"


def test_what_nobody_created_is_dropped(pulumi: FakePulumi, tmp_path: Path) -> None:
    begun(pulumi)
    nothing = scripted(tmp_path, {"get ": (0, "", "")})
    settle_creations(engine(pulumi), read_record(engine(pulumi)), None, nothing, print)
    assert [one["urn"] for one in pulumi.state()["resources"]] == [PROVIDER], "the next run creates both"


def test_a_strangers_object_of_the_same_name_is_not_taken_over(pulumi: FakePulumi, tmp_path: Path) -> None:
    begun(pulumi)
    kubectl = scripted(tmp_path, {"get ": (0, live("kubectl"), "")})
    with pytest.raises(BadInput, match=r"Secret db is to be created and is there already.*delete secret db"):
        settle_creations(engine(pulumi), read_record(engine(pulumi)), None, kubectl, print)
    assert pulumi.state()["pending_operations"], "nothing was changed"


def recording() -> Recording:
    """The Secret and a claim, as a program registers them."""
    manifest = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db", "namespace": "backend"}}
    secret = Recorded("kubernetes:core/v1:Secret", "backend/db", OBJECT, PARENT, (), manifest)
    claim = Recorded("kubernetes:core/v1:PersistentVolumeClaim", "x", "urn:x", PARENT, (), manifest | {"kind": CLAIM})
    return Recording("quadrant", "agents-dev", (secret, claim))


def stopped(pulumi: FakePulumi, *more: dict[str, Any]) -> None:
    """Let a run have been stopped while the cluster had not answered yet."""
    provider = state(HERE)[0]
    own = {"urn": "urn:x::state", "type": "random:index/randomUuid:RandomUuid", "outputs": {"result": "ours"}}
    pulumi.holds([provider, own, {"urn": PARENT, "type": "quadrant:secrets:Secrets"}, *more])


def test_what_a_stopped_run_did_not_hear_of_is_taken_over(pulumi: FakePulumi, tmp_path: Path) -> None:
    stopped(pulumi)
    kubectl = scripted(tmp_path, {"get ": (0, live("pulumi-kubernetes"), "")})
    settle_creations(engine(pulumi), read_record(engine(pulumi)), recording(), kubectl, print)
    added = pulumi.state()["resources"][3:]
    assert [one["urn"] for one in added] == [OBJECT], "claims have a provider that takes them over"
    assert (added[0]["id"], added[0]["provider"]) == ("backend/db", f"{PROVIDER}::1"), "as the engine would have it"


def test_a_state_that_is_whole_is_left_alone(pulumi: FakePulumi, tmp_path: Path) -> None:
    stopped(pulumi, state(HERE)[2])
    settle_creations(engine(pulumi), read_record(engine(pulumi)), recording(), scripted(tmp_path, {}), print)
    assert not [call for call in pulumi.calls() if "import" in call], "nothing to take over, and kubectl was not asked"
