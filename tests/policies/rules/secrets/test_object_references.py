"""References by name of pods and routes."""

from __future__ import annotations

import pytest

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.pack import check
from tests.policies import builders
from tests.policies.builders import Manifest, changed, find, obj, replaced, service, without, workload
from tests.policies.consistent import CONTAINER, HOST, Change, tidy
from tests.policies.judging import consistency

KEY_REF = [{"name": "X", "valueFrom": {"configMapKeyRef": {"name": "api", "key": "other"}}}]
CHANGES = (
    Change("secret-references-resolve/key", "a key that the ConfigMap lacks", "ConfigMap", "data", {"other.yaml": "x"}),
    Change("secret-references-resolve/key", "a variable from such a key", "Deployment", f"{CONTAINER}/env", KEY_REF),
    Change("secret-references-resolve/Secret", "a pull secret that nothing makes", "Deployment",
           "spec/template/spec/imagePullSecrets", [{"name": "registry"}]),
    Change("secret-references-resolve/Secret", "a certificate that nothing makes", "Ingress", "spec/tls",
           [{"hosts": [HOST], "secretName": "shop-tls"}]),
    Change("secret-references-resolve/token", "a token that never expires", "Secret", "type",
           "kubernetes.io/service-account-token"),
)  # fmt: skip


@pytest.mark.parametrize("case", CHANGES, ids=str)
def test_a_change_of_a_consistent_set_breaks_exactly_its_rule(case: Change) -> None:
    assert consistency(case.applied(tidy())) == case.expected, case.about


@pytest.mark.parametrize("kind", ["ConfigMap", "Secret", "PersistentVolumeClaim", "ServiceAccount", "Service"])
def test_whatever_is_referred_to_must_exist(kind: str) -> None:
    found = consistency(without(tidy(), kind, "api"))
    expected = ("host-hygiene", "backend") if kind == "Service" else ("secret-references-resolve", kind)
    assert found == {expected}, f"nothing else is the {kind}"


@pytest.mark.parametrize(
    "maker",
    [
        obj("external-secrets.io/v1", "ExternalSecret", "api", "backend"),
        obj("external-secrets.io/v1", "ExternalSecret", "x", "backend", spec={"target": {"name": "api"}}),
        obj("cert-manager.io/v1", "Certificate", "x", "backend", spec={"secretName": "api"}),
        obj("bitnami.com/v1alpha1", "SealedSecret", "api", "backend"),
        obj(
            "rbac.authorization.k8s.io/v1",
            "Role",
            "x",
            "backend",
            rules=[
                {"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["api"], "verbs": ["get"]},
                {"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]},
            ],
        ),
    ],
)
def test_a_secret_may_be_made_by_an_operator(maker: Manifest) -> None:
    assert consistency([*without(tidy(), "Secret", "api"), maker]) == set(), "it will exist when the pod starts"
    elsewhere = changed(maker, "metadata/namespace", "shop-frontend")
    missing = consistency([*without(tidy(), "Secret", "api"), elsewhere])
    assert ("secret-references-resolve", "Secret") in missing, "a pod sees its own namespace only"


def test_a_platform_may_list_what_is_made_elsewhere() -> None:
    stack = without(without(tidy(), "Secret", "api"), "ConfigMap", "api")
    config = Config(known_secrets=frozenset({"api"}), known_references=frozenset({"api"}))
    assert consistency(stack, config) == set(), "the platform vouches for them"


def test_a_secret_with_values_is_no_secret_unless_they_are_generated() -> None:
    written = obj("v1", "Secret", "api", "backend", stringData={"password": "correct-horse"})
    stack = [*without(tidy(), "Secret", "api"), written]
    assert consistency(stack) == {("secret-references-resolve", "hand-written")}, (
        "every reader of the repository has it"
    )
    text = " ".join(found.message for found in check(stack))
    assert "correct-horse" not in text, "and the message does not spread it"


def test_manifests_of_a_part_are_not_judged_for_what_is_elsewhere() -> None:
    alone = [workload(), service("web", "frontend"), builders.router(tls={}), find(tidy(), "Ingress", "api")]
    assert consistency(alone) == set(), "account, pods, Service and policies may be in other manifests"


def test_an_optional_reference_may_lead_nowhere() -> None:
    volume = {"name": "v", "secret": {"secretName": "nothing", "optional": True}}
    stack = replaced(tidy(), "Deployment", "api", "spec/template/spec/volumes/0", volume)
    assert consistency(stack) == set(), "the pod starts without it"
