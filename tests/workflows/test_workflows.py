"""The workflows run pinned actions with the least rights, within bounds, and call only what exists."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from quadrant_platform.lab.kind import completion
from tests.style.sources import ROOT, relative

FILES = sorted((ROOT / ".github" / "workflows").glob("*.yaml"))
WORKFLOWS = pytest.mark.parametrize("file", FILES, ids=relative)
USES = re.compile(r"^\s*(?:- )?uses: (?P<name>\S+?)@(?P<ref>\S+)(?P<comment>.*)$", re.MULTILINE)
COMMIT = re.compile(r"[0-9a-f]{40}")
VERSION = re.compile(r" # v\d+\.\d+\.\d+")
WRITES = {("preview.yaml", "comment"): {"pull-requests": "write"}}
"""Every job that may change anything, and what."""

Document = dict[str, Any]


def document(file: Path) -> Document:
    """A workflow; YAML 1.1 takes the key `on` for a truth value."""
    loaded: dict[Any, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in loaded.items()}


def jobs(file: Path) -> Iterator[tuple[str, Document]]:
    yield from document(file)["jobs"].items()


def steps(file: Path) -> Iterator[Document]:
    for _, job in jobs(file):
        yield from job["steps"]


def commands(file: Path) -> str:
    return "\n".join(step["run"] for step in steps(file) if "run" in step)


def test_there_are_workflows_for_checks_lab_and_previews() -> None:
    assert {file.stem for file in FILES} >= {"checks", "lab", "preview"}, "each does what its name promises"


@WORKFLOWS
def test_every_action_is_pinned_by_a_commit_with_its_version_beside(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    found = list(USES.finditer(text))
    assert len(found) == text.count("uses:"), "every use is written on a line of its own"
    for use in found:
        assert COMMIT.fullmatch(use["ref"]), f"{use['name']}: a tag can be moved, a commit cannot"
        assert VERSION.fullmatch(use["comment"]), f"{use['name']}: a reader sees the version of the commit"


def test_one_version_of_an_action_is_used_everywhere() -> None:
    uses = {(use["name"], use["ref"]) for file in FILES for use in USES.finditer(file.read_text(encoding="utf-8"))}
    names = [name for name, _ in sorted(uses)]
    assert len(names) == len(set(names)), f"{names}: an update must not forget a place"


@WORKFLOWS
def test_a_workflow_may_read_and_a_job_that_writes_is_listed(file: Path) -> None:
    assert document(file)["permissions"] == {"contents": "read"}, "a job declares itself what it needs beyond that"
    for name, job in jobs(file):
        wanted = WRITES.get((file.name, name))
        assert job.get("permissions") == wanted, f"{name} in {file.name} has rights that are not listed here"


@WORKFLOWS
def test_a_checkout_leaves_no_token_behind(file: Path) -> None:
    checkouts = [step for step in steps(file) if step.get("uses", "").startswith("actions/checkout@")]
    kept = [step for step in checkouts if step.get("with", {}).get("persist-credentials") is not False]
    assert not kept, "later steps run code of the pull request"


@WORKFLOWS
def test_a_job_that_may_write_runs_nothing_of_the_pull_request(file: Path) -> None:
    for name, job in jobs(file):
        if "permissions" in job:
            risky = [step for step in job["steps"] if "run" in step or step["uses"].startswith("actions/checkout@")]
            assert not risky, f"{name}: the author of a pull request would hold the token"


@WORKFLOWS
def test_every_job_ends_and_a_newer_run_replaces_an_older_one(file: Path) -> None:
    concurrency = document(file)["concurrency"]
    assert "github.ref" in concurrency["group"], "runs of one branch wait for each other"
    assert concurrency["cancel-in-progress"], "a run of replaced commits is of no use"
    for name, job in jobs(file):
        assert 0 < job["timeout-minutes"] <= 90, f"{name}: a hung job must not hold a runner for hours"
        assert job["runs-on"] == "ubuntu-24.04", f"{name}: a label that moves changes what runs"


@WORKFLOWS
def test_no_command_contains_what_a_stranger_may_write(file: Path) -> None:
    assert "${{" not in commands(file), "a branch's name is not part of a program: pass it as a variable"


@WORKFLOWS
def test_a_workflow_calls_only_what_exists(file: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    called = set(re.findall(r"\bmake (?:-C \S+ )?([a-z-]+)", commands(file)))
    assert called <= targets, f"{sorted(called - targets)} is no target of the Makefile"
    scripts = set(re.findall(r"\.ci/[a-z-]+", commands(file)))
    missing = [script for script in sorted(scripts) if not os.access(ROOT / script, os.X_OK)]
    assert not missing, f"{missing} cannot be run"
    modules = re.findall(r"python -m ([a-z_.]+)", commands(file))
    absent = [name for name in modules if find_spec(name) is None]
    assert not absent, f"{absent} is no module of this project"


def test_the_lab_runs_on_a_network_that_enforces_policies() -> None:
    config = yaml.safe_load((ROOT / "quadrant_platform" / "lab" / "kind" / "kind.yaml").read_text(encoding="utf-8"))
    assert config["networking"]["disableDefaultCNI"] is True, "two networks would fight over the pods"
    text = (ROOT / ".github" / "workflows" / "lab.yaml").read_text(encoding="utf-8")
    assert "config: quadrant_platform/lab/kind/kind.yaml" in text, "the cluster is made with it"
    called = commands(ROOT / ".github" / "workflows" / "lab.yaml")
    assert "python -m quadrant_platform.lab.kind\n" in called, "it installs the network"
    assert re.search(r"/[0-9a-f]{40}/manifests/calico\.yaml$", completion.NETWORK), "Calico, and a tag can be moved"


def test_the_previews_engine_has_the_version_of_the_sdk() -> None:
    text = (ROOT / ".github" / "workflows" / "preview.yaml").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    sdk = re.search(r'"pulumi==([\d.]+)"', project)
    assert sdk, "the SDK is pinned"
    assert f"pulumi-version: {sdk[1]}}}" in text, "engine and SDK are tested together"


def checkout(folder: Path, image: str) -> Path:
    """A folder that looks like a checkout to the script: one system, and a quadrant that writes a file a stack."""
    (folder / "systems" / "shop").mkdir(parents=True)
    (folder / "systems" / "shop" / "system.yaml").touch()
    command = folder / ".venv" / "bin" / "quadrant"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nmkdir -p "$7"\necho "image: {image}" > "$7/web.yaml"\necho written\n', "utf-8")
    command.chmod(0o755)
    return folder


def difference(base: Path, head: Path) -> "subprocess.CompletedProcess[str]":
    command = [str(ROOT / ".ci" / "rendered-diff"), str(base), str(head)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_the_rendered_difference_names_stack_and_change(tmp_path: Path) -> None:
    done = difference(checkout(tmp_path / "base", "web:1"), checkout(tmp_path / "head", "web:2"))
    assert done.returncode == 0, done.stderr
    for line in ("-image: web:1", "+image: web:2", "shop-dev/web.yaml", "shop-prod/web.yaml"):
        assert line in done.stdout, f"a reviewer looks for {line}"
    assert "written" not in done.stdout, "only the difference goes into the comment"


def test_a_base_from_before_systems_had_folders_is_compared_too(tmp_path: Path) -> None:
    base = checkout(tmp_path / "base", "web:1")
    shutil.rmtree(base / "systems" / "shop")
    (base / "systems" / "shop.yaml").touch()
    done = difference(base, checkout(tmp_path / "head", "web:2"))
    assert done.returncode == 0, done.stderr
    assert "shop-dev/web.yaml" in done.stdout, "the file of the base and the folder of the head are one system"


def test_equal_checkouts_have_an_empty_difference(tmp_path: Path) -> None:
    done = difference(checkout(tmp_path / "base", "web:1"), checkout(tmp_path / "head", "web:1"))
    assert (done.returncode, done.stdout) == (0, ""), "a pull request that changes no object shows that"
