"""What objects say of each other: each change of a consistent set breaks exactly its rule, here and in the engine."""

from __future__ import annotations

from typing import Any

import pytest

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.pack import check
from tests.policies import builders
from tests.policies.builders import REMOVE, UNKNOWN, Manifest, changed, find, obj, replaced, service, without, workload
from tests.policies.consistency_cases import CASES, Change, tidy
from tests.policies.servicer import Pack, as_outputs

PACK = Pack()
JUDGED = {
    "services-resolve", "secret-references-resolve", "host-hygiene", "pdb-and-hpa-consistent", "namespace-quota",
    "external-names", "every-pod-covered-both-directions", "default-deny-everywhere",
}  # fmt: skip
Rules = set[tuple[str, str]]


def broken(stack: list[Manifest], config: Config | None = None) -> Rules:
    """The broken rules of these policies, found alike by the direct check and by the engine."""
    direct = {(found.policy, found.check) for found in check(stack, config) if found.policy in JUDGED}
    pack = Pack(config) if config else PACK
    answer = {rule for rule in pack.analyze_stack(map(as_outputs, stack)).rules if rule[0] in JUDGED}
    assert answer == direct, "the engine sees outputs, floats and proxies, and finds the same"
    return direct


def test_the_consistent_set_breaks_nothing() -> None:
    assert broken(tidy()) == set(), "what follows is the effect of one change"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_change_breaks_exactly_its_rules(case: Change) -> None:
    assert broken(case.applied(tidy())) == case.expected, case.about


@pytest.mark.parametrize("kind", ["ConfigMap", "Secret", "PersistentVolumeClaim", "ServiceAccount", "Service"])
def test_whatever_is_referred_to_must_exist(kind: str) -> None:
    found = broken(without(tidy(), kind, "api"))
    expected = ("host-hygiene", "backend") if kind == "Service" else ("secret-references-resolve", kind)
    assert found == {expected}, f"nothing else stands for the {kind}"


@pytest.mark.parametrize(
    "maker",
    [
        obj("external-secrets.io/v1", "ExternalSecret", "api", "backend"),
        obj("external-secrets.io/v1", "ExternalSecret", "x", "backend", spec={"target": {"name": "api"}}),
        obj("cert-manager.io/v1", "Certificate", "x", "backend", spec={"secretName": "api"}),
        obj("bitnami.com/v1alpha1", "SealedSecret", "api", "backend"),
    ],
)
def test_a_secret_may_be_made_by_an_operator(maker: Manifest) -> None:
    assert broken([*without(tidy(), "Secret", "api"), maker]) == set(), "it will exist when the pod starts"
    elsewhere = changed(maker, "metadata/namespace", "shop-frontend")
    missing = broken([*without(tidy(), "Secret", "api"), elsewhere])
    assert ("secret-references-resolve", "Secret") in missing, "a pod sees its own namespace only"


def test_a_platform_may_list_what_is_made_elsewhere() -> None:
    stack = without(without(tidy(), "Secret", "api"), "ConfigMap", "api")
    config = Config(known_secrets=frozenset({"api"}), known_references=frozenset({"api"}))
    assert broken(stack, config) == set(), "the platform vouches for them"


def test_a_secret_with_values_is_no_secret_unless_they_are_generated() -> None:
    written = obj("v1", "Secret", "api", "backend", stringData={"password": "correct-horse"})
    stack = [*without(tidy(), "Secret", "api"), written]
    assert broken(stack) == {("secret-references-resolve", "hand-written")}, "whoever reads the repository knows it"
    told = " ".join(found.message for found in check(stack))
    assert "correct-horse" not in told, "and the message does not spread it"


def test_manifests_of_a_part_are_not_judged_for_what_is_elsewhere() -> None:
    alone = [workload(), service("web", "frontend"), builders.router(tls={}), find(tidy(), "Ingress", "api")]
    assert broken(alone) == set(), "account, pods, Service and policies may be in other manifests"


