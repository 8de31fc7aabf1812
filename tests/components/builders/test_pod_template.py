"""Pods: restricted, sized, probed and spread alike, whatever runs in them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quadrant_platform.components.builders import containers
from quadrant_platform.components.builders.manifests import port_name
from quadrant_platform.components.builders.pod_template import bounded, fingerprint, pod_template
from quadrant_platform.components.builders.workload import Workload
from quadrant_platform.components.workload.service import Service
from quadrant_platform.model.expansion.planned import Planned
from quadrant_platform.model.schema.service import TIERS, Size
from quadrant_platform.quantities import parse_quantity
from tests.components.sample import Manifest, one, planned

STAGES = ("dev", "prod")
SIZES: Manifest = {"requests": {"cpu": "50m"}, "limits": {"memory": "64Mi"}}


def template(stage: str = "dev", name: str = "api") -> Manifest:
    """The pod template of an empty container in the place of a workload."""
    return pod_template(workload(stage, name), [{"name": name}])


def workload(stage: str = "dev", name: str = "api", **overrides: object) -> Planned[Any]:
    """A planned workload of the shop."""
    [found] = [one for one in planned(stage, overrides=overrides).workloads() if one.name == name]
    return found


def container() -> Manifest:
    """A container with nothing but an image."""
    return containers.container("api", "shop/api:1.0.0", {})


def test_a_pod_passes_the_restricted_profile() -> None:
    security = template()["spec"]["securityContext"]
    assert security["runAsNonRoot"] is True, "root in a container is root"
    assert security["runAsUser"] >= 10_000, "an id that no node gives to anybody"
    assert security["runAsUser"] == security["runAsGroup"] == security["fsGroup"], "one identity"
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}, "system calls are filtered"


def test_a_container_may_write_nothing_but_its_volumes() -> None:
    assert container()["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
    }, "the restricted profile, and a read-only root besides"


def test_a_pod_has_neither_a_token_nor_variables_of_services() -> None:
    spec = template()["spec"]
    assert spec["automountServiceAccountToken"] is False, "few pods talk to the Kubernetes API"
    assert spec["enableServiceLinks"] is False, "variables of every Service are noise"


def test_a_pod_that_watches_the_api_gets_a_token() -> None:
    assert pod_template(workload(name="traefik"), [], token=True)["spec"]["automountServiceAccountToken"] is True, (
        "its component asks for one"
    )


def test_a_pod_resolves_the_short_names_that_its_rows_lead_to() -> None:
    assert template()["spec"]["dnsConfig"] == {
        "searches": [f"shop-{segment}.svc.cluster.local" for segment in ("database", "frontend", "platform")]
    }, "short names in configuration files stay as they are"
    assert "dnsConfig" not in template(name="web")["spec"], "a pod without outgoing rows searches nothing"


@given(st.sampled_from(STAGES), st.sampled_from([1, 2, 3]), st.booleans())
def test_requests_are_canonical_and_never_above_the_limits(stage: str, tier: int, store: bool) -> None:
    found = containers.resources(workload(stage, "session" if store else "api"), TIERS[tier])
    for resource in ("cpu", "memory"):
        request, limit = found["requests"][resource], found["limits"][resource]
        assert parse_quantity(request) <= parse_quantity(limit), f"{resource}: no node could place it"
    canonical = Size.model_validate(found["requests"])
    assert found["requests"] == canonical.model_dump(mode="json"), (
        "another spelling would differ from the cluster's for ever"
    )


def test_requests_are_the_environments_share_of_the_limits() -> None:
    found = {stage: containers.resources(workload(stage), TIERS[1])["requests"] for stage in STAGES}
    assert found["dev"] == {"cpu": "200m", "memory": "205Mi"}, "a tenth, so that a laptop holds all of it"
    assert found["prod"] == {"cpu": "1", "memory": "1Gi"}, "half"
    store = containers.resources(workload("prod", "session"), TIERS[1])
    assert store["requests"] == {"cpu": "2", "memory": "2Gi"}, "stores: all"


def test_limits_of_the_cpu_can_be_left_out() -> None:
    found = containers.resources(workload(cpuLimits=False), TIERS[1])
    assert found["limits"] == {"memory": "2Gi"}, "throttling costs latency"


def test_a_tier_gives_way_to_a_size_and_that_to_a_profile() -> None:
    assert workload(name="traefik").limits == TIERS[3], "the tier's"
    assert str(workload(name="worker").limits.memory) == "256Mi", "its own"
    big = workload(name="worker", sizeProfile="big").limits
    assert (str(big.cpu), str(big.memory)) == ("3", "3Gi"), "the environment's choice"


@pytest.mark.parametrize(
    ("stage", "readiness"),
    [("dev", (15, 5, 3)), ("prod", (3, 2, 2))],
)
def test_probes_have_the_environments_timing(stage: str, readiness: tuple[int, int, int]) -> None:
    action, timing = containers.tcp_probe(6379), workload(stage).settings.probes
    found = containers.probes(timing, action, action, action)
    times = {name: (p["periodSeconds"], p["timeoutSeconds"], p["failureThreshold"]) for name, p in found.items()}
    liveness = (15, 5, 6 if stage == "dev" else 3)
    assert times == {"startupProbe": (5, 5, 9), "readinessProbe": readiness, "livenessProbe": liveness}, (
        "forty-five seconds to start, and the stage's patience after: what is not ready is not killed at once"
    )
    other = containers.probes(timing, action, action, containers.http_probe("/live", 80))["livenessProbe"]
    assert other["failureThreshold"] == 3, "another question has the stage's own count"
    assert all(probe["tcpSocket"] == {"port": 6379} for probe in found.values()), "the action is the caller's"


def test_a_probe_by_http_names_no_host() -> None:
    found = containers.http_probe("/health", 80)["httpGet"]
    assert "host" not in found, "a host would let the kubelet call elsewhere"


def test_a_container_serves_the_listeners_of_its_endpoint() -> None:
    api = Workload(workload())
    ports = api.container("shop/api:1.0.0")["ports"]
    assert [(port["name"], port["containerPort"]) for port in ports] == [("http", 8080), ("metrics", 9464)], "all"
    some = api.container("shop/api:1.0.0", ports=["metrics"])["ports"]
    assert [port["name"] for port in some] == ["metrics"], "or those that it names"


def test_long_names_of_ports_are_shortened_and_stay_apart() -> None:
    names = [port_name(name) for name in ("metrics", "payment-provider-eu", "payment-provider-us")]
    assert names[0] == "metrics", "a name that fits is kept"
    assert len(set(names)) == 3, "a pod with one name twice is refused"
    assert max(len(name) for name in names) <= 15, "and so is a longer one"


def test_a_monitor_names_a_port_by_its_shortened_name() -> None:
    long = {"ports": {"http": 8080, "prometheus-metrics": 9464}, "metrics": {"port": "prometheus-metrics"}}
    some = planned("dev", {"services": {"worker": long}})
    found = list(Service.manifests(some.services["worker"]))
    ports = {port["name"] for port in one(found, "Service", "worker")["spec"]["ports"]}
    [scraped] = one(found, "ServiceMonitor")["spec"]["endpoints"]
    assert scraped["port"] in ports, "a name that the Service does not have is never scraped"


def test_empty_fields_are_left_out() -> None:
    assert set(container()) == {"name", "image", "imagePullPolicy", "resources", "securityContext"}, "no noise"


def test_copies_are_spread_over_nodes_and_zones_in_prod() -> None:
    rules = template("prod")["spec"]["topologySpreadConstraints"]
    assert {rule["topologyKey"]: rule["whenUnsatisfiable"] for rule in rules} == {
        "kubernetes.io/hostname": "DoNotSchedule",
        "topology.kubernetes.io/zone": "ScheduleAnyway",
    }, "two copies on one node are one copy; a zone may be full"


def test_a_node_that_takes_no_pods_holds_no_copy_back() -> None:
    rules = template("prod")["spec"]["topologySpreadConstraints"]
    assert {rule["nodeTaintsPolicy"] for rule in rules} == {"Honor"}, (
        "an empty control-plane node would count as the emptiest, and a release would wait for ever for its place"
    )


def test_a_single_node_is_enough_for_dev() -> None:
    [only] = template("dev")["spec"]["topologySpreadConstraints"]
    assert (only["topologyKey"], only["whenUnsatisfiable"]) == ("kubernetes.io/hostname", "ScheduleAnyway"), "a wish"


def test_labels_of_the_template_say_who_manages_it() -> None:
    assert template()["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "quadrant", "as on every object"


def test_a_fingerprint_changes_with_any_text_and_with_their_bounds() -> None:
    prints = [fingerprint(texts) for texts in ([], ["ab"], ["a", "b"], ["b", "a"], ["ab", ""])]
    assert len(set(prints)) == len(prints), "a change that is not seen rolls no pods"
    assert fingerprint(["ab"]) == fingerprint(["ab"]), "and the same files roll none"


def storage(containers: list[Manifest], side: str) -> list[str]:
    return [one["resources"][side]["ephemeral-storage"] for one in containers]


def test_each_container_may_fill_a_little_and_requests_less() -> None:
    found = bounded([{"name": "a", "resources": SIZES}, {"name": "b", "resources": SIZES}])
    assert storage(found, "limits") == ["256Mi", "256Mi"], "logs, and what lies beside the volumes"
    assert storage(found, "requests") == ["64Mi", "64Mi"], "so that the scheduler looks at the disk"
    assert found[0]["resources"]["limits"]["memory"] == "64Mi", "what was stated stays"
    assert "ephemeral-storage" not in SIZES["limits"], "the caller's own is left alone"


def test_the_first_container_has_room_for_the_scratch_volumes() -> None:
    volumes = [{"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}, {"name": "run", "emptyDir": {"sizeLimit": "1Mi"}},
               {"name": "config", "configMap": {"name": "c"}}]  # fmt: skip
    found = bounded([{"name": "a", "resources": SIZES}, {"name": "b", "resources": SIZES}], volumes)
    assert storage(found, "limits") == ["321Mi", "256Mi"], "a full emptyDir must not evict its pod"
