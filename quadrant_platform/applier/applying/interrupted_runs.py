"""What a run of pulumi leaves behind that was killed: a lock, and creations that it began."""

import json
import os
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

_FIELD_MANAGER = "pulumi-kubernetes-"
"""How the names of the engine's field managers begin, one for each object."""


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


def settle_creations(engine: PulumiStack, record: StateRecord, kubectl: Kubectl, say: Say) -> None:
    """Take over what a killed run created, and drop what it did not get to; BadInput where a stranger made it.

    Without this, the next run would try to create what is there already.
    """
    begun = [one["resource"] for one in record.pending if one["type"] == "creating"]
    if not begun:
        return
    wanted = {one["urn"]: one["inputs"] for one in begun if _is_object(one)}
    there = by_key(_live(kubectl, [reference_to(one) for one in wanted.values()]))
    found = {urn: there[key_of(one)] for urn, one in wanted.items() if key_of(one) in there}
    if strange := [one for one in found.values() if not _manager(one)]:
        raise BadInput([_stranger(one, kubectl) for one in strange])
    write_record(engine, record.settled({urn: _outputs(one) for urn, one in found.items()}))
    say(f"a run was killed while it created {len(begun)} resources: {len(found)} exist and are taken over")


def _is_object(resource: Mapping[str, Any]) -> bool:
    inputs = resource.get("inputs", {})
    return str(resource["type"]).startswith("kubernetes:") and {"apiVersion", "kind", "metadata"} <= set(inputs)


def _live(kubectl: Kubectl, references: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not references:
        return []
    return kubectl.objects("get", "--ignore-not-found", "--show-managed-fields", "-f", "-", stdin=listed(references))


def _manager(one: Mapping[str, Any]) -> str | None:
    managers = (entry["manager"] for entry in one["metadata"].get("managedFields", ()))
    return next((name for name in managers if name.startswith(_FIELD_MANAGER)), None)


def _outputs(one: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the state keeps of an object until the refresh reads it: no value of a Secret."""
    kept = {key: one[key] for key in ("apiVersion", "kind")}
    metadata = {key: one["metadata"][key] for key in ("name", "namespace", "uid") if key in one["metadata"]}
    return {**kept, "metadata": metadata, "__fieldManager": _manager(one), "__initialApiVersion": one["apiVersion"]}


def _stranger(one: Mapping[str, Any], kubectl: Kubectl) -> Problem:
    _, kind, namespace, name = key_of(one)
    place = ["--namespace", namespace] if namespace else []
    command = shlex.join(["kubectl", *kubectl.options(), *place, "delete", kind.lower(), name])
    what = f"{kind} {name} was to be created when a run was killed, and is there, made by something else"
    return Problem((), what, f"if nothing needs it, `{command}`; nothing was changed")
