"""What the kernel lacks is reported as that, and a missing command is not."""

import shutil
from pathlib import Path

import pytest

from quadrant_platform.lab.machine import kernel


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[str, ...]]:
    """Trials that all fail, on a kernel without overlay."""
    tried: list[tuple[str, ...]] = []
    (tmp_path / "filesystems").write_text("nodev\tproc\n\text4\n", "ascii")
    monkeypatch.setattr(kernel, "FILE_SYSTEMS", tmp_path / "filesystems")

    def fails(*command: str) -> bool:
        tried.append(command)
        return False

    monkeypatch.setattr(kernel, "_succeeds", fails)
    return tried


def has(monkeypatch: pytest.MonkeyPatch, *commands: str) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: name if name in commands else None)


def test_trials_that_fail_are_features_that_the_kernel_lacks(
    tried: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    has(monkeypatch, "ip", "nft", "modprobe")
    found = [one for one in kernel.missing_features() if "cgroup" not in one.what]
    assert {one.path for one in found} == {("kernel",)}, "all is there to try them"
    assert len(found) == len(kernel.TRIALS) + 1, "each is reported, and the file system of containers"
    assert all("KUBECONFIG" in one.remedy for one in found), "another cluster is a way out"


def test_without_the_commands_of_a_trial_nothing_is_said_about_the_kernel(
    tried: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    has(monkeypatch, "modprobe")
    found = [one.what for one in kernel.missing_features()]
    assert not [what for what in found if "link" in what or "nftables" in what], "not tried yet"
    assert tried == [("modprobe", "overlay")], "the lab's own first step installs the others"


@pytest.mark.usefixtures("tried")
def test_a_missing_modprobe_is_reported_as_a_missing_command(monkeypatch: pytest.MonkeyPatch) -> None:
    has(monkeypatch)
    (found,) = (one for one in kernel.missing_features() if "cgroup" not in one.what)
    assert found.path == ("modprobe",), "the kernel may well have the module"
    assert "apt-get install kmod" in found.remedy, "the package that has it is named"