def test_an_optional_reference_may_lead_nowhere() -> None:
    volume = {"name": "v", "secret": {"secretName": "nothing", "optional": True}}
    stack = replaced(tidy(), "Deployment", "api", "spec/template/spec/volumes/0", volume)
    assert broken(stack) == set(), "the pod starts without it"


@pytest.mark.parametrize(("replicas", "pod", "found"), [(2, "db-1", False), (2, "db-2", True), (None, "db-0", False)])
def test_a_service_for_one_pod_of_a_set_needs_that_pod(replicas: Any, pod: str, found: bool) -> None:
    database = changed(workload("db", "backend", kind="StatefulSet"), "spec/replicas", replicas)
    single = service("db-single", "backend", selector={"statefulset.kubernetes.io/pod-name": pod})
    missing = ("services-resolve", "pod") in broken([database, single])
    assert missing is found, "the controller labels as many pods as there are"


def test_an_autoscaler_counts_as_the_number_of_pods() -> None:
    budget = {"minAvailable": 2, "selector": {"matchLabels": {"app.kubernetes.io/name": "api"}}}
    stack = replaced(tidy(), "PodDisruptionBudget", "api", "spec", budget)
    assert broken(stack) == {("pdb-and-hpa-consistent", "drain")}, "at its least there are two, and none may go"
    stack = replaced(stack, "HorizontalPodAutoscaler", "api", "spec/minReplicas", 3)
    assert broken(stack) == set(), "of three, one may"


@pytest.mark.parametrize("path", ["spec/maxUnavailable", "spec/selector/matchLabels"])
def test_an_unknown_value_must_be_known_at_preview(path: str) -> None:
    stack = replaced(tidy(), "PodDisruptionBudget", "api", path, UNKNOWN)
    assert ("pdb-and-hpa-consistent", "unknown") in broken(stack), "nobody could say whether drains end"


def test_without_a_matrix_pods_beside_a_network_policy_need_one_too() -> None:
    policy = find(tidy(), "NetworkPolicy", "api")
    uncovered = {("every-pod-covered-both-directions", side) for side in ("Ingress", "Egress")}
    assert broken([policy, workload(), workload("web")]) == uncovered, "the second workload was forgotten"
    deny = find(tidy(), "NetworkPolicy", "default-deny")
    assert broken([policy, workload(), workload("web"), deny]) == set(), "a policy for all pods covers it"
    assert broken([workload("web")]) == set(), "without any policy at hand they may be elsewhere"


def test_the_cluster_s_own_namespaces_need_no_quota() -> None:
    system = changed(builders.namespace("x"), "metadata", {"name": "kube-system"})
    assert broken([system]) == set(), "the cluster manages them"


def test_a_host_alias_of_a_service_of_the_stack_is_no_alias_of_the_outside() -> None:
    aliases = [{"ip": "10.96.0.41", "hostnames": ["api.bank.example"]}]
    stack = replaced(tidy(), "Deployment", "api", "spec/template/spec/hostAliases", aliases)
    assert broken(stack) == {("external-names", "hostAliases")}, "the address is nobody's"
    stack = replaced(stack, "Service", "api", "spec/clusterIP", "10.96.0.41")
    assert broken(stack) == set(), "now it is the way out that everybody takes"


@pytest.mark.parametrize("listed", ["203.0.113.7", "203.0.113.0/24"])
def test_a_service_by_hand_leads_where_the_platform_lists(listed: str) -> None:
    outside = changed(service("bank", "backend"), "spec/selector", REMOVE)
    labels = {"kubernetes.io/service-name": "bank"}
    slices = obj("discovery.k8s.io/v1", "EndpointSlice", "bank-1", "backend", metadata={"labels": labels},
                 endpoints=[{"addresses": ["203.0.113.7"]}])  # fmt: skip
    assert broken([*tidy(), outside, slices]) == {("external-names", "selector")}, "nobody declared the address"
    assert broken([*tidy(), outside]) == {("external-names", "selector")}, "nor is it known where it leads"
    config = Config(external_names=frozenset({listed}))
    assert broken([*tidy(), outside, slices], config) == set(), "the platform lists it"
