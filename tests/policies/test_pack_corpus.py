"""Every manifest of the corpus breaks its policy, and its twin, which differs only in this, does not."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from quadrant_platform.host import promtool
from quadrant_platform.policies.pack import POLICIES
from quadrant_platform.policies.pack import check as judge
from quadrant_platform.program.manifest_files import read_manifests
from tools.docs.corpus import PASSES, CorpusCase, cases

FEWEST = 210
CASES = cases()
JUDGED_BY_PROMTOOL = "prometheus-rules-load"
WITHOUT_MANIFESTS = {"exemptions"}
"""Policies on the pack's configuration rather than on manifests."""


@cache
def broken(path: Path) -> frozenset[tuple[str, str]]:
    """Return what `quadrant check --manifests` finds in a file, as policy and check."""
    return frozenset((found.policy, found.check) for found in judge(read_manifests(path)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_manifest_of_the_corpus_breaks_its_policy(case: CorpusCase) -> None:
    if case.policy == JUDGED_BY_PROMTOOL and not promtool.is_here():
        pytest.skip("needs promtool: it is not on the PATH, and nothing else reads PromQL")
    found = broken(case.path)
    assert case.policy in {policy for policy, _ in found}, f"{case.wrong}: this is what {case.policy} is for"
    assert not case.check or (case.policy, case.check) in found, f"the finding is called {case.check}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_twin_of_a_manifest_keeps_its_policy(case: CorpusCase) -> None:
    found = [check for policy, check in broken(case.twin) if policy == case.policy]
    assert not found, f"otherwise the finding in {case.name} would prove nothing"


def test_the_corpus_is_large_and_covers_every_policy() -> None:
    count = Counter(case.policy for case in CASES)
    assert len(CASES) >= FEWEST, "a comparison needs a sample"
    assert POLICIES.keys() - count.keys() <= WITHOUT_MANIFESTS, "each policy has a manifest that breaks it"


def test_a_manifest_lies_in_the_folder_of_its_policy() -> None:
    astray = [case.name for case in CASES if case.path.parent.name != case.policy]
    assert not astray, "a policy's examples are looked up there"


def test_every_twin_is_used_and_present() -> None:
    used = {case.twin for case in CASES}
    assert used == set(PASSES.glob("*.yaml")), "a twin without a case proves nothing, a case without a twin neither"


def test_a_manifest_without_a_header_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("kind: Pod\n", encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape("# policy/check: what is wrong. Twin: name")):
        CorpusCase.read(file)
