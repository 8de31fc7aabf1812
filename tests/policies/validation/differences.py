"""Where Kubernetes and the pack disagree about an object, and the smallest object about which they do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from quadrant_platform.policies.validation.kinds import errors_of
from tests.policies.validation.kubernetes import Manifest, Verdict, judge
from tests.policies.validation.mutations import walk, without
from tests.policies.validation.volume_places import in_the_file, of_claims


@dataclass(frozen=True)
class Difference:
    """An object with what Kubernetes and the pack refuse of it."""

    obj: Manifest
    theirs: Verdict
    ours: frozenset[str]

    def __str__(self) -> str:
        """Return both answers and the object, in a few lines."""
        missed = sorted(self.theirs.fields - self.ours) or (self.theirs.unreadable and [self.theirs.unreadable]) or []
        wrong = sorted(self.ours - self.theirs.fields)
        words = [line for line in self.theirs.words if any(line.split(": ")[0].endswith(field) for field in missed)]
        return f"missed {missed}, false {wrong}\n  {json.dumps(self.obj)}\n  {words}"


_NEWER = "unknown field"
"""What the judge says of a field that a newer release has, which the pack knows."""


def refused(obj: Manifest) -> frozenset[str]:
    """Return the fields that the pack refuses."""
    return of_claims(frozenset(error.path for error in errors_of(obj)))


def is_answered(obj: Manifest) -> bool:
    """Return whether the API server answers: it breaks down on rules of success without a number of completions."""
    return "'successPolicy'" not in str(obj) or "'completions'" in str(obj)


def differs(theirs: Verdict, ours: frozenset[str]) -> bool:
    """Return whether two answers differ: in the verdict, and in the fields where the object could be read."""
    if theirs.unreadable:
        return not ours and _NEWER not in theirs.unreadable
    return theirs.fields != ours


def differences(objects: Sequence[Manifest], definitions: Sequence[Path] = ()) -> list[Difference]:
    """Return the objects about which the two disagree."""
    objects = [one for one in objects if is_answered(one)]
    answers = zip(objects, judge(objects, definitions), strict=True)
    placed = ((one, replace(theirs, fields=in_the_file(one, theirs.fields))) for one, theirs in answers)
    found = (Difference(one, theirs, refused(one)) for one, theirs in placed)
    return [one for one in found if differs(one.theirs, one.ours)]


def smallest(difference: Difference) -> Difference:
    """Return a difference of the same kind about as little as possible."""
    while True:
        smaller = [
            without(difference.obj, path) for path, _ in walk(difference.obj) if path[0] not in {"apiVersion", "kind"}
        ]
        same = [one for one in differences(smaller) if _alike(one, difference)]
        if not same:
            return difference
        difference = min(same, key=lambda one: len(json.dumps(one.obj)))


def _alike(one: Difference, other: Difference) -> bool:
    """Return whether two differences go in the same direction."""
    return _directions(one) == _directions(other)


def _directions(one: Difference) -> tuple[bool, bool]:
    return bool(one.theirs.unreadable or one.theirs.fields - one.ours), bool(one.ours - one.theirs.fields)


def report(found: Iterable[Difference], most: int = 5) -> str:
    """Return the smallest forms of some differences."""
    return "\n".join(str(smallest(one)) for one, _ in zip(found, range(most), strict=False))
