"""agents: what the application and the two Traefiks do about failures, queues and load."""

from typing import Any

import pytest
import yaml

from tests.demands.rendered import STAGES, manifests, named, settings, workload

SYSTEM = "agents"


def egress_routes(stage: str) -> dict[str, Any]:
    """The routes of the way out."""
    data = named(manifests(SYSTEM, stage), "ConfigMap", "traefik-egress-config")["data"]
    found: dict[str, Any] = yaml.safe_load(data["routes.yml"])["http"]
    return found


@STAGES
@pytest.mark.demand("WRK-34", partly="no program reads these keys")
def test_breakers_open_and_close_as_stated(stage: str) -> None:
    breakers = settings(SYSTEM, stage, "app")["circuit_breakers"]
    found = {key: breakers[key] for key in ("failures_to_open", "successes_to_close", "open_seconds")}
    assert found == {"failures_to_open": 5, "successes_to_close": 3, "open_seconds": 60}, "five, three, a minute"


@STAGES
@pytest.mark.demand("WRK-34", partly="no program reads these keys")
def test_the_edge_is_a_second_breaker(stage: str) -> None:
    breaker = named(manifests(SYSTEM, stage), "Middleware", "breaker")["spec"]["circuitBreaker"]
    assert breaker["fallbackDuration"] == "60s", "it stays open as long as the application's own"
    assert "ResponseCodeRatio(500, 600, 0, 600)" in breaker["expression"], "and opens on failing answers"
    rules = [
        rule for one in manifests(SYSTEM, stage) if one["kind"] == "IngressRoute" for rule in one["spec"]["routes"]
    ]
    assert rules, "there are public routes"
    assert all({"name": "breaker"} in rule["middlewares"] for rule in rules), "each of them passes it"


@STAGES
@pytest.mark.demand("WRK-35", partly="no program reads these keys")
def test_breakers_have_their_timeouts(stage: str) -> None:
    timeouts = settings(SYSTEM, stage, "app")["circuit_breakers"]["timeouts_seconds"]
    assert timeouts == {"database": 30, "openai": 60, "external": 120}, "by what they guard"


@STAGES
@pytest.mark.demand("WRK-35", partly="no program reads these keys")
def test_the_way_out_waits_as_long_as_the_breakers(stage: str) -> None:
    transports = egress_routes(stage)["serversTransports"]
    waits = {name: one["forwardingTimeouts"]["responseHeaderTimeout"] for name, one in transports.items()}
    others = {"pagerduty": "120s", "slack": "120s"} if stage == "prod" else {}
    assert waits == {"openai": "60s"} | others, "neither side gives up before the other"


@STAGES
@pytest.mark.demand("WRK-36", partly="no program reads these keys")
def test_retries_back_off_three_times(stage: str) -> None:
    """X-85: they are for background and external calls; a request fails fast."""
    retry = settings(SYSTEM, stage, "app")["retry"]
    assert (retry["max_retries"], retry["backoff_seconds"]) == (3, [1, 2, 4]), "each wait is twice the one before"
    assert retry["conditions"], "what is worth another attempt is configured"
    assert set(retry["scope"]) == {"background", "external"}, "answers do not wait for retries"


@STAGES
@pytest.mark.demand("WRK-37", partly="no program reads these keys")
def test_bulkheads_bound_what_runs_and_what_waits(stage: str) -> None:
    """X-81: the pooler's 50 connections are shared, so that queries queue."""
    bulkheads = settings(SYSTEM, stage, "app")["bulkheads"]
    assert {name: one["concurrent"] for name, one in bulkheads.items()} == {
        "database": 50,
        "external": 10,
        "heavy": 5,
    }, "what runs at once"
    assert all(100 <= one["queue"] <= 200 for one in bulkheads.values()), "what waits"


@STAGES
@pytest.mark.demand("WRK-37", partly="no program reads these keys")
def test_the_way_out_lets_ten_calls_through_at_once(stage: str) -> None:
    copies = workload(SYSTEM, stage, "traefik-egress")["spec"]["replicas"]
    http = egress_routes(stage)
    assert "openai-in-flight" in http["routers"]["openai"]["middlewares"], "calls are counted"
    assert http["middlewares"]["openai-in-flight"]["inFlightReq"]["amount"] * copies == 10, "over all copies together"


@STAGES
@pytest.mark.demand("WRK-38", check="manifest", partly="no program reads these keys")
def test_features_go_step_by_step_with_load(stage: str) -> None:
    """X-83: of metrics, only those of learning go; what Prometheus reads stays at any load."""
    degradation = settings(SYSTEM, stage, "app")["degradation"]
    first, second = degradation["levels"]
    assert (first["load_from_percent"], second["load_from_percent"]) == (80, 95), "below the first, nothing is off"
    assert set(first["disable"]) == {"temporal_patterns", "suggestions"}, "what is missed least goes first"
    assert set(second["disable"]) == {*first["disable"], "maintenance", "learning_metrics"}, "then these as well"
    recovery = degradation["recovery"]
    assert (recovery["automatic"], recovery["gradual"]) == (True, True), "all comes back by itself, bit by bit"
    assert degradation["log_each_step"] is True, "and every step is logged"


@STAGES
@pytest.mark.parametrize(("alert", "condition"), [("LoadHigh", ">= 80"), ("LoadCritical", "> 95")])
def test_the_team_hears_of_each_step(stage: str, alert: str, condition: str) -> None:
    rules = [rule for one in manifests(SYSTEM, stage) if one["kind"] == "PrometheusRule"
             for group in one["spec"]["groups"] for rule in group["rules"]]  # fmt: skip
    expression = next(rule["expr"] for rule in rules if rule.get("alert") == alert)
    assert expression.startswith("max(system_load_percent{"), "the busiest pod counts"
    assert expression.endswith(condition), "at the load at which features go"
