"""motovault dev as its operators meet it: every workload Ready and healthy, and Traefik's series with their labels."""

import http.client

import pytest

from tests.cluster.cluster import Manifest
from tests.cluster.platform import SYSTEM, Platform
from tests.cluster.public_entry import Answer, PublicEntry, answer

pytestmark = pytest.mark.lab
SERVICES = {
    "admin-frontend": 3000, "mvp-platform-landing": 3000,
    "admin-backend": 3001, "mvp-platform-tenants": 8000, "mvp-platform-vehicles-api": 8000,
}  # fmt: skip
STORES = (
    "admin-postgres", "platform-postgres", "mvp-platform-vehicles-db",
    "admin-redis", "platform-redis", "mvp-platform-vehicles-redis", "admin-minio",
)  # fmt: skip


def pod(platform: Platform, name: str) -> Manifest:
    """Return a ready pod of a workload."""
    found = platform.cluster.items("pods", "--all-namespaces", f"--selector=app.kubernetes.io/name={name}")
    return next(
        one
        for one in found
        if one["metadata"]["namespace"].startswith(f"{SYSTEM}-")
        and any((c["type"], c["status"]) == ("Ready", "True") for c in one["status"].get("conditions", ()))
    )


def asked(platform: Platform, name: str, port: int, path: str) -> Answer:
    """Return what a pod answers to its node, as the kubelet's probes ask it."""
    if not platform.cluster.lab:
        pytest.skip("needs lab: the pods of this cluster run on another machine")
    address = pod(platform, name)["status"]["podIP"]
    return answer(http.client.HTTPConnection(address, port, timeout=20), address, path, "GET", {})


@pytest.mark.demand("WRK-43")
def test_every_workload_is_ready(motovault: Platform) -> None:
    live = [one for (kind, *_), one in motovault.members().items() if kind in ("Deployment", "StatefulSet")]
    ready = {
        one["metadata"]["name"] for one in live if one["status"].get("readyReplicas", 0) == one["spec"]["replicas"]
    }
    assert ready >= {*SERVICES, *STORES, "traefik", "traefik-egress"}, "every service of the platform operates"
    assert ready == {one["metadata"]["name"] for one in live}, "and so does all that belongs to them"


@pytest.mark.demand("WRK-05")
@pytest.mark.parametrize("path", ["/health", "/health/ready", "/health/live"])
@pytest.mark.parametrize(("name", "port"), SERVICES.items())
def test_every_service_answers_its_three_health_paths(name: str, port: int, path: str, motovault: Platform) -> None:
    found = asked(motovault, name, port, path)
    assert found.status == 200, f"{name} is healthy"
    assert found.document["status"] == "ok", f"{path} is a health check, not just any page"


@pytest.mark.demand("DBS-04")
def test_the_object_store_has_the_bucket_of_the_backend(motovault: Platform) -> None:
    """The gateway serves each folder below its root as a bucket."""
    metadata = pod(motovault, "admin-minio")["metadata"]
    place = (f"--namespace={metadata['namespace']}", metadata["name"])
    buckets = motovault.cluster.run("exec", *place, "--", "ls", "/data/objects").split()
    assert "motovaultpro" in buckets, "it is there before the first client"


@pytest.mark.demand("OBS-01")
def test_series_of_traefik_carry_the_three_labels(motovault: Platform, entry: PublicEntry) -> None:
    assert entry.https("motovaultpro.com").status == 200, "a request to be counted"
    (port,) = (
        port["containerPort"]
        for container in pod(motovault, "traefik")["spec"]["containers"]
        for port in container.get("ports", ())
        if port["name"] == "metrics"
    )
    series = asked(motovault, "traefik", port, "/metrics").body.splitlines()
    for kind, label, value in (
        ("entrypoint", "entrypoint", "websecure"),
        ("router", "router", "landing"),
        ("service", "service", "landing"),
    ):
        counted = [one for one in series if one.startswith(f"traefik_{kind}_requests_total{{") and f'{label}="' in one]
        assert any(value in one.partition(f'{label}="')[2].partition('"')[0] for one in counted), (
            f"requests are counted by {kind}, and {value} is among them"
        )
