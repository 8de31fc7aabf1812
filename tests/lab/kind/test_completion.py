"""A fresh cluster of kind gets the definitions, and where something is to run, what pods need."""

import json
import os
from pathlib import Path

import pytest

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.lab.build import image_builds
from quadrant_platform.lab.build.catalogue import CERT_MANAGER, SAMPLE
from quadrant_platform.lab.kind import completion
from quadrant_platform.lab.kind.__main__ import main
from quadrant_platform.lab.kubernetes import definitions
from quadrant_platform.lab.machine.home import Home

DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "things.test"},
}  # fmt: skip


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file to which stand-ins of kubectl and kind write what they are called with, and what they are given."""
    log = tmp_path / "calls"
    for name in ("kubectl", "kind"):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(
            f'#!/bin/sh\necho "{name} $@" >> {log}\ncase "$*" in *"-f -") cat >> {log}; echo >> {log};; esac\n', "utf-8"
        )
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("QUADRANT_LAB_HOME", str(tmp_path / "lab"))
    monkeypatch.setattr(definitions, "all_kinds", lambda *_: [DEFINITION])
    monkeypatch.setattr(
        image_builds, "ensure", lambda names, *_: {name: tmp_path / f"{len(name)}.tar" for name in names}
    )
    return log


def changes(log: Path) -> list[str]:
    """The first words of all calls that are no question."""
    lines = [line for line in log.read_text(encoding="utf-8").splitlines() if line.startswith(("kind ", "kubectl "))]
    asked = ("kubectl get", "kubectl wait")
    return [" ".join(line.split()[:3]) for line in lines if not line.startswith(asked)]


def test_a_preview_needs_the_definitions_alone(calls: Path) -> None:
    assert main(["definitions"]) == 0, "the cluster takes them"
    text = calls.read_text(encoding="utf-8")
    applied = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    assert "kubectl apply --server-side" in text, "definitions are too large for another way"
    assert applied[0]["items"] == [DEFINITION], "every definition that can be had"
    assert len(applied) == 2, "and the record of them, but nothing that runs"
    assert "kubeconfig" not in text, "the cluster is the one that kubectl takes by its own rules"


def test_a_cluster_for_pods_gets_a_network_and_its_images_before_what_runs_them(calls: Path) -> None:
    assert main([]) == 0, "the cluster takes them"
    apply, load = "kubectl apply --server-side", "kind load image-archive"
    assert changes(calls) == [
        apply, apply,
        apply, "kubectl rollout status", apply,
        load, apply, load, apply,
        apply, "kubectl rollout status",
    ], "definitions, Calico, images, cert-manager, each with a wait for it or a record of it"  # fmt: skip


def test_the_error_of_a_cluster_that_refuses_is_shown(calls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (calls.parent / "bin" / "kubectl").write_text("#!/bin/sh\necho no route >&2\nexit 1\n", encoding="utf-8")
    assert main([]) == 2, "nothing works without a cluster"
    assert "no route" in capsys.readouterr().err, "the reason is kubectl's"


def test_a_machine_without_kubectl_learns_that_it_is_missing(
    calls: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(calls.parent))
    assert main(["definitions"]) == 2, "bad input"
    assert "kubectl" in capsys.readouterr().err, "what to install"


def test_another_word_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["everything"]) == 2, "a typo changes no cluster"
    assert "usage" in capsys.readouterr().err, "the two ways to call it"


def test_what_a_machine_lacks_for_a_cluster_is_found_without_making_anything(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lacks = Problem(("user",), "is not root", "run as root")
    monkeypatch.setattr(definitions, "problems", lambda _home: ())
    monkeypatch.setattr(image_builds, "obstacles", lambda names, _: [lacks] if names == [SAMPLE, CERT_MANAGER] else [])
    with pytest.raises(BadInput, match="user: is not root; run as root"):
        completion.check([SAMPLE, "redis:7.2.11"], Home(tmp_path))
