"""The nineteen checks, as far as they can be judged without Kubernetes' evaluator."""

from __future__ import annotations

import json

import pytest

from quadrant_platform.policies.configuration.pod_security_version import (
    LATEST,
    OLDEST,
    Profile,
    Version,
    parse_version,
)
from quadrant_platform.policies.core.objects import Object
from quadrant_platform.policies.core.workload_pods import pod_of
from quadrant_platform.policies.pack import Config, check
from quadrant_platform.policies.pss.checks import CHECKS, ids_of
from quadrant_platform.vocabulary import POD_TEMPLATES
from tests.policies.builders import changed, workload
from tests.policies.pss import ours, specs
from tests.policies.pss.recorded import RECORDED, violated


def test_every_recorded_verdict_is_the_upstream_one() -> None:
    for one in RECORDED:
        assert violated(one.pod) == one.violates, f"upstream disagrees about {json.dumps(one.pod)}"


def test_the_recorded_verdicts_cover_every_check_and_compliant_pods() -> None:
    assert frozenset[str]().union(*(one.violates for one in RECORDED)) == set(CHECKS), "each is seen to fail"
    assert any(not one.violates for one in RECORDED), "and to pass"


def test_a_profile_runs_what_the_api_server_runs() -> None:
    assert len(ids_of(Profile.BASELINE, LATEST)) == 12, "baseline has twelve checks"
    overridden = {"hostPathVolumes", "seccompProfile_baseline", "capabilities_baseline"}
    assert ids_of(Profile.RESTRICTED, OLDEST) == set(CHECKS) - overridden - {"procMount_restricted"}, "before 1.35"
    assert ids_of(Profile.RESTRICTED, LATEST) == set(CHECKS) - overridden - {"procMount"}, "since it was relaxed"


@pytest.mark.parametrize(
    ("text", "version"), [("1.34", OLDEST), ("v1.36", (1, 36)), ("latest", LATEST), ("1.99", (1, 99))]
)
def test_a_version_is_read_with_or_without_its_letter(text: str, version: Version) -> None:
    assert parse_version(text) == version, "kubectl and namespace labels write it in both ways"


@pytest.mark.parametrize("text", ["1.33", "1", "", "v1", "1.034", "newest", "2.0", "1.36.1", "1.٣٦"])
def test_what_is_no_known_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a version of the Pod Security Standards"):
        parse_version(text)


@pytest.mark.parametrize(("version", "broken"), [(Version(1, 36), {("kernel-surface", "sysctls")}), (LATEST, set())])
def test_the_configured_version_decides(version: Version, broken: set[tuple[str, str]]) -> None:
    tuned = [{"name": "net.ipv4.tcp_notsent_lowat", "value": "1"}]
    pod = changed(workload(), "spec/template/spec/securityContext/sysctls", tuned)
    found = check([pod], Config(pod_security_version=version))
    assert {(one.policy, one.check) for one in found} == broken, "the sysctl is allowed since 1.37"


def test_an_unreadable_field_does_not_silence_the_other_checks_of_its_policy() -> None:
    pod = changed(workload(), "spec/template/spec/securityContext/appArmorProfile", "none")
    pod = changed(pod, "spec/template/spec/securityContext/sysctls", [{"name": "kernel.sem", "value": "1"}])
    found = {(one.policy, one.check) for one in check([pod])}
    assert found == {("well-formed", "type"), ("kernel-surface", "sysctls")}, "both can be mended in one go"


@pytest.mark.parametrize("kind", POD_TEMPLATES)
def test_the_pod_of_every_kind_is_found(kind: str) -> None:
    pod = pod_of(ours.workload(kind, specs.GOOD))
    assert pod, f"a {kind} makes pods"
    assert len(pod.containers) == 4, "with init and ephemeral containers"


@pytest.mark.parametrize("kind", POD_TEMPLATES)
def test_a_custom_kind_that_shares_the_name_makes_no_pods(kind: str) -> None:
    custom = {"apiVersion": "batch.example.com/v1", "kind": kind, "metadata": {"name": "a"}, "spec": {"tasks": []}}
    assert pod_of(Object(custom)) is None, "its fields mean something else"
    assert not [one for one in check([custom]) if one.policy == "well-formed"], "so it is not malformed either"
