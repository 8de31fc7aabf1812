"""motovault: which workloads run, where they listen, and how the kubelet asks for their health."""

import pytest

from tests.demands.rendered import (
    STAGES,
    breaks,
    container,
    labels,
    manifests,
    named,
    pod,
    ports,
    refusals,
    variables,
    workload,
)  # fmt: skip
from tests.policies.builders import REMOVE, Manifest

SYSTEM = "motovault"
WEB = {"admin-frontend": 3000, "mvp-platform-landing": 3000}
APIS = {"admin-backend": 3001, "mvp-platform-tenants": 8000, "mvp-platform-vehicles-api": 8000}
HTTP = {**WEB, **APIS}
ENGINES = {
    "mvp-platform-vehicles-db": "postgres", "admin-postgres": "postgres", "platform-postgres": "postgres",
    "mvp-platform-vehicles-redis": "redis", "admin-redis": "redis", "platform-redis": "redis",
    "admin-minio": "versitygw",
}  # fmt: skip
DATABASES = ("admin-postgres", "platform-postgres", "mvp-platform-vehicles-db")
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")


def rendered_pods(stage: str) -> list[str]:
    """The long-running workloads whose pods the stack itself describes; an operator runs the databases of prod."""
    return [name for name in (*HTTP, *ENGINES, "traefik") if stage == "dev" or name not in DATABASES]


@STAGES
@pytest.mark.demand("WRK-01")
@pytest.mark.parametrize("name", HTTP)
def test_every_application_of_the_platform_runs(stage: str, name: str) -> None:
    """X-03: twelve services by name, beside Traefik."""
    assert container(SYSTEM, stage, name)["image"].startswith(f"motovaultpro/{name}:"), "it runs its own image"
    assert labels(SYSTEM, stage, name)["app.kubernetes.io/part-of"] == SYSTEM, "as a part of the platform"


@STAGES
@pytest.mark.demand("WRK-01")
@pytest.mark.parametrize(("name", "engine"), ENGINES.items())
def test_every_data_store_runs_its_engine(stage: str, name: str, engine: str) -> None:
    """X-91: CloudNativePG runs the databases of prod. Versity's gateway speaks MinIO's protocol, as MinIO has ended."""
    if stage == "prod" and name in DATABASES:
        image = named(manifests(SYSTEM, stage), "Cluster", name)["spec"]["imageName"]
    else:
        image = container(SYSTEM, stage, name)["image"]
    assert engine in image.rpartition("/")[2], f"{name} runs {image}"


@STAGES
@pytest.mark.demand("WRK-01")
def test_nothing_but_traefik_leads_to_the_services(stage: str) -> None:
    assert ports(container(SYSTEM, stage, "traefik")) >= {8000, 8443}, "Traefik is there"
    assert not breaks(SYSTEM, stage, "no-nginx-ingress"), "the nginx proxy is gone"
    assert not breaks(SYSTEM, stage, "service-exposure"), "no Service is public but Traefik's"
    proxy = {"name": "nginx-proxy", "namespace": "motovault-frontend"}
    assert "no-nginx-ingress" in refusals(workload(SYSTEM, stage, "traefik"), "metadata", proxy), "it cannot return"


@STAGES
@pytest.mark.demand("WRK-02")
def test_the_backend_listens_on_3001_in_production_mode(stage: str) -> None:
    backend = container(SYSTEM, stage, "admin-backend")
    assert backend["ports"][0]["containerPort"] == 3001, "requests arrive here"
    assert variables(backend)["NODE_ENV"] == "production", "in every stack"


@STAGES
@pytest.mark.demand("WRK-03", "WRK-04")
@pytest.mark.parametrize(("name", "port"), HTTP.items())
def test_a_service_listens_where_the_platform_expects_it(stage: str, name: str, port: int) -> None:
    assert container(SYSTEM, stage, name)["ports"][0]["containerPort"] == port, "the container's first port"
    published = {
        one["port"]: one["targetPort"] for one in named(manifests(SYSTEM, stage), "Service", name)["spec"]["ports"]
    }
    assert published[port] == port, "and its Service's, so that addresses in configuration files hold"


@STAGES
@pytest.mark.demand("WRK-05")
@pytest.mark.parametrize(("name", "port"), HTTP.items())
def test_the_kubelet_asks_the_standard_paths(stage: str, name: str, port: int) -> None:
    """X-21: all HTTP services have the three paths, static files of the two nginx images among them."""
    asked = {probe: container(SYSTEM, stage, name)[probe]["httpGet"] for probe in PROBES}
    assert {probe: action["path"] for probe, action in asked.items()} == {
        "startupProbe": "/health/live", "readinessProbe": "/health/ready", "livenessProbe": "/health/live",
    }, "ready decides on traffic, live on restarts"  # fmt: skip
    assert {action["port"] for action in asked.values()} == {port}, "on the port that serves"
    assert not any("host" in action for action in asked.values()), "in the pod itself"


