"""Configuration files, with the environment's values in them."""

from quadrant_platform.model.expansion.external_apis import planned_apis
from tests.components.sample import planned


def test_a_mapping_is_rendered_as_yaml_with_the_environments_values() -> None:
    some = planned("prod")
    assert some.configs["app"].text == (
        "database:\n  host: orders-pool\nmail: http://egress-mail:9001\nlogging:\n  level: INFO\n"
    ), "the declared order, and a value for each placeholder"


def test_a_text_is_rendered_as_it_is() -> None:
    some = planned()
    assert some.configs["flags"].text == "fast=yes\n", "not every file is YAML"


def test_dev_logs_more_than_prod() -> None:
    levels = [planned(stage).configs["app"].text[-6:-1].strip() for stage in ("dev", "prod")]
    assert levels == ["DEBUG", "INFO"], "the level is the environment's"


def test_a_call_of_an_external_api_is_configured_to_the_egress() -> None:
    some = planned()
    assert planned_apis(some.system, some.environment, {})["mail"].url == "http://egress-mail:9001", (
        "TLS starts at the way out"
    )
