"""Host packages: only missing ones are installed, and a machine that cannot is refused before anything changes."""

import os
from pathlib import Path

import pytest

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.lab.build import debian, root_filesystems
from quadrant_platform.lab.build.debian import Package
from quadrant_platform.lab.build.failure import BuildFailed
from quadrant_platform.lab.kubernetes import node_settings
from quadrant_platform.lab.machine.home import Home
from tests.lab.build.conftest import Tool, quiet

QUERY = "echo containerd installed; echo runc config-files; echo iproute2 installed"
REMOVES = "echo 'Inst runc (1.1 Debian [amd64])'; echo 'Remv docker-ce [28]'; echo 'Remv containerd.io [2]'"
REFUSES = "echo ' runc : Depends: libc6 (>= 9) but 2 is to be installed'; echo 'E: you have held broken packages.' >&2"
STRANGER = """
case "$*" in
  *one*) echo "E: Unable to locate package one" >&2; exit 100 ;;
  *two*) echo "Remv docker-ce [28]" ;;
esac
"""
"""An apt-get that has no `one`, and would remove something for `two`."""


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Be root on a machine that systemd does not run."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(debian, "BOOTED", tmp_path / "booted")
    monkeypatch.setattr(debian, "PAUSE", 0.0)


def apt(tool: Tool, calls: Path, **commands: str) -> None:
    """Put an apt-get on PATH that notes what it is to change, and behaves as given for each command and for a trial."""
    cases = "".join(f"{name}) {script} ;;\n" for name, script in commands.items())
    name = "name=; for one; do case $one in update|install|--simulate) name=${one#--} ;; esac; done\n"
    note = f'case $name in simulate) ;; *) echo "$* $DEBIAN_FRONTEND" >> "{calls}" ;; esac\n'
    tool("apt-get", f"{name}{note}case $name in\n{cases}esac")


def test_only_packages_that_are_not_installed_are_missing(tool: Tool) -> None:
    tool("dpkg-query", QUERY)
    missing = debian.missing()
    assert "containerd" not in missing, "it is installed"
    assert {"runc", "nftables"} <= set(missing), "one was removed, of the other nothing is known"


def test_programs_that_another_package_brought_are_not_missing(tool: Tool) -> None:
    for program in ("containerd", "containerd-shim-runc-v2", "ctr", "runc"):
        tool(program, "")
    assert not {"containerd", "runc"} & {*debian.missing()}, "Docker's containerd would have to go for Debian's"
    assert "nftables" in debian.missing(), "no package has it"


def test_a_package_of_which_another_brought_only_a_part_is_missing(tool: Tool) -> None:
    tool("containerd", "")
    assert "containerd" in debian.missing(), "without its shim no pod starts"


def test_a_file_that_is_no_program_counts_as_well(tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = tmp_path / "keyring.gpg"
    monkeypatch.setattr(debian, "PACKAGES", {"debian-archive-keyring": Package("keys", (str(keyring),))})
    assert debian.missing() == ("debian-archive-keyring",), "another distribution lacks Debian's keys"
    keyring.touch()
    assert debian.missing() == (), "the keys are there"


def test_what_is_looked_for_is_what_the_lab_starts() -> None:
    plugins = debian.PACKAGES["containernetworking-plugins"].parts
    assert {Path(plugin).parent for plugin in plugins} == {node_settings.PLUGINS}, "containerd takes them from there"
    assert debian.PACKAGES["mmdebstrap"].parts == (root_filesystems.TOOL,), "images are unpacked by it"


@pytest.mark.usefixtures("root")
def test_lists_are_fetched_before_packages(tool: Tool, home: Home, calls: Path) -> None:
    apt(tool, calls)
    debian.install(["runc", "nftables"], home, quiet)
    options = "-o DPkg::Lock::Timeout=300"
    assert calls.read_text().splitlines() == [
        f"{options} update noninteractive",
        f"{options} install --yes --no-remove --no-install-recommends nftables runc noninteractive",
    ], "old lists name files that are gone, and nothing is removed, whatever the lists name now"


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    ("trial", "message"),
    [
        (REMOVES, r"would have to remove docker-ce, containerd\.io, .*runc \(starts containers\).*--simulate runc"),
        (REFUSES, r"finds no way to install runc .*libc6 \(>= 9\)"),
    ],
)
def test_a_conflict_is_reported_before_anything_changes(
    trial: str, message: str, tool: Tool, home: Home, calls: Path
) -> None:
    apt(tool, calls, simulate=trial)
    with pytest.raises(BadInput, match=message):
        debian.install(["runc"], home, quiet)
    assert not calls.read_text(), "a machine is asked first what the lab would cost it"
    assert not home.root.exists(), "nothing was begun"


