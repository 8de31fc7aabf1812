"""The output folder of a render is replaced as a whole or not at all."""

import os
from pathlib import Path

import pytest

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.program.render_folder import MARKER, write_render


def test_a_render_that_fails_leaves_the_earlier_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    write_render(out, {"a.yaml": "1"}, {})
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if target == out and not self.name.endswith(".old"):
            raise OSError("disk full")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="disk full"):
        write_render(out, {"b.yaml": "2"}, {})
    assert (out / "a.yaml").read_text(encoding="utf-8") == "1", "all or nothing"
    assert list(tmp_path.iterdir()) == [out], "and no half of it beside"


def test_a_read_only_folder_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    write_render(out, {"a.yaml": "1"}, {})
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(BadInput, match="read-only"):
        write_render(out, {"b.yaml": "2"}, {})
    assert (out / "a.yaml").exists(), "whoever took the right to write meant it"


def test_a_render_that_a_kill_interrupted_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    write_render(out, {"a.yaml": "1"}, {})
    rename = Path.rename

    def killed(self: Path, target: Path) -> Path:
        if target == out:
            os._exit(9)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", killed)
    child = os.fork()
    if child == 0:
        write_render(out, {"b.yaml": "2"}, {})
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9, "it ended between the two renames"
    monkeypatch.undo()
    assert (tmp_path / ".out.old" / "a.yaml").read_text(encoding="utf-8") == "1", "the earlier render is whole"
    write_render(out, {"c.yaml": "3"}, {})
    assert sorted(path.name for path in out.iterdir()) == [MARKER, "c.yaml"], "the new files are in its place"
    assert not (tmp_path / ".out.old").exists(), "and the earlier ones are gone"
