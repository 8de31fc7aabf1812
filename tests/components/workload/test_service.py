"""A service: its workload, Services, budget, autoscaler and monitor."""

import pytest

from quadrant_platform.components.workload.service import Service
from tests.components.sample import Manifest, endpoint, kinds, main_container, one, planned, pod_spec

SCALED = {"min": 2, "max": 6, "cpu": 70}


def built(name: str, stage: str = "dev", changes: Manifest | None = None) -> list[Manifest]:
    """The objects of one service of the shop, changed."""
    some = planned(stage, {"services": {name: changes or {}}})
    return list(Service.manifests(some.services[name]))


def workload(name: str, stage: str = "dev", changes: Manifest | None = None) -> Manifest:
    [found] = [m for m in built(name, stage, changes) if m["kind"] in ("Deployment", "StatefulSet", "Rollout")]
    return found


def test_a_service_has_everything_that_it_needs() -> None:
    assert kinds(built("api", "prod")) == [
        "ServiceAccount",
        "Service",
        "Service",
        "Deployment",
        "HorizontalPodAutoscaler",
        "PodDisruptionBudget",
        "ServiceMonitor",
    ], "one component holds the whole concept"


def test_all_objects_of_a_service_are_in_its_namespace() -> None:
    assert {found["metadata"]["namespace"] for found in built("api", "prod")} == {"shop-core"}, "it has one home"


def test_its_account_has_no_token() -> None:
    account = one(built("api"), "ServiceAccount")
    assert account["metadata"]["name"] == "api", "an account of its own"
    assert account["automountServiceAccountToken"] is False, "it never calls the Kubernetes API"
    spec = pod_spec(workload("api"))
    assert spec["serviceAccountName"] == "api", "its pods run under it"
    assert spec["automountServiceAccountToken"] is False, "nor do its pods get one"


def test_selector_and_template_agree_and_labels_say_more() -> None:
    found = workload("api")
    selector = found["spec"]["selector"]["matchLabels"]
    labels = found["spec"]["template"]["metadata"]["labels"]
    assert selector == dict(endpoint(planned(), "api").labels), "the two labels that never change"
    assert selector.items() <= labels.items(), "else the workload would not find its pods"
    assert labels["quadrant.dev/segment"] == "backend", "the home segment"
    assert labels["quadrant.dev/attached-database"] == "true", "and the further one"
    assert labels["quadrant.dev/tier"] == "1", "and its weight"


def test_labels_of_the_system_are_added() -> None:
    labels = workload("api", changes={"labels": {"team": "orders"}})["spec"]["template"]["metadata"]["labels"]
    assert labels["team"] == "orders", "a team finds its pods by its own labels"


def test_the_service_has_the_workloads_name_and_ports() -> None:
    found = one(built("api"), "Service", "api")["spec"]
    assert found["type"] == "ClusterIP", "nothing of it is public"
    assert [(port["port"], port["targetPort"]) for port in found["ports"]] == [(8080, 8080), (9464, 9464)], (
        "numbers, as policies see them"
    )


def test_a_declared_service_port_leads_to_the_first_container_port() -> None:
    [port] = one(built("worker"), "Service")["spec"]["ports"]
    assert (port["port"], port["targetPort"]) == (80, 8081), "callers use another number"


def test_an_alias_is_a_service_that_no_monitor_selects() -> None:
    alias = one(built("api"), "Service", "orders")
    [port] = alias["spec"]["ports"]
    assert (port["port"], port["targetPort"]) == (80, 8080), "another name and number for the first port"
    selector = one(built("api"), "ServiceMonitor")["spec"]["selector"]["matchLabels"]
    assert not selector.items() <= alias["metadata"]["labels"].items(), "each pod would be scraped twice"
    assert selector.items() <= one(built("api"), "Service", "api")["metadata"]["labels"].items(), "once is right"


