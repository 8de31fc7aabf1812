"""What a stack needs and does not make is named, all of it at once, before anything is applied."""

from typing import Any

import pytest

from quadrant_platform.preflight.facts import ClusterFacts, StorageClass
from quadrant_platform.preflight.needs import Need, needs, problems
from tests.stacks import recorded

MONITORING = Need("Namespace", "monitoring")
DEFAULT = Need("StorageClass", "")


def one(kind: str, name: str, version: str = "v1", namespace: str = "", **spec: Any) -> dict[str, Any]:
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


def test_a_namespace_that_a_stack_does_not_make_is_a_need_of_all_objects_in_it() -> None:
    found = needs(recorded("pinky-promise", "prod").manifests())
    assert len(found[MONITORING]) == 9, "the real engine failed on exactly these nine, a minute after it began"
    assert set(found) == {MONITORING, DEFAULT}, "all else it makes itself, such as its priority classes"


def test_a_cluster_without_it_is_refused_with_the_remedy() -> None:
    facts = ClusterFacts("uid", namespaces={"default": {}})
    found = [str(problem) for problem in problems(facts, recorded("pinky-promise", "prod").manifests())]
    [namespace] = [text for text in found if "Namespace monitoring" in text]
    assert "and 8 more needs" in namespace, "how much depends on it"
    assert "`kubectl create namespace monitoring`" in namespace, "the remedy"


@pytest.mark.parametrize(
    ("spec", "need"),
    [
        ({"storageClassName": "fast"}, Need("StorageClass", "fast")),
        ({"volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {}}]}, DEFAULT),
        ({"template": {"spec": {"priorityClassName": "urgent"}}}, Need("PriorityClass", "urgent")),
        ({"ingressClassName": "nginx"}, Need("IngressClass", "nginx")),
        ({"gatewayClassName": "istio"}, Need("GatewayClass", "istio")),
        ({"template": {"spec": {"runtimeClassName": "gvisor"}}}, Need("RuntimeClass", "gvisor")),
        ({"issuerRef": {"kind": "ClusterIssuer", "name": "company"}}, Need("ClusterIssuer", "company")),
        ({"secretStoreRef": {"kind": "ClusterSecretStore", "name": "vault"}}, Need("ClusterSecretStore", "vault")),
    ],
)
def test_a_reference_to_what_nobody_makes_is_a_need_at_any_depth(spec: dict[str, Any], need: Need) -> None:
    assert list(needs([one("Anything", "a", **spec)])) == [need], "the field names it"
    made = one(need.kind, need.name)
    assert not needs([made, one("Anything", "a", **spec)]), "what the stack makes is no need of it"


def test_what_every_cluster_has_is_no_need() -> None:
    assert not needs([one("Pod", "a", priorityClassName="system-node-critical")]), "Kubernetes makes it"
    assert not needs([one("Certificate", "a", issuerRef={"kind": "Issuer", "name": "own"})]), "it is in the namespace"


def test_a_claim_without_a_class_needs_a_default_one() -> None:
    claim = one("PersistentVolumeClaim", "data", namespace="", resources={})
    classes = {"slow": StorageClass(True, default=False)}
    [problem] = problems(ClusterFacts("uid", storage_classes=classes), [claim])
    assert "has no default StorageClass, which PersistentVolumeClaim data needs" in str(problem), (
        "it would stay pending"
    )
    assert "makes one the default; there: slow" in str(problem), "the remedy"
    classes["fast"] = StorageClass(True, default=True)
    assert not problems(ClusterFacts("uid", storage_classes=classes), [claim]), "now there is one"


def test_a_slip_in_a_name_is_answered_with_the_nearest() -> None:
    facts = ClusterFacts("uid", storage_classes={"premium": StorageClass(True, default=True)})
    [problem] = problems(facts, [one("PersistentVolumeClaim", "data", storageClassName="premum")])
    assert "did you mean 'premium'?" in str(problem), "the cluster's own name"


def test_kinds_that_are_not_served_are_named_with_who_defines_them() -> None:
    facts = ClusterFacts("uid", kinds=frozenset({("v1", "Pod")}))
    [problem] = problems(facts, [one("Certificate", "a", "cert-manager.io/v1"), one("Pod", "b")])
    assert "serves no Certificate of cert-manager.io/v1; install cert-manager" in str(problem), "what and the remedy"


def test_what_the_cluster_does_not_say_is_not_refused() -> None:
    assert not problems(ClusterFacts("uid"), recorded("pinky-promise", "prod").manifests()), "unknown is not missing"
