"""A mark claims just the kind of evidence that its test gives."""

import pytest

from tools.ledger.claims import Claim, ClaimError, claim, parse
from tools.ledger.demands import Demand

CHECKS = {
    "ONE-01": "manifest: a field",
    "TWO-01": "manifest: a field; policy: a rule",
    "ALL-01": "manifest: a field; live: an answer",
    "RUN-01": "live: an answer",
}
ROWS = {
    name: Demand(id=name, seeds=("000",), demand="something", check=check, kind="must")
    for name, check in CHECKS.items()
}


@pytest.mark.parametrize(
    ("name", "check", "in_cluster", "given"),
    [
        ("ONE-01", None, False, "manifest"),
        ("ONE-01", None, True, "manifest"),
        ("ALL-01", None, False, "manifest"),
        ("ALL-01", None, True, "live"),
        ("ALL-01", "manifest", True, "manifest"),
        ("TWO-01", "policy", False, "policy"),
        ("RUN-01", None, True, "live"),
        ("RUN-01", "live", True, "live"),
    ],
)
def test_the_kind_follows_from_row_and_test(name: str, check: str | None, in_cluster: bool, given: str) -> None:
    assert claim(name, check, in_cluster, ROWS) == Claim(name, given), "a cluster gives live evidence, and more"


@pytest.mark.parametrize(
    ("name", "check", "in_cluster", "message"),
    [
        ("NO-01", None, False, "unknown demand NO-01: use an id of tests/demands.yaml"),
        ("RUN-01", None, False, "RUN-01 asks for live evidence"),
        ("RUN-01", "live", False, "only a test with the marker `lab`"),
        ("ALL-01", "live", False, "only a test with the marker `lab`"),
        ("TWO-01", None, False, r'asks for manifest and policy: name one, as in demand\("TWO-01", check="manifest"\)'),
        ("TWO-01", None, True, "asks for manifest and policy"),
        ("ONE-01", "policy", False, "does not ask for 'policy': its check is manifest"),
        ("ONE-01", "live", True, "does not ask for 'live'"),
    ],
)
def test_a_claim_beyond_the_test_is_refused(name: str, check: str | None, in_cluster: bool, message: str) -> None:
    with pytest.raises(ClaimError, match=message):
        claim(name, check, in_cluster, ROWS)


@pytest.mark.parametrize("lacks", ["", "no program reads it: not one"])
def test_a_claim_is_read_as_it_was_written(lacks: str) -> None:
    one = Claim("NET-01", "rule-unit-test", lacks)
    assert parse(str(one)) == one, "reports keep all of it"
