"""The one cluster that a stack names."""

from pathlib import Path

import yaml

from quadrant_platform.components.stack.kubernetes import NOWHERE
from quadrant_platform.program.recorder import Recorded
from tests.components.stack.programs import CONFIG, run


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
    assert cluster["cluster"]["server"].endswith(".invalid"), "a name that never resolves, and names what to set"


def test_a_named_kubeconfig_is_the_one_that_is_used(tmp_path: Path) -> None:
    found = provider(tmp_path, kubeconfig="/etc/cluster.yaml", context="lab").inputs
    assert (found["kubeconfig"], found["context"]) == ("/etc/cluster.yaml", "lab"), "path and context of the stack"


def test_objects_are_applied_by_the_server(tmp_path: Path) -> None:
    assert provider(tmp_path).inputs["enableServerSideApply"] in (True, "true"), "others' fields are left alone"
