"""The machine's links and namespaces: which of them a run of the lab made, and which only have such a name."""

from __future__ import annotations

import hashlib
import shlex
from contextlib import suppress
from pathlib import Path

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.lab.machine import network_plan
from quadrant_platform.lab.machine.home import Home
from quadrant_platform.lab.machine.system_commands import ip, output_of

LINKS = Path("/sys/class/net")
MARK = "quadrant:"
"""How the alias of the node's link begins; the folder of the lab that made it follows."""
PODS = "cali"
"""How the names of pods' links begin; Felix requires it."""


def names() -> set[str]:
    """Return the names of all links."""
    return {entry.name for entry in LINKS.iterdir()}


def namespaces() -> set[str]:
    """Return the names of all network namespaces that have one."""
    return {line.split()[0] for line in output_of(["ip", "netns", "list"]).splitlines() if line}


def make_node_link(home: Home) -> None:
    """Make the node's link, marked as this lab's; BadInput where another link has its name.

    The kernel takes no alias for a link that it is just making. Until the link has its alias, it has another name, so
    that a kill leaves no unmarked link under the node's name.
    """
    if found := conflict(home):
        raise BadInput([found])
    there, unfinished = names(), _unfinished(home)
    if network_plan.NODE_LINK in there:
        return
    if unfinished not in there:
        ip("link", "add", "name", unfinished, "type", "bridge")
    ip("link", "set", unfinished, "alias", _mark(home))
    ip("link", "set", unfinished, "name", network_plan.NODE_LINK)


def of_run(home: Home) -> set[str]:
    """Return the links that a run of this lab made: the node's, those of external hosts, those of pods."""
    there = names()
    found = {_unfinished(home)} & there
    if other_lab(home):
        return found
    ours = {host.link for host in network_plan.EXTERNAL_HOSTS} | of_node(home)
    return found | {link for link in there if link in ours or link.startswith(PODS)}


def of_node(home: Home) -> set[str]:
    """Return the node's link, finished or not, where there is one and this lab made it."""
    finished = {network_plan.NODE_LINK} if _alias() == _mark(home) else set[str]()
    return ({_unfinished(home)} & names()) | finished


def other_lab(home: Home) -> Problem | None:
    """Return a problem where a lab in another folder made the node's link."""
    alias = _alias()
    if alias is None or not alias.startswith(MARK) or alias == _mark(home):
        return None
    folder = f"QUADRANT_LAB_HOME={shlex.quote(alias.removeprefix(MARK))}"
    what = f"the lab of {alias.removeprefix(MARK)} runs here, and a machine has room for one"
    return Problem(("lab",), what, f"use that one, with {folder}, or end it: `{folder} lab down`")


def conflict(home: Home) -> Problem | None:
    """Return a problem where there is a link with the node's name that this lab did not make."""
    if _alias() in (None, _mark(home)):
        return None
    what = "was not made by the lab, which makes one of that name"
    remedy = (
        f"`ip -details link show {network_plan.NODE_LINK}` shows it; "
        "rename it, or set KUBECONFIG to use another cluster"
    )
    return other_lab(home) or Problem((f"link {network_plan.NODE_LINK}",), what, remedy)


def _mark(home: Home) -> str:
    return f"{MARK}{home.root.resolve()}"


def _unfinished(home: Home) -> str:
    """Return the name of the node's link until it is marked: unique to this lab, and not longer than links allow."""
    digest = hashlib.sha256(_mark(home).encode("utf-8", "surrogateescape")).hexdigest()
    return f"{network_plan.NODE_LINK}-{digest[:8]}"


def _alias() -> str | None:
    """Return the alias of the link that has the name of the node's; None where there is no such link."""
    with suppress(OSError):
        return (LINKS / network_plan.NODE_LINK / "ifalias").read_text("utf-8", "surrogateescape").rstrip("\n")
    return None
