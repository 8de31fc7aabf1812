"""Files and folders appear whole or not at all."""

from pathlib import Path

import pytest

from quadrant_platform.host.files import remove, replace_folder, write_atomically


def folder(path: Path, name: str) -> Path:
    """Make a folder with one file."""
    path.mkdir()
    (path / name).write_text(name, encoding="utf-8")
    return path


def names(path: Path) -> list[str]:
    return sorted(one.name for one in path.iterdir())


@pytest.mark.parametrize("content", ["später", "später".encode()])
def test_a_file_is_written_whole_and_nothing_stays_beside_it(tmp_path: Path, content: str | bytes) -> None:
    file = tmp_path / "new" / "settings.yaml"
    write_atomically(file, "old")
    write_atomically(file, content)
    assert file.read_text(encoding="utf-8") == "später", "text is UTF-8, bytes are kept"
    assert names(file.parent) == ["settings.yaml"], "the part became the file"


def test_a_write_that_fails_leaves_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings.yaml"
    write_atomically(file, "old")

    def full(_self: Path, _content: bytes) -> int:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="disk full"):
        write_atomically(file, "new")
    assert file.read_text(encoding="utf-8") == "old", "half a file would be read as a whole one"


@pytest.mark.parametrize(("private", "others"), [(True, 0), (False, 0o044)])
def test_a_private_file_is_for_its_owner_alone(tmp_path: Path, private: bool, others: int) -> None:
    file = tmp_path / "key"
    write_atomically(file, "secret", private=private)
    assert file.stat().st_mode & 0o044 == others, "a key is never readable for others, not even while it is written"


def test_a_part_that_a_kill_left_lends_its_rights_to_no_private_file(tmp_path: Path) -> None:
    (tmp_path / ".key.part").write_text("half", encoding="utf-8")
    write_atomically(tmp_path / "key", "secret", private=True)
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0, "the part is made anew"


def test_a_folder_takes_the_place_of_another(tmp_path: Path) -> None:
    replace_folder(folder(tmp_path / "fresh", "b"), folder(tmp_path / "out", "a"))
    assert names(tmp_path / "out") == ["b"], "the new files are in its place"
    assert names(tmp_path) == ["out"], "the old ones are gone"


def test_a_folder_that_cannot_be_replaced_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh, out = folder(tmp_path / "fresh", "b"), folder(tmp_path / "out", "a")
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if self == fresh:
            raise OSError("disk full")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="disk full"):
        replace_folder(fresh, out)
    assert names(out) == ["a"], "all or nothing"


def test_a_kill_between_the_renames_loses_nothing_and_the_next_call_clears_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh, out = folder(tmp_path / "fresh", "b"), folder(tmp_path / "out", "a")
    rename = Path.rename
    with monkeypatch.context() as killed:
        killed.setattr(Path, "rename", lambda self, target: rename(self, target) if self == out else target)
        killed.setattr("shutil.rmtree", lambda *_, **__: None)
        replace_folder(fresh, out)
    assert names(tmp_path) == [".out.old", "fresh"], "both folders are there"
    assert (names(tmp_path / ".out.old"), names(fresh)) == (["a"], ["b"]), "and both are whole"
    replace_folder(fresh, out)
    assert (names(tmp_path), names(out)) == (["out"], ["b"]), "whoever runs it again has one folder, the new one"


def test_what_may_be_absent_is_removed(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    link = tmp_path / "link"
    link.symlink_to(folder(tmp_path / "kept", "a"))
    for path in (file, link, folder(tmp_path / "gone", "b"), tmp_path / "absent"):
        remove(path)
    assert names(tmp_path) == ["kept"], "a link goes alone, not what it leads to"
