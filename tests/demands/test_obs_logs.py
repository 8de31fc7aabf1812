"""How much programs log, and in which form."""

import pytest
import yaml

from tests.demands.rendered import STAGES, breaks, container, manifests, named, planted, refused, settings, workload
from tests.stacks import Manifest

MOTOVAULT, AGENTS = "motovault", "agents"
LEVELS = {"ERROR", "WARN", "INFO", "DEBUG"}
CONFIGURED = ("admin-backend", "mvp-platform-tenants", "mvp-platform-vehicles-api")
LOGS_DEBUG = "logging:\n  level: DEBUG\n"


def config_map(stage: str, name: str) -> Manifest:
    """The configuration file of motovault's application."""
    return next(one for one in manifests(MOTOVAULT, stage)
                if one["kind"] == "ConfigMap" and one["metadata"]["name"] == name)  # fmt: skip


@STAGES
@pytest.mark.demand("OBS-03")
@pytest.mark.parametrize("name", CONFIGURED)
def test_a_service_logs_at_the_level_of_its_stage(stage: str, name: str) -> None:
    """X-27: the level is a value of the stack."""
    level = settings(MOTOVAULT, stage, name)["logging"]["level"]
    assert level in LEVELS, "one of the four"
    assert level == {"dev": "DEBUG", "prod": "INFO"}[stage], "DEBUG is for dev"


@STAGES
@pytest.mark.demand("OBS-03")
def test_traefik_logs_at_the_level_of_its_stage(stage: str) -> None:
    data = named(manifests(MOTOVAULT, stage), "ConfigMap", "traefik-config")["data"]
    assert yaml.safe_load(data["traefik.yml"])["log"]["level"] == {"dev": "DEBUG", "prod": "INFO"}[stage], "as all do"


@pytest.mark.demand("OBS-03")
def test_debug_logs_are_refused_in_prod() -> None:
    """X-27: DEBUG is rejected by policy in prod."""
    assert not breaks(MOTOVAULT, "prod", "no-debug"), "nothing of prod logs at DEBUG"
    target = config_map("prod", "config-app")
    stack = planted(manifests(MOTOVAULT, "prod"), target, "data/production.yml", LOGS_DEBUG)
    assert refused(stack, "no-debug") == {"config-app"}, "the pack names the file"


@pytest.mark.demand("OBS-03")
def test_debug_logs_are_allowed_in_dev() -> None:
    target = config_map("dev", "config-app")
    stack = planted(manifests(MOTOVAULT, "dev"), target, "data/production.yml", LOGS_DEBUG)
    assert not refused(stack, "no-debug"), "developers may look closer"


@STAGES
@pytest.mark.demand("OBS-03")
def test_a_debug_flag_is_refused_in_every_stage(stage: str) -> None:
    """X-27: debug features of applications stay off everywhere."""
    target = workload(MOTOVAULT, stage, "admin-backend")
    stack = planted(
        manifests(MOTOVAULT, stage), target, "spec/template/spec/containers/0/args", ["--inspect", "dist/main.js"]
    )
    assert refused(stack, "no-debug") == {"admin-backend"}, "a debugger opens a door"


@STAGES
@pytest.mark.demand("OBS-51")
def test_the_application_logs_structured_lines(stage: str) -> None:
    logging = settings(AGENTS, stage, "app")["logging"]
    assert logging["format"] == "json", "programs read the lines"
    assert logging["level"] in LEVELS, "at one of the four levels"
    assert logging["request_ids"] is True, "lines of one request are found together"
    assert logging["stack_traces"] is True, "and an error shows where it happened"
    assert not container(AGENTS, stage, "app").get("args"), "nothing on the command line overrides it"