@pytest.mark.usefixtures("root")
def test_packages_that_apt_does_not_know_yet_are_no_conflict(tool: Tool) -> None:
    tool("apt-get", STRANGER)
    assert debian.problems(["one"]) == (), "lists that were never fetched are fetched at the installation"
    (found,) = debian.problems(["one", "two"])
    assert "remove docker-ce" in found.what, "what is known is tried all the same"


@pytest.mark.usefixtures("root")
def test_a_source_that_cannot_be_fetched_blocks_nothing(tool: Tool, home: Home, calls: Path) -> None:
    apt(tool, calls, update="echo 'E: elsewhere is gone'; exit 100")
    debian.install(["runc"], home, quiet)
    assert "install" in calls.read_text(), "the packages come from another source"


@pytest.mark.usefixtures("root")
def test_a_failed_update_is_reported_where_the_installation_fails_too(tool: Tool, home: Home, calls: Path) -> None:
    apt(tool, calls, update="echo 'E: no network'; exit 100", install="echo 'E: no such file'; exit 100")
    with pytest.raises(BuildFailed, match=r"(?s)no network.*whole log of the update: .*no such file"):
        debian.install(["runc"], home, quiet)


@pytest.mark.usefixtures("root")
def test_a_failed_installation_is_reported_alone_where_lists_are_new(tool: Tool, home: Home, calls: Path) -> None:
    apt(tool, calls, install="echo 'E: no space'; exit 100")
    with pytest.raises(BuildFailed, match=r"^apt-get install failed\n  E: no space"):
        debian.install(["runc"], home, quiet)


@pytest.mark.usefixtures("root")
def test_another_run_that_fetches_lists_is_waited_for(tool: Tool, home: Home, calls: Path, tmp_path: Path) -> None:
    first = tmp_path / "first"
    held = "echo 'E: Could not get lock lists/lock'; exit 100"
    apt(tool, calls, update=f'[ -e "{first}" ] && exit 0; : > "{first}"; {held}')
    lines: list[str] = []
    debian.install(["runc"], home, lines.append)
    assert [" update " in line for line in calls.read_text().splitlines()] == [True, True, False], "once more"
    assert any("waits for another run" in line for line in lines), "a person sees why it takes longer"


@pytest.mark.usefixtures("root")
def test_the_packages_service_neither_starts_nor_comes_back(
    tool: Tool, home: Home, calls: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    apt(tool, calls, install=f'echo "offline: $SYSTEMD_OFFLINE" >> "{calls}"')
    tool("systemctl", f'echo "systemctl $* $SYSTEMD_OFFLINE" >> "{calls}"')
    debian.install(["containerd"], home, quiet)
    assert calls.read_text().endswith("offline: 1\n"), "its script starts nothing, and without systemd nothing follows"
    monkeypatch.setattr(debian, "BOOTED", tmp_path)
    debian.install(["runc"], home, quiet)
    assert "systemctl" not in calls.read_text(), "a service that was there before is not ours"
    debian.install(["containerd"], home, quiet)
    last = calls.read_text().splitlines()[-1]
    assert last.strip() == "systemctl --quiet disable containerd.service", "the next boot does not start it either"


def test_nothing_missing_calls_nothing(tool: Tool, home: Home) -> None:
    debian.install([], home, quiet)
    assert not home.root.exists(), "a machine that has all is left as it is, even where apt-get is not"


@pytest.mark.parametrize(
    ("user", "there", "message"),
    [(1000, True, r"needs root .*apt-get install runc"), (0, False, r"is not on PATH.*use Debian 12")],
)
def test_a_machine_that_cannot_install_learns_what_to_do(
    user: int, there: bool, message: str, tool: Tool, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    if there:
        tool("apt-get", "exit 1")
    monkeypatch.setattr(os, "geteuid", lambda: user)
    with pytest.raises(BadInput, match=message):
        debian.install(["runc"], home, quiet)
    assert not home.root.exists(), "nothing was begun"
