"""What a run left is found by its folder, whatever that is called, and nothing of others is."""

import subprocess
from pathlib import Path

import pytest

from quadrant_platform.lab.lifecycle import residue
from quadrant_platform.lab.machine.home import Home


@pytest.fixture
def linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that QUADRANT_LAB_HOME names through a link."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "home").symlink_to(tmp_path / "disk")
    monkeypatch.setenv("QUADRANT_LAB_HOME", str(tmp_path / "home" / "lab"))
    return (tmp_path / "disk").resolve()


def test_a_program_that_runs_behind_a_link_is_recognised_as_ours(linked: Path) -> None:
    home = Home.here()
    home.bin.mkdir(parents=True)
    program = home.bin / "etcd"
    program.write_bytes(Path("/usr/bin/cat").read_bytes())
    program.chmod(0o755)
    with subprocess.Popen([str(program), "-", str(home.state / "etcd")], stdin=subprocess.PIPE) as process:
        found = [one.pid for one in residue.processes(home)]
        process.kill()
    assert found == [process.pid], "`lab down` would remove the files under a program that it does not see"


def test_a_stranger_who_runs_our_programs_elsewhere_is_no_part_of_a_run(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.bin.mkdir(parents=True)
    program = home.bin / "etcd"
    program.write_bytes(Path("/usr/bin/sleep").read_bytes())
    program.chmod(0o755)
    with subprocess.Popen([str(program), "60"]) as stranger:
        try:
            assert not [one for one in residue.remaining(home) if f"process {stranger.pid}:" in one], (
                "a test may borrow etcd for itself; only processes that name the run's folder are the run's"
            )
        finally:
            stranger.kill()


@pytest.mark.parametrize("name", ["größe", "two words", "tab\tand\\backslash", "日本", "wide\u3000blank"])
def test_mounts_are_found_for_any_name_of_the_folder(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / name)
    escaped = str(home.state / "kubelet")
    for letter in "\\ \t\n":
        escaped = escaped.replace(letter, f"\\{ord(letter):03o}")
    table = tmp_path / "mounts"
    table.write_text(f"proc /proc proc rw 0 0\ntmpfs {escaped} tmpfs rw 0 0\n", "utf-8")
    monkeypatch.setattr(residue, "MOUNTS", table)
    assert residue.mounts(home) == [str(home.state / "kubelet")], "one that is not found is never unmounted"
