"""The machine's links and network namespaces."""

from __future__ import annotations

from pathlib import Path

from lab.commands import ask

LINKS = Path("/sys/class/net")


def names() -> set[str]:
    """Return the names of all links."""
    return {entry.name for entry in LINKS.iterdir()}


def namespaces() -> set[str]:
    """Return the names of all network namespaces that have one."""
    return {line.split()[0] for line in ask(["ip", "netns", "list"]).splitlines() if line}
