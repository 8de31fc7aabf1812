"""The system and environment of a stack."""

from pathlib import Path

import pulumi
import pytest

from tests.components.stack.programs import CONFIG, run


def test_a_stack_without_a_system_is_refused_with_a_list_of_all(tmp_path: Path) -> None:
    with pytest.raises(pulumi.RunError, match=r"names no system.*motovault"):
        run(tmp_path, "configured_plan()", {})


def test_an_unknown_system_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(pulumi.RunError, match="did you mean 'motovault'"):
        run(tmp_path, "configured_plan()", {"quadrant:system": "motovalt"})


def test_a_wrong_override_is_reported_with_its_key(tmp_path: Path) -> None:
    with pytest.raises(pulumi.RunError, match="logLevel"):
        run(tmp_path, "configured_plan()", {**CONFIG, "quadrant:overrides": '{"logLevel": "LOUD"}'})


def test_an_environment_is_a_preset_with_overrides(tmp_path: Path) -> None:
    text = "found = configured_plan()[0].environment\nassert (found.name, found.log_level) == ('dev', 'WARN')"
    assert run(tmp_path, text, {**CONFIG, "quadrant:overrides": '{"logLevel": "WARN"}'}) == [], "nothing is registered"


@pytest.mark.parametrize("value", ["[1]", "5", "hello"])
def test_overrides_that_are_no_mapping_are_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(pulumi.RunError, match=r"config.quadrant:overrides: expected a mapping, found"):
        run(tmp_path, "configured_plan()", {**CONFIG, "quadrant:overrides": value})


def test_a_problem_of_overrides_has_the_line_of_the_stack_file(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  a:b: c\n  quadrant:overrides: [1]\n", encoding="utf-8")
    with pytest.raises(pulumi.RunError, match=r"Pulumi.dev.yaml:3: config.quadrant:overrides: expected a mapping"):
        run(tmp_path, "configured_plan()", {**CONFIG, "quadrant:overrides": "[1]"})


def test_a_setting_that_nothing_reads_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  quadrant:kubeconfg: x\n", encoding="utf-8")
    with pytest.raises(pulumi.RunError, match=r"dev.yaml:2: .*did you mean 'quadrant:kubeconfig'"):
        run(tmp_path, "configured_plan()", CONFIG)
