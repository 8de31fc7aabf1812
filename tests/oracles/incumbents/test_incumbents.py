"""Other scanners find nothing in the shipped stacks but what is exempted, and the comparison with them is current."""

from dataclasses import replace
from functools import cache

import pytest

from quadrant_platform.host.checkout import ROOT
from quadrant_platform.policies.pack import POLICIES
from quadrant_platform.program.rendering import files
from tests.oracles.incumbents import comparison, table
from tests.oracles.incumbents.comparison import SCANNERS
from tests.oracles.incumbents.exemptions import EXEMPTIONS
from tests.oracles.incumbents.scanner import Found, Scanner
from tests.stacks import STACKS, recorded
from tools.docs.corpus import cases

pytestmark = pytest.mark.oracle

BY_NAME = {scanner.name: scanner for scanner in SCANNERS}


def require(*scanners: Scanner) -> None:
    for scanner in scanners:
        if scanner.missing:
            pytest.skip(scanner.missing)


@cache
def stacks() -> dict[str, str]:
    """Return every shipped stack as one text."""
    return {
        f"{system}-{stage}": "---\n".join(files(recorded(system, stage).manifests()).values())
        for system, stage in STACKS
    }


@cache
def findings(name: str) -> list[tuple[str, Found]]:
    """Return what a scanner finds in the shipped stacks."""
    answer = BY_NAME[name].judge(stacks())
    return [(stack, found) for stack, some in answer.items() for found in some]


@pytest.mark.parametrize("name", BY_NAME)
def test_no_finding_in_the_shipped_stacks_lacks_an_exemption(name: str) -> None:
    require(BY_NAME[name])
    left = [
        f"{stack}: {found.rule} {found.place} {found.text}"
        for stack, found in findings(name)
        if not any(row.covers(name, stack, found) for row in EXEMPTIONS)
    ]
    assert not left, "mend it, or exempt it with a reason:\n" + "\n".join(left)


@pytest.mark.parametrize("name", BY_NAME)
def test_every_exemption_is_used_on_each_object_that_it_names(name: str) -> None:
    require(BY_NAME[name])
    unused = [
        f"{row.rules} {pattern}"
        for row in EXEMPTIONS
        if row.scanner == name
        for pattern in row.objects
        if not any(replace(row, objects=frozenset({pattern})).covers(name, *one) for one in findings(name))
    ]
    assert not unused, "an exemption that covers nothing hides the next finding"


def test_the_page_speaks_of_every_manifest_of_the_corpus() -> None:
    text = (ROOT / table.PAGE).read_text(encoding="utf-8")
    absent = [case.name for case in cases() if f"[{case.name}]" not in text]
    assert not absent, "run `make docs` where the scanners are installed"


def test_the_table_knows_only_policies_that_exist() -> None:
    assert POLICIES.keys() >= table.OWN_CONVENTIONS, "a policy may have got another name"


def test_ours_catch_everything_and_the_page_is_current() -> None:
    require(*SCANNERS)
    found = comparison.rows()
    missed = [row.case.name for row in found if not row.ours]
    assert not missed, "the pack finds every mistake of the corpus"
    assert not table.outdated(found), "a comparison that is not current misleads"


@pytest.mark.parametrize("scanner", SCANNERS, ids=lambda scanner: scanner.name)
def test_a_scanner_finds_what_its_authors_wrote_it_for(scanner: Scanner) -> None:
    require(scanner)
    caught = [row.case.name for row in comparison.rows([scanner]) if any(row.theirs)]
    known = {"checkov": "no-privileged/container", "kube-score": "probes/no-liveness"}
    assert known.get(scanner.name, "well-formed/quoted-flag") in caught, "else its answers would be misread"
