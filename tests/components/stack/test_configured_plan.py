"""Settings: the stack's system and environment, and the one cluster that it names."""

from pathlib import Path

import pulumi
import pytest
import yaml

from quadrant_platform.components.stack.configured_plan import NOWHERE
from quadrant_platform.program.recorder import Recorded, record
from quadrant_platform.program.stacks import config_for

CONFIG = config_for("motovault-phase4", "dev")


def run(folder: Path, text: str, config: dict[str, str]) -> list[Recorded]:
    """Record a program of some lines."""
    program = folder / "__main__.py"
    program.write_text(
        f"from quadrant_platform.components.stack.configured_plan import Kubernetes, configured_plan\n{text}\n",
        encoding="utf-8",
    )
    return list(record(config, "dev", program).resources)


def provider(folder: Path, **settings: str) -> Recorded:
    """The provider of a stack with some settings."""
    config = {**CONFIG, **{f"quadrant:{key}": value for key, value in settings.items()}}
    resources = run(folder, "Kubernetes('cluster', configured_plan())", config)
    [found] = [one for one in resources if one.type == "pulumi:providers:kubernetes"]
    return found


def test_without_a_kubeconfig_the_provider_goes_nowhere(tmp_path: Path) -> None:
    given = provider(tmp_path).inputs["kubeconfig"]
    assert given == NOWHERE, "unset, it would take the cluster of the caller's shell"
    [cluster] = yaml.safe_load(NOWHERE)["clusters"]
    assert cluster["cluster"]["server"].endswith(".invalid"), "a name that never resolves, and says what to set"


def test_a_named_kubeconfig_is_the_one_that_is_used(tmp_path: Path) -> None:
    found = provider(tmp_path, kubeconfig="/etc/cluster.yaml", context="lab").inputs
    assert (found["kubeconfig"], found["context"]) == ("/etc/cluster.yaml", "lab"), "path and context of the stack"


def test_objects_are_applied_by_the_server(tmp_path: Path) -> None:
    assert provider(tmp_path).inputs["enableServerSideApply"] in (True, "true"), "others' fields are left alone"


def test_a_stack_that_names_no_system_is_told_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(pulumi.RunError, match=r"names no system.*motovault"):
        run(tmp_path, "configured_plan()", {})


def test_an_unknown_system_is_answered_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(pulumi.RunError, match="did you mean 'motovault'"):
        run(tmp_path, "configured_plan()", {"quadrant:system": "motovalt"})


def test_a_wrong_override_is_reported_with_its_key(tmp_path: Path) -> None:
    with pytest.raises(pulumi.RunError, match="logLevel"):
        run(tmp_path, "configured_plan()", {**CONFIG, "quadrant:overrides": '{"logLevel": "LOUD"}'})


def test_an_environment_is_a_preset_with_overrides(tmp_path: Path) -> None:
    text = "found = configured_plan().environment\nassert (found.name, found.log_level) == ('dev', 'WARN')"
    assert run(tmp_path, text, {**CONFIG, "quadrant:overrides": '{"logLevel": "WARN"}'}) == [], "nothing is registered"


@pytest.mark.parametrize("value", ["[1]", "5", "hello"])
def test_overrides_that_are_no_mapping_are_told_so(tmp_path: Path, value: str) -> None:
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
