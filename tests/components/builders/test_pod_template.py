"""Pods: restricted, sized, probed and spread alike, whatever runs in them."""

from quadrant_platform.components.builders.pod_template import bounded, fingerprint, pod_template
from quadrant_platform.model.schema.service import TIERS
from tests.components.sample import Manifest, planned_workload

STAGES = ("dev", "prod")
SIZES: Manifest = {"requests": {"cpu": "50m"}, "limits": {"memory": "64Mi"}}


def template(stage: str = "dev", name: str = "api", **overrides: object) -> Manifest:
    """The pod template of an empty container in the place of a workload."""
    return pod_template(planned_workload(stage, name, **overrides), [{"name": name}])


def test_a_pod_passes_the_restricted_profile() -> None:
    security = template()["spec"]["securityContext"]
    assert security["runAsNonRoot"] is True, "root in a container is root"
    assert security["runAsUser"] >= 10_000, "an id that no node gives to anybody"
    assert security["runAsUser"] == security["runAsGroup"] == security["fsGroup"], "one identity"
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}, "system calls are filtered"


def test_a_pod_has_neither_a_token_nor_variables_of_services() -> None:
    spec = template()["spec"]
    assert spec["automountServiceAccountToken"] is False, "few pods talk to the Kubernetes API"
    assert spec["enableServiceLinks"] is False, "variables of every Service are noise"


def test_a_pod_that_watches_the_api_gets_a_token() -> None:
    assert (
        pod_template(planned_workload(name="traefik"), [], token=True)["spec"]["automountServiceAccountToken"] is True
    ), "its component asks for one"


def test_a_pod_resolves_the_short_names_that_its_rows_lead_to() -> None:
    assert template()["spec"]["dnsConfig"] == {
        "searches": [f"shop-{segment}.svc.cluster.local" for segment in ("database", "frontend", "platform")]
    }, "short names in configuration files stay as they are"
    assert "dnsConfig" not in template(name="web")["spec"], "a pod without outgoing rows searches nothing"


def test_names_end_in_the_domain_of_the_cluster() -> None:
    found = template(network={"clusterDomain": "k8s.example"})["spec"]["dnsConfig"]["searches"]
    assert found == [f"shop-{segment}.svc.k8s.example" for segment in ("database", "frontend", "platform")], (
        "the kubelet's setting decides"
    )


def test_a_tier_gives_way_to_a_size_and_that_to_a_profile() -> None:
    assert planned_workload(name="traefik").limits == TIERS[3], "the tier's"
    assert str(planned_workload(name="worker").limits.memory) == "256Mi", "its own"
    big = planned_workload(name="worker", sizeProfile="big").limits
    assert (str(big.cpu), str(big.memory)) == ("3", "3Gi"), "the environment's choice"


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


def test_labels_of_the_template_name_its_manager() -> None:
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
