"""Debug modes and debug logs of a stack's programs."""

from __future__ import annotations

import pytest

from tests.policies import shop
from tests.policies.builders import Manifest, replaced
from tests.policies.judging import broken


def configured(text: str, environment: str) -> list[Manifest]:
    stack = shop.stack(shop.matrix(environment=environment))
    return replaced(stack, "ConfigMap", "api-config", "data", {"app.yaml": text})


DEBUG_LEVELS = ["logLevel: DEBUG", '{"log": {"level": "debug"}}', "loglevel debug", "LOG_LEVEL=trace"]


@pytest.mark.demand("OBS-03")
@pytest.mark.parametrize("text", DEBUG_LEVELS)
def test_debug_logs_stay_in_dev(text: str) -> None:
    assert broken(configured(text, "prod")) == {("no-debug", "level")}, "DEBUG is not for prod"
    assert broken(configured(text, "dev")) == set(), "in dev it is allowed"


@pytest.mark.parametrize("text", ["logLevel: INFO", "loglevel notice", "levels: [ERROR, DEBUG]", "debug: false"])
def test_other_settings_are_no_debug_mode(text: str) -> None:
    assert broken(configured(text, "prod")) == set(), "the word alone is not the mode"


@pytest.mark.demand("WRK-19")
@pytest.mark.parametrize("environment", ["dev", "prod"])
@pytest.mark.parametrize("text", ["debug: true", '{"debug":true}', "app.debug=on"])
def test_debug_modes_are_refused_in_every_stack(environment: str, text: str) -> None:
    assert broken(configured(text, environment)) == {("no-debug", "flag")}, "production mode only"


def test_a_debug_level_on_the_command_line_counts() -> None:
    args = "spec/template/spec/containers/0/args"
    for words in (["--log.level=DEBUG"], ["--log-level", "debug"]):
        stack = replaced(shop.stack(), "Deployment", "traefik", args, words)
        assert broken(stack) == {("no-debug", "level")}, "arguments are settings too"
