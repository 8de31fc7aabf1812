"""`render` replaces only a folder that it wrote."""

import json
from pathlib import Path

import pytest

from quadrant_platform.program.render_folder import MARKER
from tests.commands.running import STACK, Runner


@pytest.mark.usefixtures("sample")
def test_a_second_render_replaces_the_first(quadrant: Runner, tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    first = quadrant("render", *STACK, "--out", out, "--format", "json")
    assert first.code == 0, first.err
    before = {path.name: path.read_text(encoding="utf-8") for path in out.iterdir()}
    assert sorted(json.loads(first.out)["files"]) == sorted(before.keys() - {MARKER}), "the list of files is the result"
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
    assert result.code == 2, "another's files are not ours to delete"
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


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize("below", ["file/out", "file/sub/out"])
def test_a_folder_that_cannot_be_made_is_bad_input(quadrant: Runner, tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    result = quadrant("render", *STACK, "--out", tmp_path / below)
    assert result.code == 2, "the caller can name another folder, the program cannot"
    assert f"{tmp_path / below} cannot be written" in result.err, "the message names what is in the way"
