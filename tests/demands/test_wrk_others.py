"""Workloads of motovault-phase4 and pinky-promise."""

import pytest

from tests.demands.rendered import STAGES, container, labels, manifests, named, names, workload

PHASE4, PINKY = "motovault-phase4", "pinky-promise"
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")


@STAGES
@pytest.mark.demand("WRK-21")
def test_the_application_runs_under_its_names(stage: str) -> None:
    assert workload(PHASE4, stage, "motovault")["metadata"]["namespace"] == "motovault", "its own namespace"
    assert labels(PHASE4, stage, "motovault")["app"] == "motovault", "the label that dashboards and scripts use"
    found = container(PHASE4, stage, "motovault")
    assert found["ports"][0]["containerPort"] == 8080, "requests arrive here"
    assert found["readinessProbe"]["httpGet"]["path"] == "/health/ready", "this decides on traffic"
    assert found["readinessProbe"]["httpGet"]["port"] == 8080, "on the port that serves"


@STAGES
@pytest.mark.demand("WRK-21")
def test_the_applications_service_listens_on_port_80(stage: str) -> None:
    service = named(manifests(PHASE4, stage), "Service", "motovault-service")
    assert service["metadata"]["namespace"] == "motovault", "beside the application"
    (port,) = service["spec"]["ports"]
    assert (port["port"], port["targetPort"]) == (80, 8080), "80 leads to the container's port"
    chosen = service["spec"]["selector"].items()
    assert chosen <= labels(PHASE4, stage, "motovault").items(), "and to the application's pods"


@STAGES
@pytest.mark.demand("WRK-22")
def test_the_object_store_answers_at_its_name(stage: str) -> None:
    """Versity's gateway takes the place of MinIO, which has ended, and answers MinIO's health path."""
    service = named(manifests(PHASE4, stage), "Service", "minio-service")
    assert {port["port"]: port["targetPort"] for port in service["spec"]["ports"]} == {9000: 9000}, "one port"
    found = container(PHASE4, stage, "minio-service")
    asked = found["livenessProbe"]["httpGet"]
    assert (asked["path"], asked["port"]) == ("/minio/health/live", 9000), "the path that the seed's checks ask"
    assert "/minio/health/live" in found["command"], "the server's command sets it"


@STAGES
@pytest.mark.demand("WRK-23")
def test_frontend_and_backend_run_side_by_side(stage: str) -> None:
    assert {"frontend", "backend"} <= names(PINKY, stage, "Service"), "each has its Service"
    homes = {name: workload(PINKY, stage, name)["metadata"]["namespace"] for name in ("frontend", "backend")}
    assert homes == {"frontend": "pinky-promise-frontend", "backend": "pinky-promise-backend"}, "and its segment"


@STAGES
@pytest.mark.demand("WRK-23")
def test_the_backend_answers_on_5001_and_says_how_it_is(stage: str) -> None:
    found = container(PINKY, stage, "backend")
    assert found["ports"][0]["containerPort"] == 5001, "the API's port"
    for probe in PROBES:
        asked = found[probe]["httpGet"]
        assert (asked["path"], asked["port"]) == ("/health", 5001), f"{probe} asks the one health path that it has"
    service = named(manifests(PINKY, stage), "Service", "backend")["spec"]
    assert {port["port"]: port["targetPort"] for port in service["ports"]}[5001] == 5001, "others find it there"


@STAGES
@pytest.mark.demand("WRK-23")
def test_pages_come_from_the_frontend_and_the_api_from_the_backend(stage: str) -> None:
    targets = {
        one["metadata"]["name"]: {service["name"] for rule in one["spec"]["routes"] for service in rule["services"]}
        for one in manifests(PINKY, stage)
        if one["kind"] == "IngressRoute"
    }
    assert targets["app"] == {"frontend"}, "the single-page application"
    assert targets["api"] == targets["api-public"] == {"backend"}, "the API, sign-in included"
