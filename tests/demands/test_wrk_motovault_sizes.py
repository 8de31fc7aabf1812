"""motovault: the three tiers of resources, enforced on every container."""

import pytest

from quadrant_platform.vocabulary import POD_TEMPLATES
from tests.demands.rendered import STAGES, breaks, container, manifests, named, pod, refusals, template, workload
from tests.policies.builders import REMOVE
from tests.stacks import containers

SYSTEM = "motovault"
DATABASES = ("admin-postgres", "platform-postgres", "mvp-platform-vehicles-db")
TIERS = {
    "WRK-11": ({"cpu": "2", "memory": "2Gi"}, ("admin-backend", "mvp-platform-vehicles-api", "admin-postgres")),
    "WRK-12": ({"cpu": "1", "memory": "1Gi"}, ("admin-frontend", "mvp-platform-tenants", "mvp-platform-landing")),
    "WRK-13": (
        {"cpu": "500m", "memory": "512Mi"},
        ("traefik", "admin-redis", "platform-redis", "mvp-platform-vehicles-redis", "admin-minio"),
    ),
}


def limits(stage: str, name: str) -> dict[str, str]:
    """The limits of a workload's container, or of an operator's database."""
    if stage == "prod" and name in DATABASES:
        found: dict[str, str] = named(manifests(SYSTEM, stage), "Cluster", name)["spec"]["resources"]["limits"]
        return found
    stated = container(SYSTEM, stage, name)["resources"]["limits"]
    return {resource: stated[resource] for resource in ("cpu", "memory") if resource in stated}


@STAGES
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(name, expected, marks=pytest.mark.demand(demand), id=name)
        for demand, (expected, names) in TIERS.items()
        for name in names
    ],
)
def test_a_workload_has_the_limits_of_its_tier(stage: str, name: str, expected: dict[str, str]) -> None:
    """X-18: Traefik keeps tier 3's resources. X-91: in prod the operator enforces the limits of the databases."""
    assert limits(stage, name) == expected, "the tier decides, in every stack"


@STAGES
@pytest.mark.demand("WRK-12")
@pytest.mark.parametrize("name", ["platform-postgres", "mvp-platform-vehicles-db"])
def test_databases_of_the_platform_are_of_the_second_tier(stage: str, name: str) -> None:
    """X-17: the seed's table leaves them out."""
    assert limits(stage, name) == {"cpu": "1", "memory": "1Gi"}, "tier 2, until its owner raises it"


@STAGES
@pytest.mark.demand("WRK-11", "WRK-12")
@pytest.mark.parametrize(
    ("name", "priority"),
    [
        ("admin-backend", "critical"),
        ("mvp-platform-vehicles-api", "critical"),
        ("admin-frontend", "important"),
        ("mvp-platform-tenants", "important"),
        ("mvp-platform-landing", "important"),
    ],
)
def test_the_priority_of_a_service_follows_its_tier(stage: str, name: str, priority: str) -> None:
    assert pod(SYSTEM, stage, name)["priorityClassName"] == f"{SYSTEM}-{priority}", "who stays when a node is full"


@STAGES
@pytest.mark.demand("WRK-11")
def test_the_applications_database_is_critical(stage: str) -> None:
    spec = (pod(SYSTEM, stage, "admin-postgres") if stage == "dev"
            else named(manifests(SYSTEM, stage), "Cluster", "admin-postgres")["spec"])  # fmt: skip
    assert spec["priorityClassName"] == f"{SYSTEM}-critical", "like the service that lives on it"


@STAGES
@pytest.mark.demand("WRK-13")
def test_traefik_is_critical_in_spite_of_its_tier(stage: str) -> None:
    """X-18: the only way in and the only way out go before everything else."""
    for name in ("traefik", "traefik-egress"):
        assert pod(SYSTEM, stage, name)["priorityClassName"] == f"{SYSTEM}-critical", f"{name} stays on a full node"


@STAGES
@pytest.mark.demand("WRK-10")
def test_every_container_has_both_limits(stage: str) -> None:
    for manifest in [one for one in manifests(SYSTEM, stage) if one["kind"] in POD_TEMPLATES]:
        for one in containers(template(manifest)):
            assert set(one["resources"]["limits"]) >= {"cpu", "memory"}, f"{one['name']} could take the whole node"
    for name in DATABASES if stage == "prod" else ():
        assert set(limits(stage, name)) == {"cpu", "memory"}, f"{name} is limited by its operator"
    assert not breaks(SYSTEM, stage, "requests-and-limits"), "and the pack agrees"


@STAGES
@pytest.mark.demand("WRK-10")
@pytest.mark.parametrize("resource", ["cpu", "memory"])
def test_a_container_without_a_limit_is_refused(stage: str, resource: str) -> None:
    for manifest in [one for one in manifests(SYSTEM, stage) if one["kind"] in ("Deployment", "StatefulSet", "Job")]:
        path = f"spec/template/spec/containers/0/resources/limits/{resource}"
        name = manifest["metadata"]["name"]
        assert "requests-and-limits" in refusals(manifest, path, REMOVE), f"{name} without {resource} is stopped"


@STAGES
@pytest.mark.demand("WRK-10")
def test_limits_hold_for_pods_of_others_too(stage: str) -> None:
    segments = {one["metadata"]["name"] for one in manifests(SYSTEM, stage) if one["kind"] == "Namespace"}
    ranged = {one["metadata"]["namespace"] for one in manifests(SYSTEM, stage) if one["kind"] == "LimitRange"}
    assert ranged == segments, "a pod that states no limits gets those of its namespace"
    assert workload(SYSTEM, stage, "admin-backend")["metadata"]["namespace"] in segments, "services live there"
