"""agents: what the application reports to its operators, how big it is, and how many copies run."""

import json
import re
from functools import cache

import pytest

from quadrant_platform.program.recorder import record
from quadrant_platform.program.stacks import config_for
from tests.demands.rendered import STAGES, container, manifests, named, settings, workload
from tests.stacks import Manifest

SYSTEM = "agents"


@cache
def sized(stage: str, profile: str) -> Manifest:
    """The application's container in a stack with a sizing profile."""
    config = dict(config_for(SYSTEM, stage))
    overrides = json.loads(config.get("quadrant:overrides", "{}")) | {"sizeProfile": profile}
    recording = record(config | {"quadrant:overrides": json.dumps(overrides)}, f"{SYSTEM}-{stage}")
    deployments = [one for one in recording.manifests() if one["kind"] in ("Deployment", "Rollout")]
    app = next(one for one in deployments if one["metadata"]["name"] == "app")
    found: Manifest = app["spec"]["template"]["spec"]["containers"][0]
    return found


@STAGES
def test_metrics_are_read_at_their_path(stage: str) -> None:
    """X-89: port 3000. That the four paths answer is seen where the application runs."""
    monitor = named(manifests(SYSTEM, stage), "ServiceMonitor", "app")
    assert [(one["path"], one["port"]) for one in monitor["spec"]["endpoints"]] == [("/metrics", "http")], "inside"
    assert container(SYSTEM, stage, "app")["ports"][0]["containerPort"] == 3000, "on the port that serves"


def public(stack: list[Manifest], path: str) -> set[str]:
    """The public routes that match a path: those whose paths begin it, and those that name no path."""
    found = set()
    for router in [one for one in stack if one["kind"] == "IngressRoute"]:
        for rule in router["spec"]["routes"]:
            prefixes = re.findall(r"PathPrefix\(`([^`]+)`\)", rule["match"])
            exact = re.findall(r"Path\(`([^`]+)`\)", rule["match"])
            anywhere = not prefixes and not exact
            if anywhere or path in exact or any(path.startswith(prefix) for prefix in prefixes):
                found.add(router["metadata"]["name"])
    return found


@STAGES
@pytest.mark.demand("WRK-31")
@pytest.mark.parametrize("path", ["/health", "/metrics", "/alerts", "/sla"])
def test_a_path_for_operators_is_not_public(stage: str, path: str) -> None:
    stack = manifests(SYSTEM, stage)
    assert public(stack, "/api/predict") == {"api"}, "a path of the API is found"
    assert not public(stack, path), f"{path} describes the system, so that no route leads to it"


@STAGES
@pytest.mark.demand("WRK-31")
@pytest.mark.parametrize("match", ["Host(`agents.example.com`)", "Host(`agents.example.com`) && PathPrefix(`/m`)"])
def test_a_route_to_the_metrics_would_be_noticed(stage: str, match: str) -> None:
    route = {"metadata": {"name": "planted"}, "kind": "IngressRoute", "spec": {"routes": [{"match": match}]}}
    assert public([*manifests(SYSTEM, stage), route], "/metrics") == {"planted"}, "a wider rule is found"


@STAGES
def test_overall_health_covers_five_components(stage: str) -> None:
    covered = settings(SYSTEM, stage, "app")["server"]["health_components"]
    assert set(covered) == {"database", "openai", "cache", "circuit_breakers", "resources"}, "each has its state"


@STAGES
def test_overall_health_restarts_nothing(stage: str) -> None:
    """X-84: an outage of OpenAI is seen in /health, and probes ask local checks."""
    found = container(SYSTEM, stage, "app")
    asked = {probe: found[probe]["httpGet"]["path"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert asked == {
        "startupProbe": "/health/live", "readinessProbe": "/health/ready", "livenessProbe": "/health/live",
    }, "or all pods would restart together"  # fmt: skip


@STAGES
@pytest.mark.demand("WRK-33")
@pytest.mark.parametrize(
    ("profile", "cpu", "memory"),
    [("baseline", "4", "8Gi"), ("load-150", "8", "32Gi"), ("load-200", "16", "64Gi")],
)
def test_a_sizing_profile_sets_the_size(stage: str, profile: str, cpu: str, memory: str) -> None:
    limits = sized(stage, profile)["resources"]["limits"]
    assert (limits["cpu"], limits["memory"]) == (cpu, memory), "as in the stack's setting"


@pytest.mark.demand("WRK-33")
def test_prod_runs_in_the_profile_of_its_load() -> None:
    """X-87: three pods of 8 CPU and 32 GB are a profile of prod."""
    limits = container(SYSTEM, "prod", "app")["resources"]["limits"]
    assert (limits["cpu"], limits["memory"]) == ("8", "32Gi"), "the shipped stack names load-150"


@pytest.mark.demand("WRK-39")
def test_three_copies_run_behind_the_load_balancer() -> None:
    """X-86: one process in each of at least three pods, in place of a cluster of processes on a server."""
    scaler = named(manifests(SYSTEM, "prod"), "HorizontalPodAutoscaler", "app")["spec"]
    assert scaler["minReplicas"] >= 3, "never fewer"
    assert scaler["scaleTargetRef"]["name"] == workload(SYSTEM, "prod", "app")["metadata"]["name"], "of the application"
    assert "replicas" not in workload(SYSTEM, "prod", "app")["spec"], "nothing else sets their number"
