"""Through the engine the verdicts are those of the direct check, policy for policy and word for word."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from quadrant_platform.policies.crossguard.binding import message_of
from quadrant_platform.policies.pack import POLICIES, Object, check
from quadrant_platform.program.manifest_files import read_manifests
from tests.policies import shop
from tests.policies.builders import Manifest, without
from tests.policies.servicer import Pack, urn
from tests.stacks import STACKS, recorded
from tools.docs.corpus import CorpusCase, cases

PACK = Pack()


def directly(manifests: Sequence[Manifest]) -> set[tuple[str, str, bool, str]]:
    """Return what the direct check finds: policy, check, whether it stops the deployment, and the text."""
    found = check([Object(one, urn=urn(one)) for one in manifests])
    return {(one.policy, one.check, one.level == "mandatory", message_of(one, POLICIES[one.policy])) for one in found}


def through_the_engine(manifests: Sequence[Manifest]) -> set[tuple[str, str, bool, str]]:
    """Return what the engine reports; the first line of a text is its title."""
    found = PACK.judge(manifests).diagnostics
    return {(one.policy, one.check, one.mandatory, one.text.partition("\n")[2]) for one in found}


def manifests(path: Path) -> list[Any]:
    return [found.manifest for found in read_manifests(path)]


def reordered(value: Any) -> Any:
    """Return the value with the fields of every object the other way round, which says the same."""
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(value)}
    return [reordered(item) for item in value] if isinstance(value, list) else value


def registrable(found: list[Any]) -> bool:
    """Return whether the engine could register these at all: it needs their version, kind and name."""
    return all(
        isinstance(one, dict) and one.get("apiVersion") and one.get("kind") and (one.get("metadata") or {}).get("name")
        for one in found
    )


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_a_stack_is_judged_alike(system: str, stage: str) -> None:
    found = recorded(system, stage).manifests()
    assert through_the_engine(found) == directly(found), f"{system} {stage} is one thing, however it is looked at"


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_manifest_of_the_corpus_is_judged_alike(case: CorpusCase) -> None:
    found = manifests(case.path)
    if registrable(found):
        assert through_the_engine(found) == directly(found), f"{case.wrong}: both report it in the same words"
    else:
        assert case.policy == "well-formed", "only what is no object cannot be registered"


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_the_order_of_fields_decides_nothing(case: CorpusCase) -> None:
    found = manifests(case.path)
    one, other = (
        {(each.policy, each.check, each.message) for each in check(some)} for some in (found, reordered(found))
    )
    assert one == other, f"{case.wrong}: the engine's maps have no order"


@pytest.mark.parametrize("kind", ["NetworkPolicy", "Namespace", "Service", "ConfigMap"])
def test_a_stack_without_some_object_is_judged_alike(kind: str) -> None:
    for one in shop.GOOD:
        if one["kind"] == kind:
            found = without(shop.GOOD, kind, one["metadata"]["name"])
            assert through_the_engine(found) == directly(found), f"{kind} {one['metadata']['name']} is missing in both"
