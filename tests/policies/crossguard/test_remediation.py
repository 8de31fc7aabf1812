"""The engine mends labels: it writes them into the properties, and unknown values and secrets stay as they are."""

from __future__ import annotations

from typing import Any

import pytest

from quadrant_platform.policies.pack import check
from tests.policies.builders import REMOVE, UNKNOWN, Manifest, changed, service, workload
from tests.policies.servicer import Pack

NAME, PART_OF = "app.kubernetes.io/name", "app.kubernetes.io/part-of"
PATHS = ("metadata/labels", "spec/template/metadata/labels")


def bare(labels: Any = REMOVE) -> Manifest:
    """Return a workload with other labels, or none, on itself and on its pods."""
    manifest = workload()
    for path in PATHS:
        manifest = changed(manifest, path, labels)
    return manifest


def broken(manifest: Manifest) -> set[str]:
    return {found.check for found in check([manifest]) if found.policy == "labels"}


@pytest.mark.parametrize("labels", [REMOVE, {}, {"team": "shop"}, None])
def test_missing_labels_are_written_and_the_mended_object_passes(labels: Any) -> None:
    manifest = bare(labels)
    assert broken(manifest) == {"name", "part-of"}, "nothing identifies it"
    mended = Pack().remediate(manifest)
    assert mended is not None, "the engine gets new properties"
    assert broken(mended) == set(), "the policy is kept now"
    added = {NAME: "api", PART_OF: "shop-backend"}
    assert mended["metadata"]["labels"] == {**(labels if isinstance(labels, dict) else {}), **added}, "others stay"
    kept = {key: value for key, value in manifest.items() if key not in ("metadata", "spec")}
    assert {key: mended[key] for key in kept} == kept, "nothing else changes"


def test_an_older_label_gives_the_name() -> None:
    mended = Pack().remediate(bare({"app": "checkout", PART_OF: "bank"}))
    assert mended is not None, "a label is missing"
    assert mended["metadata"]["labels"] == {"app": "checkout", NAME: "checkout", PART_OF: "bank"}, "it is the same name"


def test_the_project_stands_for_the_system_where_the_namespace_says_nothing() -> None:
    mended = Pack().remediate(changed(bare(), "metadata/namespace", "default"))
    assert mended is not None, "labels are missing"
    assert mended["metadata"]["labels"][PART_OF] == "shop", "the project that registers it"


def test_an_object_with_its_labels_is_left_alone() -> None:
    assert Pack().remediate(workload()) is None, "there is nothing to mend"
    assert Pack().remediate(service()) is None, "a Service is found by its name"


def test_a_label_that_does_not_follow_from_the_object_is_left_to_people() -> None:
    pack = Pack()
    pack.configure("labels", "remediate", requiredLabels=["team"])
    assert pack.remediate(workload()) is None, "who owns it is not in the manifest"
    found = pack.analyze(workload())
    assert {check for _, check in found.rules} == {"team"}, "so validation reports it as missing"
    assert all(one.mandatory for one in found.diagnostics), "what could not be mended stops the deployment"


def test_unknown_values_and_secrets_pass_through_a_mended_object() -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "x"}
    manifest = changed(changed(bare(), "metadata/annotations", {"a": UNKNOWN}), "spec/paused", secret)
    mended = Pack().remediate(manifest)
    assert mended is not None, "labels are missing"
    assert mended["metadata"]["annotations"] == {"a": UNKNOWN}, "it is still unknown"
    assert mended["spec"]["paused"] == secret, "it is still secret"


@pytest.mark.parametrize("labels", [UNKNOWN, {NAME: UNKNOWN}])
def test_labels_that_are_not_known_yet_are_not_overwritten(labels: Any) -> None:
    manifest = bare(labels)
    pack = Pack()
    assert pack.remediate(manifest) is None, "they may be right"
    assert ("labels", "unknown") in pack.analyze(manifest).rules, "validation requires known labels"


def test_an_exempted_object_is_not_mended() -> None:
    pack = Pack()
    row = {"kind": "Deployment", "name": "api", "reason": "its labels are immutable", "expires": "2999-01-01"}
    pack.configure("labels", "remediate", exempt=[row])
    assert pack.remediate(bare()) is None, "the row spares it"


def test_a_policy_set_to_mandatory_mends_nothing() -> None:
    pack = Pack()
    pack.configure("labels", "mandatory")
    assert pack.remediate(bare()) is None, "the platform wants to see the violation instead"
    assert {policy for policy, _ in pack.analyze(bare()).rules} >= {"labels"}, "and sees it"
