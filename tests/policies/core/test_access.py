"""An unknown value where a policy looks is reported, never ignored: for every policy, by the corpus.

What decides about a case is where its manifest and its twin differ. The twin passes; with those fields unknown it must
not. A policy joins by its manifests in the corpus, and fails here without them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from quadrant_platform.policies.core.policy import ResourcePolicy
from quadrant_platform.policies.pack import POLICIES, Level
from quadrant_platform.policies.validation.field_errors import ErrorKind
from quadrant_platform.program.manifest_files import read_manifests
from tests.policies.builders import UNKNOWN, Manifest
from tests.policies.servicer import Answer, Pack
from tools.docs.corpus import CorpusCase, cases

Step = str | int
PACK = Pack()
CASES = cases()
WITHOUT_FIELDS = {
    "api-versions",
    "exemptions",
    "objects-once",
    "matrix-present",
    "names-leave-room",
    "namespace-quota",
    "no-bare-pods",
    "no-opaque-resources",
}
"""Policies on which objects there are, by kind, version and name, or on the configuration: all known at preview."""


@cache
def manifests(path: Path) -> tuple[Manifest, ...]:
    return tuple(found.manifest for found in read_manifests(path))


def identity(manifest: Manifest) -> tuple[object, ...]:
    metadata = manifest.get("metadata") or {}
    return (manifest.get("apiVersion"), manifest.get("kind"), metadata.get("namespace"), metadata.get("name"))


def fields(value: Any) -> dict[Step, Any] | None:
    """Return the parts of a value."""
    return dict(enumerate(value)) if isinstance(value, list) else value if isinstance(value, dict) else None


def differences(good: Any, bad: Any, path: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """Yield the paths at which two values differ, as deep as both have the same shape."""
    ours, theirs = fields(good), fields(bad)
    same_shape = type(good) is type(bad) and (isinstance(good, dict) or len(ours or ()) == len(theirs or ()))
    if ours is None or theirs is None or not same_shape:
        yield from () if good == bad else (path,)
        return
    for key in dict.fromkeys((*ours, *theirs)):
        present = key in ours and key in theirs
        yield from differences(ours[key], theirs[key], (*path, key)) if present else ((*path, key),)


def unknown_at(value: Any, path: tuple[Step, ...]) -> Any:
    """Return a copy of a value with one field unknown."""
    if not path:
        return UNKNOWN
    key, rest = path[0], path[1:]
    if isinstance(value, list):
        return [unknown_at(item, rest) if index == key else item for index, item in enumerate(value)]
    return {**value, key: unknown_at(value.get(key), rest)}


def with_unknowns(case: CorpusCase) -> list[Manifest]:
    """Return the twin with the fields that decide unknown; nothing where whole objects decide."""
    broken = {identity(one): one for one in manifests(case.path)}
    found, changed = list[Manifest](), 0
    for one in manifests(case.twin):
        result = one
        for path in differences(one, broken.get(identity(one), one)):
            result, changed = unknown_at(result, path), changed + 1
        found.append(result)
    return found if changed else []


@cache
def answer(case: CorpusCase) -> Answer:
    """Return the engine's answer to the twin with unknowns; the servicer fails on a policy that cannot run."""
    found = with_unknowns(case)
    return PACK.judge(found) if found else Answer((), frozenset())


def unknown(found: Answer) -> set[str]:
    """Return the policies that require a value to be known, and stop the deployment for it."""
    return {one.policy for one in found.diagnostics if one.mandatory and "must be known at preview" in one.text}


# The API server judges a value when it is known; what no other policy reads may stay unknown until then.
READ = [case for case in CASES if with_unknowns(case) and case.check not in {kind.value for kind in ErrorKind}]


@pytest.mark.parametrize("case", READ, ids=lambda case: case.name)
def test_an_unknown_where_a_manifest_differs_from_its_twin_is_reported(case: CorpusCase) -> None:
    found = answer(case)
    reported = {one.policy for one in found.diagnostics if "must be known at preview" in one.text}
    assert reported, f"{case.wrong}: an unknown value may be exactly that"
    advisory = POLICIES[case.policy].level is Level.ADVISORY
    assert advisory or unknown(found), "an unknown value of a mandatory policy stops the deployment"


@pytest.mark.parametrize("policy", sorted(POLICIES.keys() - WITHOUT_FIELDS))
def test_every_policy_has_a_case_in_which_an_unknown_is_reported(policy: str) -> None:
    own = [case for case in CASES if case.policy == policy and with_unknowns(case)]
    assert own, f"no manifest of {policy} differs from its twin in a field: add one, or list it in WITHOUT_FIELDS"
    if isinstance(POLICIES[policy], ResourcePolicy):  # the others share an index, which reports what it cannot read
        found = {one.check for case in own for one in answer(case).diagnostics if one.policy == policy}
        assert "unknown" in found, f"{policy} reports it under its own name"
