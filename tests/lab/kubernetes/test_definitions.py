"""Definitions of kinds are read as their projects publish them, and applied to a cluster once."""

import json
import os
from pathlib import Path

import pytest

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.lab.build import go_sources
from quadrant_platform.lab.build.go_modules import MODULES_FOLDER
from quadrant_platform.lab.kubernetes import definitions
from quadrant_platform.lab.kubernetes.definitions import Source
from quadrant_platform.lab.lifecycle.machine_state import inspect_machine
from quadrant_platform.lab.machine.home import Home

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


GO = """
case $1 in
  env) printf 'go1.99.0\nlocal\n' ;;
  mod) echo "$GO111MODULE $*" >> "$FILES/calls"; echo '{"Dir": "'"$FILES"'"}' ;;
esac
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "lab")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the module that a stand-in of Go has, the only program there is."""
    folder = tmp_path / "module"
    (folder / "crds").mkdir(parents=True)
    (folder / "crds" / "one.yaml").write_text(PUBLISHED, "utf-8")
    monkeypatch.setenv("FILES", str(folder))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("GO111MODULE", "off")
    provide(tmp_path, GO)
    return folder


def provide(folder: Path, script: str) -> None:
    """Put a Go on the machine."""
    program = folder / "bin" / "go"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\n{script}", "utf-8")
    program.chmod(0o755)


def quiet(_line: str) -> None:
    """Hear a line of progress that a test does not ask about."""


def test_definitions_are_read_from_templates_and_nothing_else_is(files: Path, home: Home) -> None:
    (found,) = definitions.published_by(SOURCE, home, quiet)
    assert found["metadata"]["name"] == "certificates.cert-manager.io", "lines of the template engine are left out"
    assert found["spec"]["operators"] == ["=", "!="], "a lone equals sign is text, in spite of YAML 1.1"


def test_definitions_are_fetched_once_and_then_need_no_go(
    files: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []
    first = definitions.published_by(SOURCE, home, lines.append)
    assert "example.com/module: fetches the definitions" in lines[0], "a download is announced"
    assert (files / "calls").read_text("utf-8") == "on mod download -json example.com/module\n", (
        "the user's environment does not switch modules off"
    )
    monkeypatch.setenv("PATH", os.devnull)
    assert definitions.published_by(SOURCE, home, lines.append) == first, "a machine may have lost its Go meanwhile"
    assert definitions.problems(home, [SOURCE]) == (), "what is kept needs nothing"
    assert len(lines) == 1, "and nothing is fetched"


def test_a_machine_without_go_is_reported_before_anything_changes(
    files: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert definitions.problems(home, [SOURCE]) == (), "the stand-in could fetch them"
    monkeypatch.setenv("PATH", os.devnull)
    assert "go: is not on PATH, and fetches the definitions" in str(definitions.problems(home, [SOURCE])[0]), "what"
    assert [one for one in inspect_machine(home).builds if "definitions" in one.what], (
        "the machine's check asks this too"
    )
    assert not home.root.exists(), "the check leaves no trace"


def test_a_module_that_cannot_be_fetched_is_reported_with_go_s_own_message(
    files: Path, home: Home, tmp_path: Path
) -> None:
    provide(tmp_path, GO.replace("mod)", "mod) echo no such host >&2; exit 1;;\n  never)"))
    with pytest.raises(
        BadInput, match=r"example\.com/module: cannot be fetched: no such host; look at `go env GOPROXY`"
    ):
        definitions.published_by(SOURCE, home, quiet)
    assert not list(home.definitions.glob("example*")), "nothing looks fetched"


def test_a_download_that_hangs_is_given_up(
    files: Path, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(go_sources, "PATIENCE", 0.2)
    provide(tmp_path, GO.replace("mod)", "mod) exec /usr/bin/sleep 60;;\n  never)"))
    with pytest.raises(BadInput, match=r"Go was not done after 0\.2 s; look at"):
        definitions.published_by(SOURCE, home, quiet)


def test_every_source_is_pinned_by_a_module_of_the_lab() -> None:
    for source in (definitions.CALICO, *definitions.SOURCES):
        pinned = (MODULES_FOLDER / source.pin / "go.mod").read_text("utf-8")
        assert f"{source.module} v" in pinned, f"{source.module} would come in whatever version is the newest"


def test_the_folder_beside_the_checkout_may_be_another(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QUADRANT_CRDS", str(tmp_path))
    assert definitions.extra_folder() == tmp_path, "the environment names it"
    monkeypatch.delenv("QUADRANT_CRDS")
    assert definitions.extra_folder().parts[-2:] == ("shared", "crds"), "the usual place is beside the checkout"


def test_the_definitions_can_be_handed_to_kubectl(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {"kind": "CustomResourceDefinition"}
    monkeypatch.setattr(definitions, "all_kinds", lambda *_: [found])
    assert definitions.main() == 0, "the modules can be had"
    shown = json.loads(capsys.readouterr().out)
    assert (shown["kind"], shown["items"]) == ("List", [found]), "one list of definitions and nothing else"


def test_without_go_the_lack_is_reported_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("QUADRANT_LAB_HOME", str(tmp_path))
    with pytest.raises(BadInput, match="go: is not on PATH, and fetches the definitions"):
        definitions.published_by(SOURCE, Home(tmp_path), quiet)
    assert definitions.main() == 2, "bad input"
    shown = capsys.readouterr()
    assert ("install Go" in shown.err, shown.out) == (True, ""), "kubectl must not be given half a list"


class Cluster:
    """A cluster that has some definitions, and records what is applied."""

    there = "certificates.cert-manager.io 2026-01-01T00:00:00Z\n"
    applied: list[str] = []

    def __init__(self, _home: Home) -> None:
        pass

    def need(self, *arguments: str) -> str:
        return self.there if arguments[:2] == ("get", "crd") else ""

    def apply(self, manifests: list[dict[str, dict[str, str]]]) -> None:
        self.applied += [one["metadata"]["name"] for one in manifests]


def test_only_definitions_that_the_cluster_lacks_are_applied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(definitions, "kubectl", Cluster)
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