@STAGES
@pytest.mark.demand("WRK-05")
def test_the_basic_health_path_is_routed_to_the_backend(stage: str) -> None:
    """X-13: /health on the application's host leads to the backend, without a token."""
    rule = named(manifests(SYSTEM, stage), "IngressRoute", "health")["spec"]["routes"][0]
    assert rule["match"] == "Host(`admin.motovaultpro.com`) && Path(`/health`)", "exactly this path"
    assert [one["name"] for one in rule["services"]] == ["admin-backend"], "answered by the backend"
    assert "api-auth" not in {one["name"] for one in rule["middlewares"]}, "a device asks it before anybody signs in"


@STAGES
@pytest.mark.demand("WRK-06")
def test_every_service_has_all_three_probes(stage: str) -> None:
    """X-21: data stores have them too, by command or connection. An operator gives its pods probes of its own."""
    for name in rendered_pods(stage):
        missing = [probe for probe in PROBES if probe not in container(SYSTEM, stage, name)]
        assert not missing, f"{name} lacks {missing}"
    assert not breaks(SYSTEM, stage, "probes"), "and the pack agrees"


@STAGES
@pytest.mark.demand("WRK-06")
@pytest.mark.parametrize("probe", PROBES)
def test_a_container_without_a_probe_is_refused(stage: str, probe: str) -> None:
    for name in (*HTTP, "admin-redis", "admin-minio"):
        found = refusals(workload(SYSTEM, stage, name), f"spec/template/spec/containers/0/{probe}", REMOVE)
        assert "probes" in found, f"{name} without {probe} stops the deployment"


@pytest.mark.demand("WRK-06")
@pytest.mark.parametrize("probe", PROBES)
def test_a_database_without_a_probe_is_refused(probe: str) -> None:
    for name in DATABASES:
        found = refusals(workload(SYSTEM, "dev", name), f"spec/template/spec/containers/0/{probe}", REMOVE)
        assert "probes" in found, f"{name} without {probe} stops the deployment"


def asked(probe: Manifest) -> Manifest:
    """What a probe asks, without its timing."""
    return {action: probe[action] for action in ("httpGet", "tcpSocket", "exec") if action in probe}


@STAGES
@pytest.mark.demand("WRK-07", partly="dev allows six failures, not three, where liveness and readiness are one check")
def test_probes_follow_the_platforms_pattern(stage: str) -> None:
    """X-19: readiness is 15/5/3 in dev; in prod 3/2/2, for failover within 10 s. X-20: 5 s x 9 is the start period.

    Where one question is all that a program answers, it is called unready before it is killed.
    """
    readiness = (15, 5, 3) if stage == "dev" else (3, 2, 2)
    expected = {"livenessProbe": (15, 5, 3), "readinessProbe": readiness, "startupProbe": (5, 5, 9)}
    fields = ("periodSeconds", "timeoutSeconds", "failureThreshold")
    for name in rendered_pods(stage):
        probed = container(SYSTEM, stage, name)
        found = {probe: tuple(probed[probe][field] for field in fields) for probe in PROBES}
        one_question = stage == "dev" and asked(probed["readinessProbe"]) == asked(probed["livenessProbe"])
        patient = {"livenessProbe": (15, 5, 6)} if one_question else {}
        # A database may have to read its log after a crash; killed meanwhile, it would begin anew for ever.
        recovers = "/scripts/postgresql-start.sh" in probed["command"] if "command" in probed else False
        patient |= {"startupProbe": (5, 5, 90)} if recovers else {}
        assert found == expected | patient, f"{name}: interval, timeout and retries"
        start = probed["startupProbe"]["periodSeconds"] * probed["startupProbe"]["failureThreshold"]
        assert start == (450 if recovers else 45), f"{name} has this long to start before it is killed"


@STAGES
@pytest.mark.demand("WRK-07", partly="dev allows six failures, not three, where liveness and readiness are one check")
def test_the_backends_readiness_is_asked_on_its_own_port(stage: str) -> None:
    """X-19: the request's 2000 ms are prod's timeout; dev keeps the check's 5 s. A success is a status below 400."""
    probe = container(SYSTEM, stage, "admin-backend")["readinessProbe"]
    assert probe["httpGet"] == {"path": "/health/ready", "port": 3001, "scheme": "HTTP"}, "as the pattern's example"
    assert probe["timeoutSeconds"] == (5 if stage == "dev" else 2), "a slow answer counts as none"
    assert pod(SYSTEM, stage, "admin-backend").get("restartPolicy", "Always") == "Always", "a dead one is restarted"
