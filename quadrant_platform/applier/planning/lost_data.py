"""Data that a change would lose: what it is, how big and how old, and how its owner lets it go."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from quadrant_platform.applier.observed.object_keys import key_of
from quadrant_platform.data_objects import holds_data
from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.model.stack_file import RELEASE
from quadrant_platform.places import place_of
from quadrant_platform.program.rendering import Manifest
from quadrant_platform.vocabulary import RELEASED_ANNOTATION

_SIZES = (("resources", "requests", "storage"), ("storage", "size"))
"""Where a claim and an operator's cluster keep their size."""


def is_released(manifest: Manifest) -> bool:
    """Return whether an object's stack has let its data go."""
    return RELEASED_ANNOTATION in (manifest["metadata"].get("annotations") or {})


def stays(manifest: Manifest) -> bool:
    """Return whether an object outlives the stack that wanted it: it, or what is in it, may be data."""
    return (manifest["kind"] == "Namespace" or holds_data(manifest)) and not is_released(manifest)


def check_unwanted(unwanted: Iterable[Manifest], file: str) -> None:
    """Raise BadInput with every object whose data a stack would leave behind, given the name of the stack's file."""
    lost = [one for one in unwanted if holds_data(one)]
    names = ", ".join(place_of(one["metadata"]) for one in lost)
    _refuse(
        lost,
        "nothing wants this data any more, and data is never lost as a side effect",
        f"put its row back, or name the old row in `renamedFrom` of the new one. To let it go, put the row back, write "
        f"`{RELEASE}: [{names}]` under `config` in {file}, run `quadrant up`, then remove the row and that line",
    )


def check_removal(lost: Collection[Manifest], file: str) -> None:
    """Raise BadInput with every object whose data, if any, would go with a whole stack."""
    remedy = f'write `{RELEASE}: ["*"]` under `config` in {file}, run `quadrant up`, then this again'
    _refuse(
        [one for one in lost if holds_data(one)],
        "this data goes with the stack, and data is never lost as a side effect",
        f"to let it go, {remedy}",
    )


def _refuse(lost: Collection[Manifest], what: str, remedy: str) -> None:
    if lost:
        listed = [Problem((), f"{described(one)} would be lost") for one in lost]
        raise BadInput([*listed, Problem((), what, f"{remedy}; nothing was changed")])


def described(manifest: Manifest) -> str:
    """Return what an object is, its size, and since when it is there."""
    metadata = manifest["metadata"]
    since = metadata.get("creationTimestamp")
    facts = [_size(manifest.get("spec", {})), f"since {str(since)[:10]}" if since else None]
    known = ", ".join(fact for fact in facts if fact)
    return f"{key_of(manifest)}{f' ({known})' if known else ''}"


def _size(spec: Mapping[str, Any]) -> str | None:
    for path in _SIZES:
        found: Any = spec
        for key in path:
            found = found.get(key, {}) if isinstance(found, Mapping) else {}
        if isinstance(found, str):
            return found
    return None
