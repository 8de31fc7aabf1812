"""The machine's links and namespaces: which of them a run made, and which only have a name of ours."""

from __future__ import annotations

import hashlib
import shlex
from contextlib import suppress
from pathlib import Path

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.lab.machine import network_plan
from quadrant_platform.lab.machine.home import Home
from quadrant_platform.lab.machine.system_commands import ask, ip

LINKS = Path("/sys/class/net")
MARK = "quadrant:"
"""How the alias of the node's link begins; the folder of the lab that made it follows."""
PODS = "cali"
"""How links of pods begin, as Felix wants it."""


def names() -> set[str]:
    """Return the names of all links."""
    return {entry.name for entry in LINKS.iterdir()}


def namespaces() -> set[str]:
    """Return the names of all network namespaces that have one."""
    return {line.split()[0] for line in ask(["ip", "netns", "list"]).splitlines() if line}


def make_node_link(home: Home) -> None:
    """Make the node's link, marked as this lab's; BadInput where another link has its name.

    The kernel takes no alias for a link that it is just making: until it has one, the link has another name, so that
    a kill leaves none that could be anybody's.
    """
    if found := stranger(home):
        raise BadInput([found])
    there, part = names(), _part(home)
    if network_plan.NODE_LINK in there:
        return
    if part not in there:
        ip("link", "add", "name", part, "type", "bridge")
    ip("link", "set", part, "alias", _mark(home))
    ip("link", "set", part, "name", network_plan.NODE_LINK)


def of_run(home: Home) -> set[str]:
    """Return the links on this machine that a run of this lab made: the node's, those outside, those of pods."""
    there = names()
    found = {_part(home)} & there
    if other_lab(home):
        return found
    ours = {outside.link for outside in network_plan.OUTSIDE} | of_node(home)
    return found | {link for link in there if link in ours or link.startswith(PODS)}


def of_node(home: Home) -> set[str]:
    """Return the node's link, finished or not, if it is there and this lab's."""
    finished = {network_plan.NODE_LINK} if _alias() == _mark(home) else set[str]()
    return ({_part(home)} & names()) | finished


def other_lab(home: Home) -> Problem | None:
    """Return a problem where the node's link is that of a lab in another folder."""
    alias = _alias()
    if alias is None or not alias.startswith(MARK) or alias == _mark(home):
        return None
    folder = f"QUADRANT_LAB_HOME={shlex.quote(alias.removeprefix(MARK))}"
    what = f"the lab of {alias.removeprefix(MARK)} runs here, and a machine has room for one"
    return Problem(("lab",), what, f"use that one, with {folder}, or end it: `{folder} lab down`")


def stranger(home: Home) -> Problem | None:
    """Return a problem where the node's link is not this lab's."""
    if _alias() in (None, _mark(home)):
        return None
    what = "is somebody else's, and the lab makes one of that name"
    show = f"`ip -details link show {network_plan.NODE_LINK}` shows it"
    remedy = f"{show}; rename it, or set KUBECONFIG to use another cluster"
    return other_lab(home) or Problem((f"link {network_plan.NODE_LINK}",), what, remedy)


def _mark(home: Home) -> str:
    return f"{MARK}{home.root.resolve()}"


def _part(home: Home) -> str:
    """Return the name of the node's link until it is marked: no other lab's, and not longer than links allow."""
    return f"{network_plan.NODE_LINK}-{hashlib.sha256(_mark(home).encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"


def _alias() -> str | None:
    """Return the alias of the link that has the name of the node's; None where there is no such link."""
    with suppress(OSError):
        return (LINKS / network_plan.NODE_LINK / "ifalias").read_text("utf-8", "surrogateescape").rstrip("\n")
    return None
