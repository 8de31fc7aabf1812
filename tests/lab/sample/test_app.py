"""The sample's pages: what probes, Prometheus, Traefik and a curious reader ask for."""

import json
import logging

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from quadrant_platform.lab.sample.app import Health, application
from quadrant_platform.lab.sample.instrumentation import ROUTES, JsonLines
from quadrant_platform.lab.sample.invocation import Settings, parsed
from tests.lab.sample.files import planned, settings
from tests.stacks import STACKS

APART = parsed(["serve", "--name=shop-api", "--port=http=8080", "--port=metrics=9464", "--metrics=metrics:/metrics"])[1]
SHARED = parsed(["serve", "--name=shop-api", "--port=http=8080", "--metrics=http:/metrics"])[1]


def app(of: Settings = APART, health: Health | None = None) -> ASGIApp:
    return application(of, health or Health(), (), ())


def client(of: ASGIApp, port: int = 8080) -> TestClient:
    return TestClient(of, base_url=f"http://shop:{port}")


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_every_declared_probe_and_metrics_path_is_answered(system: str, stage: str) -> None:
    plan = planned(system, stage)
    for name, service in plan.system.services.items():
        served = application(settings(plan, name), Health(), (), ())
        probes = service.probes
        port = service.ports[probes.port or next(iter(service.ports))]
        for path in (probes.startup, probes.readiness, probes.liveness, probes.basic):
            assert client(served, port).get(path).status_code == 200, f"{name} is alive and ready at {path}"
        assert service.metrics is not None, f"{name} is scraped"
        answer = client(served, service.ports[service.metrics.port]).get(service.metrics.path)
        assert "process_resident_memory_bytes" in answer.text, f"{name} has metrics at {service.metrics.path}"


def test_readiness_ends_before_the_service_does() -> None:
    health = Health()
    served = client(app(health=health))
    assert served.get("/health/ready").status_code == 200, "it serves"
    health.stopping = True
    assert served.get("/health/ready").status_code == 503, "routers look elsewhere"
    assert served.get("/health/live").status_code == 200, "a stopping process is not a dead one"


def test_a_metrics_port_of_its_own_serves_nothing_else() -> None:
    assert client(app(), 9464).get("/").status_code == 404, "no page leaves by the metrics port"
    assert client(app()).get("/metrics").json()["path"] == "/metrics", "and no metrics by the public one"


def test_requests_are_counted_by_route_and_status() -> None:
    served = client(app(SHARED))
    served.get("/api/predict/now")
    served.get("/status/503")
    text = served.get("/metrics").text
    good = 'http_requests_total{method="GET",route="/api/predict",status_code="200"} 1.0'
    assert f"\n{good}" in text, "rules group by route"
    assert f"\nshop_api_{good}" in text, "the rules of some systems prefix the service's name"
    assert 'http_requests_total{method="GET",route="/status/503",status_code="503"} 1.0' in text, "errors count"
    assert 'http_request_duration_seconds_bucket{le="0.5",method="GET",route="/api/predict"' in text, "and times"


def test_probes_are_not_counted_as_requests() -> None:
    served = client(app(SHARED))
    served.get("/health/ready")
    assert 'route="/health' not in served.get("/metrics").text, "a stopping pod's 503 is no error of the service"


def test_paths_from_outside_cannot_fill_the_memory() -> None:
    served = client(app(SHARED))
    for number in range(ROUTES + 5):
        served.get(f"/page/{number}")
    lines = [line for line in served.get("/metrics").text.splitlines() if line.startswith("http_requests_total")]
    assert len(lines) == ROUTES + 1, "all further routes are one"
    assert 'http_requests_total{method="GET",route="other",status_code="200"} 5.0' in lines, "and they are counted"


def test_the_first_page_names_the_service() -> None:
    answer = client(app()).get("/")
    assert "<h1>shop-api</h1>" in answer.text, "a reader sees where a route leads"


def test_everything_else_is_echoed_without_credentials() -> None:
    headers = {"x-forwarded-for": "203.0.113.9", "authorization": "Bearer hush", "cookie": "session=hush"}
    answer = client(app()).post("/api/orders?page=2", headers=headers)
    echoed = answer.json()
    assert (echoed["service"], echoed["method"], echoed["path"], echoed["query"]) == (
        "shop-api", "POST", "/api/orders", "page=2",
    ), "what arrived is echoed"  # fmt: skip
    assert echoed["headers"]["x-forwarded-for"] == "203.0.113.9", "what proxies added is seen"
    assert "hush" not in answer.text, "credentials are not repeated"


@pytest.mark.parametrize("header", [None, "Basic eDp5", "Bearer ", "Bearer"])
def test_a_caller_without_a_token_is_refused(header: str | None) -> None:
    answer = client(app()).get("/auth/verify", headers={"authorization": header} if header else {})
    assert answer.status_code == 401, "Traefik hands this to the caller"


def test_each_token_is_a_user_of_its_own() -> None:
    served = client(app())
    users = [
        served.get("/auth/verify", headers={"authorization": f"Bearer {token}"}).headers["x-auth-user"]
        for token in ("one", "two", "one")
    ]
    assert users[0] == users[2] != users[1], "limits of users count by this header"


@pytest.mark.parametrize("given", ["", "x" * 65, 'a"b', "a b"])
def test_a_request_id_that_is_not_one_is_replaced(given: str) -> None:
    answer = client(app()).get("/", headers={"x-request-id": given})
    assert answer.headers["x-request-id"] not in ("", given), "logs are read by its grammar"


def test_a_given_request_id_is_kept_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "sample"):
        answer = client(app()).get("/api/x", headers={"x-request-id": "abc-1"})
    lines = [json.loads(JsonLines("shop-api").format(record)) for record in caplog.records if record.name == "sample"]
    assert answer.headers["x-request-id"] == "abc-1", "one id from the edge to the last service"
    assert len(lines) == 1, "one line a request"
    wanted = {"service": "shop-api", "requestId": "abc-1", "path": "/api/x", "status": 200, "level": "INFO"}
    assert wanted.items() <= lines[0].items(), "logs are searched by these fields"


@pytest.mark.parametrize(("path", "status"), [("/status/204", 204), ("/status/999", 400), ("/delay/0", 200)])
def test_a_caller_may_ask_for_an_outcome(path: str, status: int) -> None:
    assert client(app()).get(path).status_code == status, "drills need errors and slow answers on demand"


def test_dependencies_that_are_not_there_are_reported() -> None:
    answer = client(app()).get("/dependencies").json()
    assert answer == {"service": "shop-api", "ok": True, "dependencies": {}}, "a service without any is well"
