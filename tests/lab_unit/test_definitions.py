"""Definitions of kinds are read as their projects publish them, and brought to a cluster once."""

import json
from pathlib import Path

import pytest

from lab import definitions
from lab.build.programs import MODULES_FOLDER
from lab.definitions import Source
from lab.home import Home
from model.errors import BadInput

PUBLISHED = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: certificates.cert-manager.io
  {{- if .Values.keep }}
  annotations: {kept: "yes"}
  {{- end }}
spec: {names: {kind: Certificate}, operators: ["=", "!="], since: 2020-01-01}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: other}
"""
SOURCE = Source("cert-manager", "example.com/module", "crds/*.yaml")


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "crds").mkdir()
    (tmp_path / "crds" / "one.yaml").write_text(PUBLISHED, "utf-8")
    monkeypatch.setattr(definitions, "_folder", lambda _source: tmp_path)
    return tmp_path


def test_definitions_are_read_from_templates_and_nothing_else_is(module: Path) -> None:
    (found,) = definitions.of(SOURCE)
    assert found["metadata"]["name"] == "certificates.cert-manager.io", "lines of the template engine are left out"
    assert found["spec"]["operators"] == ["=", "!="], "a lone equals sign is text, whatever YAML 1.1 says"


def test_every_source_is_pinned_by_a_module_of_the_lab() -> None:
    for source in (definitions.CALICO, *definitions.SOURCES):
        pinned = (MODULES_FOLDER / source.pin / "go.mod").read_text("utf-8")
        assert f"{source.module} v" in pinned, f"{source.module} would come in whatever version is the newest"


def test_the_folder_beside_the_checkout_may_be_another(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QUADRANT_CRDS", str(tmp_path))
    assert definitions.shared() == tmp_path, "the environment names it"
    monkeypatch.delenv("QUADRANT_CRDS")
    assert definitions.shared().parts[-2:] == ("shared", "crds"), "the usual place is beside the checkout"


def test_the_definitions_can_be_handed_to_kubectl(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {"kind": "CustomResourceDefinition"}
    monkeypatch.setattr(definitions, "all_kinds", lambda: [found])
    assert definitions.main() == 0, "the modules can be had"
    shown = json.loads(capsys.readouterr().out)
    assert (shown["kind"], shown["items"]) == ("List", [found]), "one list of definitions and nothing else"


def test_without_go_the_lack_is_told_in_place_of_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadInput, match="go: is not on PATH, and fetches the definitions"):
        definitions.of(SOURCE)
    assert definitions.main() == 2, "bad input"
    shown = capsys.readouterr()
    assert ("install Go" in shown.err, shown.out) == (True, ""), "kubectl must not be given half a list"


class Cluster:
    """A cluster that knows some definitions, and writes down what is applied."""

    there = "certificates.cert-manager.io 2026-01-01T00:00:00Z\n"
    applied: list[str] = []

    def __init__(self, _home: Home) -> None:
        pass

    def run(self, *arguments: str) -> str:
        return self.there if arguments[:2] == ("get", "crd") else ""

    def apply(self, manifests: list[dict[str, dict[str, str]]]) -> None:
        self.applied += [one["metadata"]["name"] for one in manifests]


def test_only_definitions_that_the_cluster_lacks_are_brought(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(definitions, "Kubectl", Cluster)
    monkeypatch.setattr(Cluster, "applied", [])
    home = Home(tmp_path)
    home.state.mkdir()
    assert not definitions.installed(home, (SOURCE,)), "nothing is on record"
    known = {"metadata": {"name": "certificates.cert-manager.io"}}
    definitions.install(home, (SOURCE,), [known, {"metadata": {"name": "issuers.cert-manager.io"}}])
    assert Cluster.applied == ["issuers.cert-manager.io"], "they are megabytes each"
    assert not definitions.installed(home, (SOURCE,)), "the cluster does not list it yet, whatever is on record"
    monkeypatch.setattr(Cluster, "there", f"{Cluster.there}issuers.cert-manager.io 2026-01-01T00:00:00Z\n")
    assert definitions.installed(home, (SOURCE,)), "on record, and in the cluster"
    monkeypatch.setattr(definitions, "MODULES_FOLDER", tmp_path)
    (tmp_path / "cert-manager").mkdir()
    (tmp_path / "cert-manager" / "go.mod").write_text("another version", "utf-8")
    assert not definitions.installed(home, (SOURCE,)), "another version of a module may define more"
