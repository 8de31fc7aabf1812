"""Host packages: only missing ones are installed, and a machine that cannot is told before anything changes."""

import os
from pathlib import Path

import pytest

from lab.build import debian
from lab.home import Home
from model.errors import BadInput
from tests.build.conftest import Tool, quiet

QUERY = "echo containerd installed; echo runc config-files; echo iproute2 installed"


def test_only_packages_that_are_not_installed_are_missing(tool: Tool) -> None:
    tool("dpkg-query", QUERY)
    missing = debian.missing()
    assert "containerd" not in missing, "it is installed"
    assert {"runc", "nftables"} <= set(missing), "one was removed, of the other nothing is known"


def test_lists_are_fetched_before_packages(
    tool: Tool, home: Home, calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool("apt-get", f'echo "$*" >> "{calls}"')
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    debian.install(["runc", "nftables"], home, quiet)
    assert calls.read_text().splitlines() == ["update", "install --yes --no-install-recommends nftables runc"], (
        "old lists name files that are gone"
    )


def test_nothing_missing_calls_nothing(tool: Tool, home: Home) -> None:
    debian.install([], home, quiet)
    assert not home.root.exists(), "a machine that has all is left as it is, even where apt-get is not"


@pytest.mark.parametrize(
    ("user", "apt", "told"),
    [(1000, True, r"needs root .*apt-get install runc"), (0, False, r"is not on PATH.*use Debian 12")],
)
def test_a_machine_that_cannot_install_is_told_what_to_do(
    user: int, apt: bool, told: str, tool: Tool, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    if apt:
        tool("apt-get", "exit 1")
    monkeypatch.setattr(os, "geteuid", lambda: user)
    with pytest.raises(BadInput, match=told):
        debian.install(["runc"], home, quiet)
    assert not home.root.exists(), "nothing was begun"
