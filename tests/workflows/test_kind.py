"""A fresh cluster of kind gets the definitions, and where something is to run, certificates and the stand-in."""

import json
import os
from pathlib import Path

import pytest

from lab import definitions, kind
from lab.build import images

DEFINITION = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file to which stand-ins of kubectl and kind write what they are called with."""
    log = tmp_path / "calls"
    for name in ("kubectl", "kind"):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(
            f'#!/bin/sh\necho "{name} $@" >> {log}\n[ "$3" != --filename=- ] || {{ cat; echo; }} >> {log}\n', "utf-8"
        )
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(definitions, "all_kinds", lambda: [DEFINITION])
    monkeypatch.setattr(images, "ensure", lambda names, *_: {name: tmp_path / f"{len(name)}.tar" for name in names})
    return log


def test_a_preview_needs_the_definitions_alone(calls: Path) -> None:
    assert kind.main(["definitions"]) == 0, "the cluster takes them"
    command, applied = calls.read_text(encoding="utf-8").split("\n", 1)
    assert command == "kubectl apply --server-side --filename=-", "definitions are too large for another way"
    assert json.loads(applied)["items"] == [DEFINITION], "every definition that can be had"


def test_a_cluster_for_pods_gets_its_images_before_what_runs_them(calls: Path) -> None:
    assert kind.main([]) == 0, "the cluster takes them"
    lines = [line for line in calls.read_text(encoding="utf-8").splitlines() if line.startswith(("kind", "kubectl"))]
    assert [line.split()[:2] for line in lines[1:]] == [
        *[["kind", "load"]] * len(kind.IMAGES), ["kubectl", "apply"], ["kubectl", "--namespace=cert-manager"],
    ], "definitions, images, cert-manager, and a wait for it"  # fmt: skip


def test_a_cluster_that_refuses_is_told_with_its_own_words(calls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (calls.parent / "bin" / "kubectl").write_text("#!/bin/sh\necho no route >&2\nexit 1\n", encoding="utf-8")
    assert kind.main([]) == 2, "nothing works without a cluster"
    assert "no route" in capsys.readouterr().err, "the reason is kubectl's"


def test_a_machine_without_kubectl_is_told_so(
    calls: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(calls.parent))
    assert kind.main(["definitions"]) == 2, "bad input"
    assert "kubectl" in capsys.readouterr().err, "what to install"


def test_another_word_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert kind.main(["everything"]) == 2, "a typo changes no cluster"
    assert "usage" in capsys.readouterr().err, "the two ways to call it"
