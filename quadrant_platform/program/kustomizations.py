"""Kustomizations below a folder: which of the files beside them are not applied as they are written."""

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.program.manifest_documents import documents
from quadrant_platform.program.manifest_sources import KUSTOMIZATION, text_of

GROUP = "kustomize.config.k8s.io"
KUSTOMIZATION_FILES = (KUSTOMIZATION, "kustomization.yaml", "kustomization.yml")
_CHANGES = (
    "namespace", "namePrefix", "nameSuffix", "labels", "commonLabels", "commonAnnotations", "patches",
    "patchesStrategicMerge", "patchesJson6902", "images", "imageTags", "replicas", "replacements", "vars",
    "configMapGenerator", "secretGenerator", "generators", "transformers", "helmCharts", "helmChartInflationGenerator",
)  # fmt: skip
"""Keys that change objects, or add some to which the files refer."""
_READS = (
    "patches", "patchesStrategicMerge", "patchesJson6902", "replacements", "configMapGenerator", "secretGenerator",
    "generators", "transformers", "validators", "configurations", "openapi", "helmCharts",
)  # fmt: skip
"""Keys that name files which are no objects of their own."""
_PATHS = frozenset({"path", "files", "env", "envs", "valuesFile", "additionalValuesFiles"})
_REMOTE = re.compile(r"://|^git@|^github\.com[/:]|[?&]ref=")
_REMOTE_PARTS = "remote resources"
_REMEDY = "give that folder to --kustomize"


@dataclass(frozen=True)
class _Kustomization:
    """What one kustomization does; paths are real ones."""

    folder: Path
    changes: frozenset[str]
    parts: tuple[str, ...]
    components: tuple[str, ...]
    reads: tuple[str, ...]


def changed_files(files: Iterable[Path]) -> dict[Path, Problem]:
    """Return the files that kustomizations among them change or read, each with the reason."""
    every = list(files)
    found = {os.path.realpath(one.folder): one for one in map(_parsed, every) if one}
    reasons = {place: f"the kustomization of {one.folder} reads it" for one in found.values() for place in one.reads}
    applied = _applied(found) if found else {}
    for place, (folder, changes) in applied.items():
        if changes:
            known = [key for key in (*_CHANGES, _REMOTE_PARTS) if key in changes]
            reasons[place] = f"the kustomization of {folder} changes it, or adds to it ({', '.join(known)})"
        else:
            reasons.pop(place, None)
    real = {file: os.path.realpath(file) for file in every} if reasons else {}
    return {file: Problem((), reasons[at], _REMEDY, file, 1) for file, at in real.items() if at in reasons}


def is_kustomization(file: Path, value: Any) -> bool:
    """Return whether kustomize would build a document; its version and kind may be left out."""
    if file.name not in KUSTOMIZATION_FILES or not isinstance(value, dict):
        return False
    of_group = str(value.get("apiVersion", GROUP)).partition("/")[0] == GROUP
    return of_group and str(value.get("kind", "Kustomization")) in {"Kustomization", "Component"}


def _parsed(file: Path) -> _Kustomization | None:
    """Return what a file says if it is a kustomization that can be read."""
    if file.name not in KUSTOMIZATION_FILES:  # most are not, and need not be read for it
        return None
    try:
        every = documents(text_of(file), file)
    except BadInput:
        return None  # whoever reads the file as a manifest says so
    value: Any = every[0].value if len(every) == 1 else None
    if not is_kustomization(file, value):
        return None
    parts = [*_texts(value.get("resources")), *_texts(value.get("bases"))]
    remote = {_REMOTE_PARTS} if any(map(_REMOTE.search, parts)) else set()
    return _Kustomization(
        folder=file.parent,
        changes=frozenset({key for key in _CHANGES if value.get(key)} | remote),
        parts=_real(file.parent, parts),
        components=_real(file.parent, _texts(value.get("components"))),
        reads=_real(file.parent, (place for key in _READS for place in _read_by(value.get(key)))),
    )


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _read_by(value: Any) -> Iterator[str]:
    """Yield the paths in the value of a key, of which some are written KEY=PATH."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            for key in item.keys() & _PATHS:
                named = item[key]
                yield from (text.rpartition("=")[2] for text in _texts(named if isinstance(named, list) else [named]))


def _real(folder: Path, places: Iterable[str]) -> tuple[str, ...]:
    """Return real paths; a text of several lines is a patch itself, and no path has a NUL."""
    return tuple(os.path.realpath(folder / place) for place in places if not re.search(r"[\n\0]", place))


def _applied(found: dict[str, _Kustomization]) -> dict[str, tuple[Path, frozenset[str]]]:
    """Return each path that is built, with the outermost folder that builds it, and what changes on the way.

    Where one builds it unchanged, nothing does: it is applied as it is written, perhaps beside others.
    """
    changes = _with_components(found)
    inner = {part for one in found.values() for part in (*one.parts, *one.components)}
    todo = [(place, one.folder, frozenset[str]()) for place, one in sorted(found.items()) if place not in inner]
    applied, seen = dict[str, tuple[Path, frozenset[str]]](), set[tuple[str, bool]]()
    while todo:
        place, outermost, before = todo.pop()
        if place not in found:
            if place not in applied or not before:
                applied[place] = (outermost, before)
            continue
        here = before | changes[place]
        if (place, bool(here)) not in seen:
            seen.add((place, bool(here)))
            todo += [(part, outermost, here) for part in (*found[place].parts, *found[place].components)]
    return applied


def _with_components(found: dict[str, _Kustomization]) -> dict[str, frozenset[str]]:
    """Return what each changes, with what its components change: they act on all that it builds."""
    users = defaultdict[str, list[str]](list)
    for place, one in found.items():
        for component in one.components:
            users[component].append(place)
    changes = {place: one.changes for place, one in found.items()}
    todo = list(found)
    while todo:
        place = todo.pop()
        for user in users[place]:
            if not changes[place] <= changes[user]:
                changes[user] |= changes[place]
                todo.append(user)
    return changes
