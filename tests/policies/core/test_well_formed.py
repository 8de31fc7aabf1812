"""Manifests of wrong types: reported with their path and type, never a crash."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quadrant_platform.policies.core.objects import Object
from quadrant_platform.policies.pack import Violation, check
from quadrant_platform.vocabulary import POD_TEMPLATES
from tests.policies import shop
from tests.policies.builders import UNKNOWN, Manifest, changed, namespace, obj, service, workload
from tests.policies.servicer import Pack

PACK = Pack()
POD = "spec/template/spec"


def malformed(manifest: Any) -> list[Violation]:
    return [found for found in check([manifest]) if found.policy == "well-formed"]


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("spec", "x", "spec: expected an object, found a string"),
        ("spec", None, "spec.template.spec.containers: must have a container"),
        (f"{POD}/containers", 5, "spec.template.spec.containers: expected an array, found a number"),
        (f"{POD}/containers", None, "spec.template.spec.containers: must have a container"),
        (f"{POD}/containers", [], "spec.template.spec.containers: must have a container"),
        (f"{POD}/containers", [None], "spec.template.spec.containers[0]: expected a value, found null"),
        (f"{POD}/containers/0/image", ["x"],
         "spec.template.spec.containers[0].image: expected a string, found an array"),
        (f"{POD}/hostNetwork", "true", "spec.template.spec.hostNetwork: expected a boolean, found a string"),
        (f"{POD}/securityContext", True, "spec.template.spec.securityContext: expected an object, found a boolean"),
        (f"{POD}/securityContext/runAsUser", 1.5,
         "spec.template.spec.securityContext.runAsUser: expected an integer, found a number"),
        ("spec/template/metadata/labels", {"a": 1},
         "spec.template.metadata.labels.a: expected a string, found a number"),
        ("metadata/annotations", {"port": 9090}, "metadata.annotations.port: expected a string, found a number"),
        ("metadata/labels", {"a": None}, "metadata.labels.a: expected a value, found null"),
        ("metadata/name", "", "metadata.name: must be set, or generateName"),
        ("kind", 5, "kind: expected a string, found a number"),
        ("apiVersion", None, "apiVersion: expected a value, found null"),
    ],
)  # fmt: skip
def test_a_wrong_type_is_named_with_its_path(path: str, value: Any, message: str) -> None:
    found = malformed(changed(workload(), path, value))
    assert message in {one.message for one in found}, "path, expected type and found type are in the message"
    assert {one.level for one in found} == {"mandatory"}, "what cannot be judged cannot be deployed"


@pytest.mark.parametrize("manifest", [None, 5, "Deployment", [], [{}], {}, {"kind": {}}, {"metadata": []}])
def test_what_is_no_object_at_all_is_reported(manifest: Any) -> None:
    assert malformed(manifest), "it cannot be judged"


def test_a_wrong_type_is_reported_once_though_many_policies_met_it() -> None:
    found = malformed(changed(workload(), f"{POD}/containers/0/securityContext", "none"))
    assert [(one.check, one.name) for one in found] == [("type", "api")], "one defect, one line"


def test_a_violation_names_file_and_line() -> None:
    found = check([Object(service(type="NodePort"), file="rendered/api.yaml", line=12)])
    places = [(one.policy, one.file, one.line, one.namespace, one.name) for one in found]
    assert places == [("service-exposure", "rendered/api.yaml", 12, "shop-backend", "api")], "so that it can be found"


def test_the_engine_reports_wrong_types_too() -> None:
    answer = PACK.analyze(changed(workload(), f"{POD}/containers", "none"))
    assert {policy for policy, _ in answer.rules} == {"well-formed"}, "all policies report it as the same"


def test_an_unknown_label_is_a_violation_and_an_unknown_status_is_not() -> None:
    label = changed(namespace("frontend"), "metadata/labels", {"quadrant.dev/segment": UNKNOWN})
    assert ("namespace-labels", "unknown") in PACK.analyze(label).rules, "a label decides about isolation"
    status = {**service(), "status": {"loadBalancer": {"ingress": UNKNOWN}}}
    assert not PACK.analyze(status).diagnostics, "no policy reads what the cluster answers"


def test_an_unknown_annotation_that_no_policy_reads_is_ignored() -> None:
    pod = changed(workload(), "metadata/annotations", {"checksum/config": UNKNOWN})
    assert not PACK.analyze(pod).diagnostics, "it decides about nothing"


def test_an_unknown_secret_value_is_never_read() -> None:
    secret = obj("v1", "Secret", "s", stringData={"password": UNKNOWN}, data=UNKNOWN)
    assert not PACK.analyze(secret).diagnostics, "values of Secrets concern no policy"


SCALARS = st.none() | st.booleans() | st.integers(-5, 70000) | st.floats() | st.text(max_size=5) | st.just(UNKNOWN)
KEYS = st.sampled_from(
    "apiVersion kind metadata name namespace labels annotations spec template jobTemplate containers initContainers "
    "volumes securityContext capabilities add drop ports containerPort env valueFrom secretKeyRef volumeMounts "
    "podSelector matchLabels matchExpressions ingress egress from to ipBlock cidr except policyTypes rules verbs "
    "routes entryPoints middlewares headers data items type roleRef subjects".split()
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
KINDS = st.sampled_from(
    [*POD_TEMPLATES, "Service", "Namespace", "NetworkPolicy", "ConfigMap", "Secret", "ExternalSecret", "Role",
     "RoleBinding", "IngressRoute", "Ingress", "IngressClass", "Middleware", "List", "Other"]
)  # fmt: skip


def paths(node: Any, prefix: str = "") -> list[str]:
    """Return all paths into a manifest."""
    found = []
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if "/" not in str(key):
            place = f"{prefix}/{key}".lstrip("/")
            found += [place, *paths(value, place)]
    return found


@settings(max_examples=150)
@given(st.lists(st.fixed_dictionaries({"kind": KINDS, "metadata": JSON, "spec": JSON}) | JSON, max_size=3))
def test_no_manifest_of_any_shape_crashes_a_policy(manifests: list[Any]) -> None:
    for found in check(manifests):
        assert found.message, "every finding has a text"


@settings(max_examples=100)
@given(st.data())
def test_no_damage_to_one_field_of_a_good_platform_crashes_a_policy(data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(shop.GOOD) - 1))
    path = data.draw(st.sampled_from(paths(shop.GOOD[index])))
    damaged = changed(shop.GOOD[index], path, data.draw(JSON))
    manifests: list[Manifest] = [*shop.GOOD[:index], damaged, *shop.GOOD[index + 1 :]]
    for found in check(manifests):
        assert found.message, "every finding has a text"