def test_a_service_without_claims_is_a_deployment() -> None:
    found = workload("api", "prod")
    assert found["kind"] == "Deployment", "its pods are all alike"
    assert found["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}, "none goes before"


def test_a_service_with_a_claim_is_a_stateful_set() -> None:
    found = workload("worker", "prod")
    assert found["kind"] == "StatefulSet", "each pod keeps its claim"
    [claim] = found["spec"]["volumeClaimTemplates"]
    assert claim["metadata"]["name"] == "spool", "the persistent volume"
    assert kinds(built("worker", "prod")).count("PersistentVolumeClaim") == found["spec"]["replicas"], "one a pod"
    assert found["spec"]["serviceName"] == "worker", "its pods have names"
    volumes = {volume["name"] for volume in pod_spec(found)["volumes"]}
    assert "spool" not in volumes, "the set itself adds the claim's volume"
    assert "scraps" in volumes, "while the other one is the pod's"


def test_a_scaled_service_has_a_claim_for_its_most_copies() -> None:
    found = built("worker", "prod", {"replicas": SCALED})
    claims = [m["metadata"]["name"] for m in found if m["kind"] == "PersistentVolumeClaim"]
    wanted = [f"spool-worker-{ordinal}" for ordinal in range(6)]
    assert claims == wanted, "a claim that the StatefulSet made itself would have the size of its template"
    assert one(found, "HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]["kind"] == "StatefulSet", "which it scales"


@pytest.mark.parametrize("name", ["web", "api", "worker"])
def test_dev_runs_one_pod_without_autoscaler_and_budget(name: str) -> None:
    found = built(name, "dev")
    assert workload(name, "dev")["spec"]["replicas"] == 1, "one copy is enough to develop"
    assert not {"HorizontalPodAutoscaler", "PodDisruptionBudget"} & set(kinds(found)), "nothing to scale or to guard"


def test_prod_runs_the_declared_copies_under_a_budget() -> None:
    found = built("web", "prod")
    assert one(found, "Deployment")["spec"]["replicas"] == 2, "as declared"
    budget = one(found, "PodDisruptionBudget")["spec"]
    assert budget["maxUnavailable"] == 1, "a drain takes one at a time"
    assert budget["unhealthyPodEvictionPolicy"] == "AlwaysAllow", "and a broken pod never blocks it"
    assert budget["selector"] == one(found, "Deployment")["spec"]["selector"], "it guards these pods"


def test_a_single_copy_has_no_budget() -> None:
    assert "PodDisruptionBudget" not in kinds(built("worker", "prod")), "it would only block a drain"


def test_an_autoscaled_workload_states_no_replicas() -> None:
    found = built("api", "prod")
    assert "replicas" not in one(found, "Deployment")["spec"], "each deployment would undo the autoscaler's work"
    scaler = one(found, "HorizontalPodAutoscaler")["spec"]
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (2, 6), "the declared bounds"
    assert scaler["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"}, "its workload"


def test_an_autoscaler_of_a_stateful_set_names_it() -> None:
    found = built("worker", "prod", {"replicas": SCALED})
    assert one(found, "HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]["kind"] == "StatefulSet", "its own kind"


def test_an_autoscaler_has_a_metric_for_each_target() -> None:
    metrics = one(built("api", "prod"), "HorizontalPodAutoscaler")["spec"]["metrics"]
    found = [(m["type"], *(m.get("resource") or m["pods"]["metric"]).get("name").split()) for m in metrics]
    assert found == [("Resource", "cpu"), ("Resource", "memory"), ("Pods", "http_requests_per_second")], "in order"
    assert [m["resource"]["target"]["averageUtilization"] for m in metrics[:2]] == [70, 80], "percent of the requests"
    assert metrics[2]["pods"]["target"] == {"type": "AverageValue", "averageValue": "100"}, "requests a pod"


def test_an_autoscaler_scales_down_slowly_and_up_at_once() -> None:
    behavior = one(built("api", "prod"), "HorizontalPodAutoscaler")["spec"]["behavior"]
    assert behavior["scaleDown"]["stabilizationWindowSeconds"] == 300, "a short lull is no reason"
    assert behavior["scaleUp"]["stabilizationWindowSeconds"] == 0, "load does not wait"
    assert behavior["scaleDown"]["policies"] == [{"type": "Percent", "value": 50, "periodSeconds": 60}], "half a minute"


def test_metrics_are_scraped_where_declared() -> None:
    [target] = one(built("api"), "ServiceMonitor")["spec"]["endpoints"]
    assert target == {"port": "metrics", "path": "/stats", "interval": "15s"}, "port, path and interval as declared"
    assert "ServiceMonitor" not in kinds(built("web")), "nothing declared, nothing scraped"


def test_an_environment_may_name_another_image() -> None:
    some = planned(overrides={"images": {"api": "registry.example.com/api:2.0.0"}})
    found = one(Service.manifests(some.services["api"]), "Deployment")
    assert main_container(found)["image"] == "registry.example.com/api:2.0.0", "such as a mirror's"
    assert main_container(workload("api"))["image"] == "shop/api:1.0.0", "else the declared one"


def test_probes_ask_the_declared_paths_with_the_environments_timing() -> None:
    for stage, expected in (("dev", (15, 5, 3)), ("prod", (3, 2, 2))):
        container = main_container(workload("api", stage))
        readiness = container["readinessProbe"]
        assert readiness["httpGet"] == {"path": "/health/ready", "port": 8080, "scheme": "HTTP"}, "the standard path"
        found = (readiness["periodSeconds"], readiness["timeoutSeconds"], readiness["failureThreshold"])
        assert found == expected, f"{stage} has its own patience"
        assert container["livenessProbe"]["httpGet"]["path"] == "/health/live", "alive is not yet ready"


def test_probes_may_ask_another_port() -> None:
    container = main_container(workload("api", changes={"probes": {"port": "metrics", "readiness": "/ok"}}))
    assert container["readinessProbe"]["httpGet"] == {"path": "/ok", "port": 9464, "scheme": "HTTP"}, "as declared"


def test_a_pod_serves_on_until_nobody_sends_new_connections() -> None:
    found = workload("api", changes={"terminationGrace": "40s"})
    assert main_container(found)["lifecycle"] == {"preStop": {"sleep": {"seconds": 5}}}, "no shell is needed"
    assert pod_spec(found)["terminationGracePeriodSeconds"] == 45, "the declared time begins after that"
