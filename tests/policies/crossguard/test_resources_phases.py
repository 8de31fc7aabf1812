"""The pack finds the same in every phase of a stack: it judges what the program says, not what a server filled in."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import cache

import pytest

from tests.policies.builders import obj, service, workload
from tests.policies.crossguard import phases
from tests.policies.crossguard.phases import PHASES, Verdict, verdicts
from tests.policies.crossguard.recording import Pair, recorded_pairs
from tests.policies.servicer import Answer, Pack, urn
from tests.stacks import STACKS, recorded

PAIRS = recorded_pairs()
REPLICAS = ("pdb-and-hpa-consistent", "replicas")


@cache
def said() -> set[Verdict]:
    """The verdicts on the program's own words."""
    return verdicts(phases.preview_of_nothing(Pack(), PAIRS))


@cache
def of_stack() -> set[Verdict]:
    """Those of the policies on the whole stack."""
    pack = Pack()
    return said() - {verdict for one in PAIRS for verdict in verdicts(pack.analyze(one.written))}


def scaled(replicas: int | None = None) -> list[Pair]:
    """An autoscaler and its target, which states its replicas or leaves them to the server."""
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"}
    spec = {"minReplicas": 2, "maxReplicas": 4, "scaleTargetRef": target}
    scaler = obj("autoscaling/v2", "HorizontalPodAutoscaler", "api", "backend", spec=spec)
    written = workload()
    written["spec"].pop("replicas", None)
    written["spec"] |= {} if replicas is None else {"replicas": replicas}
    returned = copy.deepcopy(written)
    returned["spec"] = {"replicas": 1, **written["spec"]}
    returned["metadata"]["managedFields"] = []
    return [Pair(written, returned), Pair(scaler, scaler)]


def test_every_kind_of_every_stack_is_recorded() -> None:
    kinds = {one["kind"] for system, stage in STACKS for one in recorded(system, stage).manifests()}
    missing = kinds - {one.written["kind"] for one in PAIRS}
    assert not missing, "record them: python -m tests.policies.crossguard.recording KUBECONFIG"


def test_the_recording_holds_what_a_server_fills_in() -> None:
    scaled = [one for one in PAIRS if one.written["kind"] == "Deployment" and "replicas" not in one.written["spec"]]
    assert any(one.returned["spec"]["replicas"] for one in scaled), "the API server's default, beside an autoscaler"
    assert all("managedFields" in one.returned["metadata"] for one in PAIRS), "and who manages which field"
    assert any(one.returned.get("status", {}).get("conditions") for one in PAIRS), "and what controllers report"


@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: phase.__name__)
def test_a_phase_has_the_verdicts_of_the_first_preview(phase: Callable[[Pack, Sequence[Pair]], Answer]) -> None:
    assert said(), "parts of many stacks break some rules, so that there is something to compare"
    assert verdicts(phase(Pack(), PAIRS)) == said(), f"{phase.__name__}: the program has not changed"


def test_one_process_may_serve_all_phases() -> None:
    pack = Pack()
    for phase in (phases.update, phases.replace, phases.up):
        assert verdicts(phase(pack, PAIRS)) == said(), f"{phase.__name__}: nothing is left of the phase before"


def test_without_the_program_the_record_of_managers_tells_what_it_said() -> None:
    assert verdicts(phases.without_program(Pack(), PAIRS)) == of_stack(), "the fields of its manager are its words"


def test_without_program_and_record_policies_abstain_on_filled_fields() -> None:
    found = phases.without_program_and_record(Pack(), PAIRS)
    abstained = {one.policy: one for one in found.diagnostics if one.check == "abstains"}
    assert "pdb-and-hpa-consistent" in abstained, "nobody knows whether the program fixes the replicas"
    assert not any(one.mandatory for one in abstained.values()), "what is not judged stops nothing"
    assert "spec.replicas" in abstained["pdb-and-hpa-consistent"].text, "the field is named"
    wrong = {verdict for verdict in verdicts(found) - of_stack() if verdict[1] != "abstains"}
    assert not wrong, "and nothing is found that the program does not say"


@pytest.mark.parametrize(("replicas", "broken"), [(None, False), (1, True), (3, True)])
def test_replicas_beside_an_autoscaler_are_those_of_the_program(replicas: int | None, broken: bool) -> None:
    pairs = scaled(replicas)
    for phase in PHASES:
        found = phase(Pack(), pairs).rules
        assert (REPLICAS in found) is broken, f"{phase.__name__}: a default of the server fixes nothing"


def test_a_resource_that_the_program_dropped_is_judged_no_more() -> None:
    pack = Pack()
    phases.up(pack, scaled(3))
    found = phases.up(pack, scaled(3)[:1])
    assert REPLICAS not in found.rules, "its autoscaler is gone"


def test_a_resource_that_no_call_was_about_is_seen_beside_the_others() -> None:
    pairs, pack = scaled(3), Pack()
    pack.analyze(pairs[1].written)
    found = pack.analyze_outputs(phases.outputs(pairs))
    assert REPLICAS not in found.rules, "of the target only the answer is known"
    [advice] = [one for one in found.diagnostics if (one.policy, one.check) == (REPLICAS[0], "abstains")]
    assert advice.urn == urn(pairs[0].written), "which the engine shows at the target"


def test_a_resource_that_an_update_leaves_out_is_no_object() -> None:
    assert not Pack().leave_out(service()).diagnostics, "the engine passes it without properties"
