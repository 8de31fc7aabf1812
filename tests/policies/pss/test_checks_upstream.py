"""The pack judges pods as Kubernetes' own evaluator does: check for check, in every version, for both profiles."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from quadrant_platform.policies.configuration.pod_security_version import LATEST, Profile
from quadrant_platform.policies.core.access import FieldError
from quadrant_platform.policies.pss.checks import CHECKS
from quadrant_platform.vocabulary import POD_TEMPLATES
from tests.policies.pss import ours, specs, types
from tests.policies.pss.defects import DEFECTS, planted
from tests.policies.pss.ours import Lookup, as_shipped
from tests.policies.pss.recorded import RECORDED, violated
from tests.policies.pss.specs import Spec
from tests.policies.pss.upstream import RefusedError, Upstream

pytestmark = pytest.mark.oracle

BATCHES = 520
"""Enough for 20,000 distinct pods; a part is generated more than once."""


def compare(upstream: Upstream, batch: Iterable[Spec], seen: set[str], lookup: Lookup = as_shipped) -> None:
    """Judge pods twice, those that were seen before left out."""
    for kind, pod in batch:
        if (text := json.dumps(pod, sort_keys=True)) not in seen:
            found = ours.verdicts(ours.workload(kind, pod), lookup)
            assert found == upstream.judge(pod), f"the evaluators differ about the pod of a {kind}: {text}"
            seen.add(text)


def fuzz(upstream: Upstream, batches: int, *phases: Phase, lookup: Lookup = as_shipped) -> set[str]:
    """Judge generated pods twice; return those that were compared."""
    seen = set[str]()

    @settings(max_examples=batches, phases=phases, suppress_health_check=list(HealthCheck))
    @given(specs.CODES)
    def run(codes: bytes) -> None:
        compare(upstream, specs.workloads(codes), seen, lookup)

    run()
    return seen


def test_no_generated_pod_is_judged_differently(upstream: Upstream) -> None:
    compared = fuzz(upstream, BATCHES, Phase.generate, Phase.shrink)
    assert len(compared) >= 20_000, "as many different pods are the claim"


@pytest.mark.parametrize("base", ["GOOD", "SINGLE", "BARE"])
def test_no_single_change_is_judged_differently(upstream: Upstream, base: str) -> None:
    changed = [specs.with_change(getattr(specs, base), path, value) for path, value in specs.CHANGES]
    kinds = tuple(POD_TEMPLATES) * len(changed)
    seen = set[str]()
    compare(upstream, zip(kinds, changed, strict=False), seen)
    assert len(seen) > 250, "many changes make a pod of their own"


def test_what_the_api_cannot_hold_is_of_a_wrong_type_here_too(upstream: Upstream) -> None:
    refused = 0
    for what, pod in types.pods():
        try:
            expected = upstream.judge(pod)
        except RefusedError:
            refused += 1
            with pytest.raises(FieldError):
                pytest.fail(f"{what}: judged as {ours.verdicts(ours.workload('Pod', pod))}")
        else:
            assert ours.verdicts(ours.workload("Pod", pod)) == expected, f"{what} is judged alike"
    assert refused > 2000, "most of these values are of a wrong type"


@pytest.mark.parametrize("check", DEFECTS)
def test_a_defect_in_a_check_is_noticed(upstream: Upstream, check: str) -> None:
    with pytest.raises(AssertionError, match="the evaluators differ"):
        fuzz(upstream, 60, Phase.generate, lookup=planted(check))


def test_every_check_has_a_planted_defect() -> None:
    assert DEFECTS.keys() == CHECKS.keys(), "the comparison is shown to work for each"


def test_the_recorded_verdicts_are_still_those_of_upstream(upstream: Upstream) -> None:
    for one in RECORDED:
        found = upstream.judge(one.pod)
        both = found[Profile.BASELINE, LATEST] | found[Profile.RESTRICTED, LATEST]
        assert both == one.violates == violated(one.pod), f"this pod was judged otherwise: {json.dumps(one.pod)}"
