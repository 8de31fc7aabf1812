"""motovault: four segments, what they are labelled with, and which workload is in which of them."""

import pytest

from quadrant_platform.vocabulary import POD_TEMPLATES
from tests.demands.reach import matrix, reach
from tests.demands.rendered import STAGES, breaks, labels, manifests, named, refusals, segments, workload

SYSTEM = "motovault"
PURPOSES = {
    "frontend": "public-traffic-only",
    "backend": "api-services",
    "database": "app-data-layer",
    "platform": "platform-services",
}
CLUSTER_ADDRESSES = {"api-server"}


def namespaces(stage: str) -> dict[str, dict[str, str]]:
    """The labels of the segments' namespaces, by segment."""
    found = (one["metadata"] for one in manifests(SYSTEM, stage) if one["kind"] == "Namespace")
    return {one["labels"]["quadrant.dev/segment"]: one["labels"] for one in found}


@STAGES
@pytest.mark.demand("NET-01")
def test_there_are_exactly_four_segments(stage: str) -> None:
    made = [one for one in manifests(SYSTEM, stage) if one["kind"] == "Namespace"]
    assert len(made) == 4, "one namespace for each segment and none besides"
    assert set(namespaces(stage)) == set(PURPOSES), "the four that the system is divided into"


@STAGES
@pytest.mark.demand("NET-01")
def test_every_object_lives_in_one_of_the_four_segments(stage: str) -> None:
    made = {one["metadata"]["name"] for one in manifests(SYSTEM, stage) if one["kind"] == "Namespace"}
    used = {one["metadata"]["namespace"] for one in manifests(SYSTEM, stage) if "namespace" in one["metadata"]}
    assert used <= made, f"{used - made} would be a fifth place"


@STAGES
@pytest.mark.demand("NET-02")
def test_nothing_but_the_way_out_reaches_an_address_outside(stage: str) -> None:
    """X-06: default deny holds in frontend too, so that the web pods there stay inside as well."""
    ours = {one.rpartition("/")[2] for one, peer in matrix(manifests(SYSTEM, stage))["peers"].items()
            if peer["kind"] == "workload"}  # fmt: skip
    outward = {name for name in ours if reach(SYSTEM, stage).outside(name) - CLUSTER_ADDRESSES}
    assert outward == {"traefik-egress"}, "one workload, in frontend, has a way to addresses outside the cluster"
    assert labels(SYSTEM, stage, "traefik-egress")["quadrant.dev/segment"] == "frontend", "and no internal segment has"


@STAGES
@pytest.mark.demand("NET-02")
def test_only_traefik_is_reached_from_outside(stage: str) -> None:
    judged = reach(SYSTEM, stage)
    inside = {pod.id.rpartition("/")[2] for pod in judged.pods}
    reached = {edge.target for edge in judged.edges if edge.source not in inside and edge.target in inside}
    ours = {pod.id.rpartition("/")[2] for pod in judged.pods if pod.namespace.startswith(SYSTEM)}
    assert reached & ours == {"traefik"}, "no address reaches any other pod of the four segments"


@STAGES
@pytest.mark.demand("NET-03")
def test_each_segment_says_its_name_and_purpose(stage: str) -> None:
    for segment, purpose in PURPOSES.items():
        mine = namespaces(stage)[segment]
        assert mine["com.motovaultpro.network"] == segment, "the network label names the segment"
        assert mine["com.motovaultpro.purpose"] == purpose, "the purpose label states what it is for"


@STAGES
@pytest.mark.demand("NET-04")
def test_no_segment_and_no_attachment_is_called_egress(stage: str) -> None:
    """X-04: the ban of an egress network wins over the attachments to one."""
    assert not breaks(SYSTEM, stage, "no-egress-segment"), "nothing lives in or is attached to egress"
    pods = [one["metadata"]["name"] for one in manifests(SYSTEM, stage) if one["kind"] in POD_TEMPLATES]
    assert pods, "there are workloads to judge"


