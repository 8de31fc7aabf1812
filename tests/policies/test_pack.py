"""The pack as a whole: its registry, its face to the engine, its start, and the stacks that keep it."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from quadrant_platform.policies.core.policy import ResourcePolicy, StackPolicy
from quadrant_platform.policies.crossguard.binding import sdk_policies
from quadrant_platform.policies.pack import POLICIES, Config, check, not_applicable
from quadrant_platform.vocabulary import GENERATED_KEYS_ANNOTATION
from tests.policies import builders, shop
from tests.policies.consistent import tidy
from tests.policies.judging import PACK, broken, consistency
from tests.policies.servicer import Pack, urn
from tests.stacks import STACKS, recorded

# These packages carry no types.
grpc: Any = import_module("grpc")
empty_pb2: Any = import_module("google.protobuf.empty_pb2")
analyzer_pb2_grpc: Any = import_module("pulumi.runtime.proto.analyzer_pb2_grpc")

FOLDER = Path(__file__).parent.parent.parent / "policies"
STACK_POLICIES = [policy for policy in POLICIES.values() if isinstance(policy, StackPolicy)]


def test_every_policy_explains_itself() -> None:
    for policy in POLICIES.values():
        assert policy.why.endswith("."), f"{policy.name} gives its reason in a sentence"
        assert policy.remedy.endswith("."), f"{policy.name} gives its remedy in a sentence"
        assert policy.tags, f"{policy.name} names a framework or a purpose"
        assert policy.url == f"docs/reference/policies/{policy.name}.md", f"{policy.name} has a page"


def test_every_file_that_a_policy_names_exists() -> None:
    for policy in POLICIES.values():
        named = re.findall(r"[\w./-]+\.(?:yaml|json|md|lock)\b", f"{policy.why} {policy.remedy} {policy.url}")
        missing = [name for name in named if not (FOLDER.parent / name).exists()]
        assert not missing, f"{policy.name} refers to {missing}: a remedy must be possible"


def test_every_predicate_is_documented() -> None:
    for policy in POLICIES.values():
        assert isinstance(policy, ResourcePolicy | StackPolicy), f"{policy.name} has a predicate"
        named = policy.predicate.__name__ != "predicate"
        assert policy.predicate.__doc__ or not named, f"{policy.name} documents its check"


def test_the_engine_runs_at_most_six_stack_policies() -> None:
    groups = {policy.group.name for policy in STACK_POLICIES}
    assert len(groups) <= 6, "each one costs a pass over the whole stack"


def test_a_group_has_one_level() -> None:
    levels = {(policy.group.name, policy.level) for policy in STACK_POLICIES}
    groups = {name for name, _ in levels}
    assert len(levels) == len(groups), "the engine takes one level for each"


def test_the_engine_gets_level_severity_and_remedy() -> None:
    given = {policy.name: policy for policy in Pack().info().policies}
    resource = [policy for policy in POLICIES.values() if isinstance(policy, ResourcePolicy)]
    assert set(given) == {policy.name for policy in resource} | {policy.group.name for policy in STACK_POLICIES}, (
        "every policy is offered, those on stacks in their groups"
    )
    assert len(sdk_policies()) == len(given), "and only once"
    for policy in resource:
        assert given[policy.name].remediation_steps == policy.remedy, "the engine shows how to mend it"
        assert given[policy.name].severity, "and how bad it is"


def test_no_module_hides_an_installed_package() -> None:
    ours = {path.stem for path in FOLDER.iterdir() if path.suffix in {"", ".py"}} - {"__init__", "__main__"}
    installed = set(importlib.metadata.packages_distributions()) | set(sys.stdlib_module_names)
    hidden = ours & installed
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


def test_the_platform_of_these_tests_breaks_nothing() -> None:
    assert broken(shop.stack()) == set(), "what follows is the effect of one change"
    assert not any(PACK.analyze(one).diagnostics for one in shop.GOOD), "no object of it breaks a rule by itself"


def test_the_consistent_set_breaks_nothing() -> None:
    assert consistency(tidy()) == set(), "what follows is the effect of one change"


def test_manifests_without_segments_and_matrix_are_not_applicable() -> None:
    plain = [builders.workload(), builders.service()]
    assert broken(plain) == set(), "isolation is not judged"
    assert "network-isolation" in PACK.analyze_stack(plain).not_applicable, "and the engine gets the reason"
    compared = {"matrix-present", "symmetric-rules", "reachability-equals-matrix", "one-entry-one-exit"}
    assert set(not_applicable(plain)) == compared, "a check of files reports it too"
    assert not not_applicable(shop.GOOD), "with a matrix every policy applies"


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_a_shipped_stack_breaks_no_policy(system: str, stage: str) -> None:
    found = check(recorded(system, stage).manifests(), Config(exemptions=()))
    assert not found, f"{system} in {stage} is checked as its users' systems are"


@pytest.mark.parametrize("system", ["motovault", "agents"])
def test_passwords_that_are_known_after_an_update_break_no_policy(system: str) -> None:
    stack, generated = [], set[str]()
    for one in recorded(system, "dev").manifests():
        found = {**one, "metadata": dict(one["metadata"])}
        annotations = dict(one["metadata"].get("annotations", {}))
        if (keys := annotations.pop(GENERATED_KEYS_ANNOTATION, None)) is not None:
            found["metadata"]["annotations"] = annotations
            found |= dict.fromkeys(("data", "stringData"), dict.fromkeys(keys.split(","), "aGVsbG8="))
            generated.add(urn(one))
        stack.append(found)
    pack, rule = Pack(), ("secret-references-resolve", "hand-written")
    assert pack.analyze_stack(stack, generated).rules == set(), "they come from a resource, not from the program"
    assert pack.analyze_stack(stack).rules == {rule}, "without one, the program wrote them"
