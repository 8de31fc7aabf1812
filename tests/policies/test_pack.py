"""The pack as a whole: its registry, what it tells the engine, and how it starts."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from quadrant_platform.policies.core.policy import ResourcePolicy, StackPolicy
from quadrant_platform.policies.crossguard.binding import sdk_policies
from quadrant_platform.policies.pack import POLICIES
from tests.policies.servicer import Pack

# These packages carry no types.
grpc: Any = import_module("grpc")
empty_pb2: Any = import_module("google.protobuf.empty_pb2")
analyzer_pb2_grpc: Any = import_module("pulumi.runtime.proto.analyzer_pb2_grpc")

FOLDER = Path(__file__).parent.parent.parent / "policies"
STACK_POLICIES = [policy for policy in POLICIES.values() if isinstance(policy, StackPolicy)]


def test_every_policy_explains_itself() -> None:
    for policy in POLICIES.values():
        assert policy.why.endswith("."), f"{policy.name} says why in a sentence"
        assert policy.remedy.endswith("."), f"{policy.name} says how to mend it"
        assert policy.tags, f"{policy.name} names a framework or a purpose"
        assert policy.url == f"docs/reference/policies/{policy.name}.md", f"{policy.name} has a page"


def test_every_predicate_is_documented() -> None:
    for policy in POLICIES.values():
        assert isinstance(policy, ResourcePolicy | StackPolicy), f"{policy.name} has a predicate"
        named = policy.predicate.__name__ != "predicate"
        assert policy.predicate.__doc__ or not named, f"{policy.name} says what it checks"


def test_the_engine_runs_at_most_six_stack_policies() -> None:
    groups = {policy.group.name for policy in STACK_POLICIES}
    assert len(groups) <= 6, "each one costs a pass over the whole stack"


def test_a_group_has_one_level() -> None:
    levels = {(policy.group.name, policy.level) for policy in STACK_POLICIES}
    groups = {name for name, _ in levels}
    assert len(levels) == len(groups), "the engine knows one level for each"


def test_the_engine_is_told_level_severity_and_remedy() -> None:
    told = {policy.name: policy for policy in Pack().info().policies}
    resource = [policy for policy in POLICIES.values() if isinstance(policy, ResourcePolicy)]
    assert set(told) == {policy.name for policy in resource} | {policy.group.name for policy in STACK_POLICIES}, (
        "every policy is offered, those on stacks in their groups"
    )
    assert len(sdk_policies()) == len(told), "and only once"
    for policy in resource:
        assert told[policy.name].remediation_steps == policy.remedy, "the engine shows how to mend it"
        assert told[policy.name].severity, "and how bad it is"


def test_no_module_hides_an_installed_package() -> None:
    ours = {path.stem for path in FOLDER.glob("*.py")} - {"__init__", "__main__"}
    installed = set(importlib.metadata.packages_distributions()) | set(sys.stdlib_module_names)
    hidden = ours & (installed - {"policies"})
    assert not hidden, "the pack's folder comes first on the path when the engine starts it"


def test_the_pack_uses_the_projects_own_environment() -> None:
    runtime = yaml.safe_load((FOLDER / "PulumiPolicy.yaml").read_text(encoding="utf-8"))["runtime"]
    assert runtime["name"] == "python", "the pack is Python"
    assert runtime["options"]["virtualenv"] == "../.venv", "where setup installs the lock and the project"


@pytest.mark.parametrize("start", [["-m", "pulumi.policy", "127.0.0.1:1"], []])
def test_the_pack_starts_from_another_folder(start: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-u", *start, str(FOLDER)]
    environment = {**os.environ, "PYTHONPATH": str(FOLDER.parent)}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout, "the port is read from its output"
            port = int(process.stdout.readline())
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                info = analyzer_pb2_grpc.AnalyzerStub(channel).GetAnalyzerInfo(empty_pb2.Empty(), timeout=30)
        finally:
            process.kill()
    assert info.name == "quadrant", "the pack serves under its name"
    assert len(info.policies) == len(sdk_policies()), "with all its policies"
