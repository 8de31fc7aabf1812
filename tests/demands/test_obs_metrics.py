"""What Prometheus reads: the labels of Traefik's series, and who is scraped how often."""

from typing import Any

import pytest
import yaml

from tests.demands.reach import reach
from tests.demands.rendered import STAGES, container, manifests, named, pod, ports
from tests.demands.stores import beside

MOTOVAULT, PHASE4, PINKY, AGENTS = "motovault", "motovault-phase4", "pinky-promise", "agents"


def static(system: str, stage: str, name: str) -> dict[str, Any]:
    """The static file of a Traefik, by which its command starts it."""
    assert container(system, stage, name)["args"] == ["--configFile=/etc/traefik/traefik.yml"], "it reads this file"
    (volume,) = [one for one in pod(system, stage, name)["volumes"] if one["name"] == "config"]
    data = named(beside(system, stage, name), "ConfigMap", volume["configMap"]["name"])["data"]
    read: dict[str, Any] = yaml.safe_load(data["traefik.yml"])
    return read


@STAGES
@pytest.mark.demand("OBS-01")
@pytest.mark.parametrize("name", ["traefik", "traefik-egress"])
def test_series_of_traefik_name_entry_point_router_and_service(stage: str, name: str) -> None:
    metrics = static(MOTOVAULT, stage, name)["metrics"]["prometheus"]
    for label in ("addEntryPointsLabels", "addRoutersLabels", "addServicesLabels"):
        assert metrics[label] is True, f"{label} distinguishes requests"
    address = static(MOTOVAULT, stage, name)["entryPoints"][metrics["entryPoint"]]["address"]
    assert int(address.removeprefix(":")) in ports(container(MOTOVAULT, stage, name)), "the series have a port"


@STAGES
@pytest.mark.demand("OBS-01")
@pytest.mark.parametrize("name", ["traefik", "traefik-egress"])
def test_series_of_traefik_are_collected(stage: str, name: str) -> None:
    (scraped,) = named(manifests(MOTOVAULT, stage), "ServiceMonitor", name)["spec"]["endpoints"]
    opened = {port["name"]: port["containerPort"] for port in container(MOTOVAULT, stage, name)["ports"]}
    assert scraped["port"] == "metrics", "by the name of the port"
    assert "prometheus" in reach(MOTOVAULT, stage).sources(name, opened["metrics"]), "and Prometheus is let in"


@STAGES
def test_the_application_of_phase_4_is_a_scrape_target(stage: str) -> None:
    """The half of OBS-14 that is ours: Prometheus and its Service belong to the cluster."""
    (scraped,) = named(manifests(PHASE4, stage), "ServiceMonitor", "motovault")["spec"]["endpoints"]
    opened = {port["name"]: port["containerPort"] for port in container(PHASE4, stage, "motovault")["ports"]}
    assert opened[scraped["port"]] == 9464, "its series have a port of their own"
    assert reach(PHASE4, stage).sources("motovault", 9464) == {"prometheus"}, "which Prometheus alone reads"


@STAGES
def test_redis_of_pinky_promise_is_exported(stage: str) -> None:
    """A half of OBS-26: in prod the managed database's statistics are not exported yet."""
    (exporter,) = [one for one in pod(PINKY, stage, "redis-cache")["containers"] if one["name"] == "exporter"]
    assert ports(exporter) == {9121}, "the exporter's usual port"
    (scraped,) = named(manifests(PINKY, stage), "ServiceMonitor", "redis-cache")["spec"]["endpoints"]
    assert scraped["port"] == "metrics", "is a scrape target"
    assert reach(PINKY, stage).sources("redis-cache", 9121) == {"prometheus"}, "of Prometheus only"


@STAGES
def test_the_agents_are_scraped_every_15_seconds(stage: str) -> None:
    """A part of OBS-42, which also demands dashboards and more than forty series."""
    stack = manifests(AGENTS, stage)
    intervals = {one["metadata"]["name"]: scraped["interval"] for one in stack
                 for scraped in (*one.get("spec", {}).get("endpoints", ()),
                                 *one.get("spec", {}).get("podMetricsEndpoints", ()))
                 if one["kind"] in ("ServiceMonitor", "PodMonitor")}  # fmt: skip
    assert "app" in intervals, "the application is a target"
    assert set(intervals.values()) == {"15s"}, "like every other one"
