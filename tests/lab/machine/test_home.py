"""The lab's folder has one name, the one that the kernel lists."""

from pathlib import Path

import pytest

from quadrant_platform.lab.machine.home import Home


@pytest.fixture
def linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that QUADRANT_LAB_HOME names through a link."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "home").symlink_to(tmp_path / "disk")
    monkeypatch.setenv("QUADRANT_LAB_HOME", str(tmp_path / "home" / "lab"))
    return (tmp_path / "disk").resolve()


def test_a_folder_behind_a_link_is_named_as_the_kernel_lists_it(linked: Path) -> None:
    assert Home.here().root == linked / "lab", "mounts and programs are listed without links"


def test_a_relative_folder_does_not_move_with_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUADRANT_LAB_HOME", "lab")
    assert Home.here().root == tmp_path.resolve() / "lab", "compilers run in the folders of their sources"


def test_a_tilde_that_no_shell_has_expanded_is_the_users_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("QUADRANT_LAB_HOME", "~/lab")
    assert Home.here().root == tmp_path.resolve() / "lab", "files of variables are read without a shell"
    monkeypatch.delenv("QUADRANT_LAB_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", "~/cache")
    assert Home.here().root == tmp_path.resolve() / "cache" / "quadrant" / "lab", "either variable may have one"
