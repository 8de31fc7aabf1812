"""A workload's objects: bound once to its name, labels and ports."""

import pytest

from quadrant_platform.components.builders.workload import Workload
from quadrant_platform.components.workload.service import Service
from quadrant_platform.model.schema.quantities import Bytes
from tests.components.sample import one, planned, planned_workload


def store(stage: str = "dev", **overrides: object) -> Workload:
    """A cache of the shop."""
    return Workload(planned(stage, overrides=overrides).caches["session"])


def test_every_object_has_the_workloads_name_namespace_and_labels() -> None:
    w = store("prod")
    objects = [w.account(), w.service(), w.budget(), w.service_monitor()]
    assert {one["metadata"]["name"] for one in objects} == {"session"}, "one workload, one name"
    assert {one["metadata"]["namespace"] for one in objects} == {"shop-database"}, "and one home"
    assert all(w.labels.items() <= one["metadata"]["labels"].items() for one in objects), "found by the same labels"
    assert w.selector.items() <= w.labels.items(), "the selector's among them"
    assert not w.selector.keys() & w.other_labels.keys(), "but for objects that no monitor may find"


def test_a_claim_has_its_declared_size_in_prod() -> None:
    claim = store("prod").claim(Bytes.parse("20Gi"))
    assert claim == {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "20Gi"}},
    }, "one node at a time writes it"


@pytest.mark.parametrize(("size", "expected"), [("20Gi", "1Gi"), ("512Mi", "512Mi"), ("1Gi", "1Gi")])
def test_a_claim_in_dev_is_capped(size: str, expected: str) -> None:
    claim = store("dev").claim(Bytes.parse(size))
    assert claim["resources"]["requests"]["storage"] == expected, "a laptop's disk is small"


def test_a_claim_names_the_environments_storage_class() -> None:
    size = Bytes.parse("1Gi")
    assert store(storageClass="fast").claim(size)["storageClassName"] == "fast", "where it names one"
    assert "storageClassName" not in store().claim(size), "else the cluster's default"


def test_every_copy_has_a_claim_before_its_stateful_set() -> None:
    made = [*Workload(planned("prod").brokers["bus"]).stateful_set({}, {"data": Bytes.parse("20Gi")})]
    assert [one["metadata"]["name"] for one in made] == ["data-bus-0", "data-bus-1", "data-bus-2", "bus"], (
        "as its controller names and looks for them"
    )
    sizes = {one["spec"]["resources"]["requests"]["storage"] for one in made[:-1]}
    assert sizes == {"20Gi"}, "all as big as declared"


def test_the_template_of_claims_is_the_same_for_every_size_and_class() -> None:
    small, big = (
        [*store("prod", **overrides).stateful_set({}, {"data": Bytes.parse(size)})][-1]["spec"]["volumeClaimTemplates"]
        for size, overrides in (("1Gi", {}), ("9Ti", {"storageClass": "fast"}))
    )
    assert small == big, "Kubernetes refuses every change of it"


def test_a_container_serves_the_listeners_of_its_endpoint() -> None:
    api = Workload(planned_workload())
    ports = api.container("shop/api:1.0.0")["ports"]
    assert [(port["name"], port["containerPort"]) for port in ports] == [("http", 8080), ("metrics", 9464)], "all"
    some = api.container("shop/api:1.0.0", ports=[api.ports["metrics"]])["ports"]
    assert [port["name"] for port in some] == ["metrics"], "or those that it names"


def test_a_monitor_names_a_port_by_its_shortened_name() -> None:
    long = {"ports": {"http": 8080, "prometheus-metrics": 9464}, "metrics": {"port": "prometheus-metrics"}}
    some = planned("dev", {"services": {"worker": long}})
    found = list(Service.manifests(some.services["worker"]))
    ports = {port["name"] for port in one(found, "Service", "worker")["spec"]["ports"]}
    [scraped] = one(found, "ServiceMonitor")["spec"]["endpoints"]
    assert scraped["port"] in ports, "a name that the Service does not have is never scraped"


def test_monitors_have_the_labels_that_the_operator_selects_them_by() -> None:
    w = store(monitoring={"labels": {"release": "kube-prometheus-stack"}})
    for monitor in (w.service_monitor(), w.pod_monitor({})):
        labels = monitor["metadata"]["labels"]
        assert labels["release"] == "kube-prometheus-stack", f"{monitor['kind']}: else nothing reads it"
        assert "release" not in monitor["spec"]["selector"]["matchLabels"], "the pods have none"
