"""What a run of pulumi leaves behind that was killed: a lock, and creations that it began."""

import json
import os
import re
import shlex
import socket
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlparse

import psutil

from quadrant_platform.applier.applying import state_backend
from quadrant_platform.applier.applying.pulumi_cli import PulumiStack
from quadrant_platform.applier.applying.state_record import StateRecord, write_record
from quadrant_platform.applier.observed.object_keys import by_key, key_of, reference_to
from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.kubectl import Kubectl, listed
from quadrant_platform.host.progress import Say
from quadrant_platform.places import place_of
from quadrant_platform.program.recorder import Recording

_FIELD_MANAGER = re.compile(r"pulumi-kubernetes(-\w+)?")
"""The engine's field managers: one for all creations, and one for each object that was applied later."""

_PROVIDER = "kubernetes"
"""The program's provider of all objects but claims."""
_CLAIM = "PersistentVolumeClaim"


class LockHolder(NamedTuple):
    """The process that holds a lock."""

    user: str
    host: str
    pid: int
    since: datetime

    def __str__(self) -> str:
        """Write who, where and since when."""
        return f"{self.user}@{self.host}, process {self.pid}, since {self.since:%Y-%m-%d %H:%M}"

    @property
    def is_gone(self) -> bool:
        """Whether it is certain that it has ended: it was of this machine, and its number is free or another's."""
        if self.host != socket.gethostname():
            return False
        try:
            started = psutil.Process(self.pid).create_time()
        except psutil.NoSuchProcess:
            return True
        return started > self.since.timestamp() + 1


def clear_locks(engine: PulumiStack, say: Say) -> None:
    """Remove the locks that killed runs left in a folder of this machine; BadInput where a holder may be alive."""
    holders = list(_holders(engine.name))
    if alive := [one for one in holders if not one.is_gone]:
        what = f"the lock of {engine.name} is held by {'; '.join(map(str, alive))}"
        unlock = state_backend.by_hand("cancel", "--stack", engine.name)
        remedy = f"wait for it; if it is gone, `{unlock}` removes the lock; nothing was changed"
        raise BadInput([Problem((), what, remedy)])
    if holders:
        engine.need("cancel", "--stack", engine.name, "--yes")
        say(f"removed the lock of a run that was killed: {'; '.join(map(str, holders))}")


def _holders(stack: str) -> Iterator[LockHolder]:
    url = urlparse(state_backend.environment().get(state_backend.URL) or os.environ.get(state_backend.URL, ""))
    if url.scheme != "file":
        return
    for file in Path(unquote(url.path), ".pulumi", "locks").glob(f"*/*/{stack}/*.json"):
        found = json.loads(file.read_text(encoding="utf-8"))
        since = datetime.fromisoformat(found["timestamp"])
        yield LockHolder(found["username"], found["hostname"], found["pid"], since)


def settle_creations(
    engine: PulumiStack, record: StateRecord, recording: Recording | None, kubectl: Kubectl, say: Say
) -> None:
    """Take over what a stopped run created, and drop what it did not get to; BadInput where a stranger made it.

    Without this, the next run would try to create what is there already. A killed run leaves word of what it began.
    One that was asked to stop gives up its last calls, which the cluster may have heard; the recording, where there
    is one, tells what they were about.
    """
    begun = {one["resource"]["urn"]: one["resource"] for one in record.pending if one["type"] == "creating"}
    wanted = {urn: one for urn, one in begun.items() if _is_object(one)} | _unheard(record, recording)
    there = by_key(_live(kubectl, [reference_to(one["inputs"]) for one in wanted.values()]))
    found = {urn: there[key_of(one["inputs"])] for urn, one in wanted.items() if key_of(one["inputs"]) in there}
    if strange := [one for one in found.values() if not _manager(one)]:
        raise BadInput([_stranger(one, kubectl) for one in strange])
    if not begun and not found:
        return
    made = [
        # The provider identifies an object by its place.
        wanted[urn] | {"id": place_of(live["metadata"]), "outputs": _outputs(live)}
        for urn, live in found.items()
    ]
    write_record(engine, record.settled(made))
    say(f"a run was stopped while it created objects: {len(found)} exist and are taken over")


def _unheard(record: StateRecord, recording: Recording | None) -> dict[str, Mapping[str, Any]]:
    """Return the objects that a program wants and a state, of which a run was begun, does not record.

    Claims are left out: their provider takes over what exists.
    """
    if recording is None or record.identity is None:
        return {}
    provider = record.provider(_PROVIDER)
    reached = {one["urn"] for one in record.resources} if provider else set()
    objects = {key_of(one["inputs"]) for one in record.objects() if _is_object(one)}
    common = {"custom": True, "provider": provider}
    return {
        one.urn: {"urn": one.urn, "type": one.type, "parent": one.parent, "inputs": one.inputs, **common}
        for one in recording.resources
        if one.is_manifest and one.parent in reached
        if one.inputs["kind"] != _CLAIM and key_of(one.inputs) not in objects
    }


def _is_object(resource: Mapping[str, Any]) -> bool:
    inputs = resource.get("inputs", {})
    return str(resource["type"]).startswith("kubernetes:") and {"apiVersion", "kind", "metadata"} <= set(inputs)


def _live(kubectl: Kubectl, references: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not references:
        return []
    return kubectl.objects("get", "--ignore-not-found", "--show-managed-fields", "-f", "-", stdin=listed(references))


def _manager(one: Mapping[str, Any]) -> str | None:
    managers = (entry["manager"] for entry in one["metadata"].get("managedFields", ()))
    return next((name for name in managers if _FIELD_MANAGER.fullmatch(name)), None)


def _outputs(one: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the state keeps of an object until the refresh reads it: no value of a Secret."""
    kept = {key: one[key] for key in ("apiVersion", "kind")}
    metadata = {key: one["metadata"][key] for key in ("name", "namespace", "uid") if key in one["metadata"]}
    return {**kept, "metadata": metadata, "__fieldManager": _manager(one), "__initialApiVersion": one["apiVersion"]}


def _stranger(one: Mapping[str, Any], kubectl: Kubectl) -> Problem:
    _, kind, namespace, name = key_of(one)
    place = ["--namespace", namespace] if namespace else []
    command = shlex.join(["kubectl", *kubectl.options(), *place, "delete", kind.lower(), name])
    what = f"{kind} {name} is to be created and is there already, made by something else"
    return Problem((), what, f"if nothing needs it, `{command}`; nothing was changed")
