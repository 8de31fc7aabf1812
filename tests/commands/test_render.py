"""A render is one file an object, in the order of application, and replaces only what it wrote."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.program import render_folder
from quadrant_platform.program.recorder import record
from quadrant_platform.program.rendering import files, write
from tests.commands.running import CONFIG, SAMPLE, STACK, Runner


def test_what_is_applied_first_has_the_lowest_number() -> None:
    names = list(files(record(CONFIG, "dev", SAMPLE).manifests()))
    kinds = [name.split("-")[1] for name in names]
    assert kinds[:2] == ["namespace", "namespace"], "nothing fits into a namespace that is not there"
    assert kinds.index("networkpolicy") < kinds.index("deployment"), "no pod starts before its isolation"
    assert names.index("029-networkpolicy-sample-backend-default-deny.yaml") == 2, "all is denied before any is allowed"
    assert names == sorted(names), "kubectl applies a folder by name"


def test_a_file_holds_its_object_unchanged() -> None:
    manifests = record(CONFIG, "dev", SAMPLE).manifests()
    read = [yaml.safe_load(text) for text in files(manifests).values()]
    assert len(read) == len(manifests), "one file an object"
    assert [manifest for manifest in manifests if manifest not in read] == [], "YAML loses nothing"


@pytest.mark.parametrize("text", ["1e3", "0x1F", "0o17", "y", "no", "12:30", "2024-01-01", ".5", "1_000", "null", "~"])
def test_text_stays_text_for_every_reader(text: str) -> None:
    written = write({"kind": "ConfigMap", "data": {"key": text}})
    assert f"'{text}'" in written, "a reader of YAML 1.1 or 1.2 could take it for something else"


def test_long_text_is_written_as_lines() -> None:
    assert "key: |\n    one\n    two\n" in write({"data": {"key": "one\ntwo\n"}}), "scripts can be reviewed"


def test_what_an_object_is_comes_first() -> None:
    text = write({"data": {}, "metadata": {"name": "n"}, "kind": "ConfigMap", "apiVersion": "v1", "binaryData": {}})
    keys = [line.split(":")[0] for line in text.splitlines() if not line.startswith(" ")]
    assert keys == ["apiVersion", "kind", "metadata", "binaryData", "data"], "the rest follows by name"


def test_repeated_values_are_written_out() -> None:
    labels = {"app": "x"}
    assert "&" not in write({"a": labels, "b": labels}), "anchors make files hard to compare"


def test_names_that_fall_together_are_told_apart() -> None:
    def service(namespace: str, name: str) -> dict[str, Any]:
        return {"apiVersion": "v1", "kind": "Service", "metadata": {"namespace": namespace, "name": name}}

    assert len(files([service("a", "b-c"), service("a-b", "c")])) == 2, "no object is lost"


@pytest.mark.usefixtures("sample")
def test_a_second_render_replaces_the_first(quadrant: Runner, tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    first = quadrant("render", *STACK, "--out", out, "--format", "json")
    assert first.code == 0, first.err
    before = {path.name: path.read_text(encoding="utf-8") for path in out.iterdir()}
    assert sorted(json.loads(first.out)["files"]) == sorted(before.keys() - {render_folder.MARKER}), (
        "the list of files is the result"
    )
    (out / "000-namespace-sample-backend.yaml").write_text("edited", encoding="utf-8")
    assert quadrant("render", *STACK, "--out", out).code == 0, "an edited file of ours is still ours"
    assert {path.name: path.read_text(encoding="utf-8") for path in out.iterdir()} == before, "same input, same files"
    assert list(out.parent.iterdir()) == [out], "nothing is left beside it"


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize("present", ["mine.yaml", "sub/mine.yaml"])
def test_a_folder_with_other_files_is_left_alone(quadrant: Runner, tmp_path: Path, present: str) -> None:
    (tmp_path / present).parent.mkdir(exist_ok=True)
    (tmp_path / present).write_text("mine", encoding="utf-8")
    result = quadrant("render", *STACK, "--out", tmp_path)
    assert result.code == 2, "what somebody else wrote is not ours to delete"
    assert "mine.yaml" in result.err or "sub" in result.err, "the message names what is in the way"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / present], (
        "nothing was written or deleted"
    )


@pytest.mark.usefixtures("sample")
def test_a_stranger_in_an_earlier_render_protects_it(quadrant: Runner, tmp_path: Path) -> None:
    out = tmp_path / "out"
    quadrant("render", *STACK, "--out", out)
    (out / "kustomization.yaml").write_text("mine", encoding="utf-8")
    assert quadrant("render", *STACK, "--out", out).code == 2, "one foreign file is enough"
    assert (out / "kustomization.yaml").exists(), "and it is still there"


@pytest.mark.usefixtures("sample")
def test_a_file_is_no_folder_to_render_into(quadrant: Runner, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert quadrant("render", *STACK, "--out", tmp_path / "file").code == 2, "a file cannot hold files"


def test_a_render_that_fails_leaves_the_earlier_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    render_folder.replace(out, {"a.yaml": "1"}, {})
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if target == out and not self.name.endswith(".old"):
            raise OSError("disk full")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    monkeypatch.setattr(render_folder, "_exchanged", lambda *_: False)
    with pytest.raises(OSError, match="disk full"):
        render_folder.replace(out, {"b.yaml": "2"}, {})
    assert (out / "a.yaml").read_text(encoding="utf-8") == "1", "all or nothing"
    assert list(tmp_path.iterdir()) == [out], "and no half of it beside"


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize("below", ["file/out", "file/sub/out"])
def test_a_folder_that_cannot_be_made_is_bad_input(quadrant: Runner, tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    result = quadrant("render", *STACK, "--out", tmp_path / below)
    assert result.code == 2, "the caller can name another folder, the program cannot"
    assert f"{tmp_path / below} cannot be written" in result.err, "the message names what is in the way"


def test_a_read_only_folder_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    render_folder.replace(out, {"a.yaml": "1"}, {})
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(BadInput, match="read-only"):
        render_folder.replace(out, {"b.yaml": "2"}, {})
    assert (out / "a.yaml").exists(), "whoever took the right to write meant it"


@pytest.mark.skipif(sys.platform != "linux", reason="needs linux: two folders change places in one step")
def test_there_is_no_moment_without_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    render_folder.replace(out, {"a.yaml": "1"}, {})
    renamed: list[Path] = []
    monkeypatch.setattr(Path, "rename", lambda self, _target: renamed.append(self))
    render_folder.replace(out, {"b.yaml": "2"}, {})
    assert renamed == [], "between two renames a kill would leave no folder"
    assert sorted(path.name for path in out.iterdir()) == [render_folder.MARKER, "b.yaml"], (
        "the new files are in its place"
    )
    assert list(tmp_path.iterdir()) == [out], "and the old ones are gone"
