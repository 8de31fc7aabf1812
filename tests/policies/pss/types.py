"""Fields that the checks read, and values of every JSON type to put there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.policies.pss.specs import CONTAINERS, GOOD, OF_CONTAINER, OF_POD, PROBES, Json, with_change

VALUES: tuple[Any, ...] = ("x", "", 5, -1, 2**31, 2**63, 1.5, True, {}, [], ["x"], [5], [{}], [[]])
_NESTED = {
    "seccompProfile": ("type",),
    "appArmorProfile": ("type",),
    "seLinuxOptions": ("type", "user", "role"),
    "windowsOptions": ("hostProcess",),
    "capabilities": ("add", "drop"),
}
_UNREAD = {"runAsGroup", "fsGroup", "readOnlyRootFilesystem"}
Path = tuple[str | int, ...]


def _of_context(context: Path, fields: Iterator[str]) -> Iterator[Path]:
    yield context
    for field in fields:
        if field not in _UNREAD:
            yield (*context, field)
            yield from ((*context, field, inner) for inner in _NESTED.get(field, ()))


def _of_container(place: Path) -> Iterator[Path]:
    yield place
    yield from _of_context((*place, "securityContext"), iter(OF_CONTAINER))
    yield (*place, "ports")
    for keys in PROBES:
        yield (*place, *keys)
        for action in ("httpGet", "tcpSocket"):
            yield (*place, *keys, action)
            yield (*place, *keys, action, "host")


def paths() -> Iterator[Path]:
    """Yield every field that a check reads, from the pod's own on."""
    yield from ((field,) for field in ("hostNetwork", "hostPID", "hostIPC", "hostUsers", "os", "volumes"))
    yield ("os", "name")
    yield from _of_context(("securityContext",), iter(OF_POD))
    for place in CONTAINERS:
        yield place[:1]
        yield from _of_container(place)


def pods() -> Iterator[tuple[str, Json]]:
    """Yield good pods with a value of some type in one of these fields, and that value."""
    for path in paths():
        for value in VALUES:
            yield f"{path} = {value!r}", with_change(GOOD, ("spec", *path), value)