@STAGES
@pytest.mark.demand("NET-04")
@pytest.mark.parametrize("label", ["quadrant.dev/attached-egress", "quadrant.dev/segment"])
def test_a_workload_put_into_egress_is_refused(stage: str, label: str) -> None:
    target = workload(SYSTEM, stage, "mvp-platform-tenants")
    value = "true" if "attached" in label else "egress"
    changed = {**labels(SYSTEM, stage, "mvp-platform-tenants"), label: value}
    found = refusals(target, "spec/template/metadata/labels", changed)
    assert "no-egress-segment" in found, "the pack stops the attachment"


@STAGES
@pytest.mark.demand("NET-04")
def test_a_namespace_called_egress_is_refused(stage: str) -> None:
    target = named(manifests(SYSTEM, stage), "Namespace", "motovault-backend")
    changed = {**target["metadata"]["labels"], "quadrant.dev/segment": "egress"}
    assert "no-egress-segment" in refusals(target, "metadata/labels", changed), "the pack stops the segment"


@STAGES
@pytest.mark.demand("NET-04")
def test_services_leave_from_the_backend_through_traefik(stage: str) -> None:
    """X-05: the way out is an instance of Traefik of its own, with one port for each API."""
    judged = reach(SYSTEM, stage)
    callers = {source for port in (9001, 9002, 9003) for source in judged.sources("traefik-egress", port)}
    assert callers == {"admin-backend", "mvp-platform-tenants", "mvp-platform-vehicles-api"}, "only these call outside"
    homes = {labels(SYSTEM, stage, name)["quadrant.dev/segment"] for name in callers}
    assert homes == {"backend"}, "and all of them from the backend segment"
    assert ("internet", 443) in judged.targets("traefik-egress"), "from there the call goes on"


PLACES = {
    "NET-05": {"traefik": {"frontend", "backend"}},
    "NET-06": {"admin-frontend": {"frontend"}, "mvp-platform-landing": {"frontend"}},
    "NET-07": {"admin-backend": {"backend", "database", "platform"}},
    "NET-08": {"mvp-platform-tenants": {"backend", "platform"}, "mvp-platform-vehicles-api": {"backend", "platform"}},
    "NET-09": {name: {"database"} for name in ("admin-postgres", "admin-redis", "admin-minio")},
    "NET-10": {
        name: {"platform"}
        for name in ("platform-postgres", "platform-redis", "mvp-platform-vehicles-db", "mvp-platform-vehicles-redis")
    },
}


@STAGES
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(name, expected, marks=pytest.mark.demand(demand), id=name)
        for demand, places in PLACES.items()
        for name, expected in places.items()
    ],
)
def test_a_workload_is_attached_to_its_segments_only(stage: str, name: str, expected: set[str]) -> None:
    """X-07: an attachment is a label that permits nothing; permissions come from the rows alone."""
    assert segments(SYSTEM, stage, name) == expected, f"{name} is in other segments than in the platform's table"


DATABASES = ("admin-postgres", "platform-postgres", "mvp-platform-vehicles-db")


@pytest.mark.parametrize(
    ("stage", "name"),
    [
        pytest.param(stage, name, marks=pytest.mark.demand(demand), id=f"{stage}-{name}")
        for demand in ("NET-09", "NET-10")
        for name in PLACES[demand]
        for stage in ("dev", "prod")
    ],
)
def test_a_data_store_keeps_its_data_on_a_claim(stage: str, name: str) -> None:
    """X-91: a StatefulSet in dev; in prod CloudNativePG runs the databases, on persistent volumes."""
    if stage == "prod" and name in DATABASES:
        storage = named(manifests(SYSTEM, stage), "Cluster", name)["spec"]["storage"]
        assert storage["size"] == "20Gi", "the operator claims a volume of this size for each instance"
        return
    target = workload(SYSTEM, stage, name)
    assert target["kind"] == "StatefulSet", "a store keeps its identity over restarts"
    claims = {one["metadata"]["name"] for one in target["spec"]["volumeClaimTemplates"]}
    mounted = {one["name"] for one in target["spec"]["template"]["spec"]["containers"][0]["volumeMounts"]}
    assert claims, "without a claim its data ends with the pod"
    first = {f"{claim}-{target['metadata']['name']}-0" for claim in claims}
    made = {one["metadata"]["name"] for one in manifests(SYSTEM, stage) if one["kind"] == "PersistentVolumeClaim"}
    assert first <= made, "each under the name by which the StatefulSet finds it"
    assert claims <= mounted, "and the claim is where the engine writes"
