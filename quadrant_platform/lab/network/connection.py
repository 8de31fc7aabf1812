"""The node's link and the namespaces outside, and everything of networks that a run leaves on the machine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from quadrant_platform.lab.machine import network_plan
from quadrant_platform.lab.machine.home import Home
from quadrant_platform.lab.machine.system_commands import ask, ip
from quadrant_platform.lab.network import firewall, links, packet_filters

FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")
METADATA_RULE = ("from", network_plan.PODS, "to", network_plan.METADATA, "lookup", network_plan.METADATA_TABLE)


@dataclass(frozen=True)
class Before:
    """What a run finds and leaves as it was: tables of nftables, links, and whether the machine forwards."""

    tables: tuple[str, ...]
    links: tuple[str, ...]
    forwarding: str

    @property
    def apart(self) -> tuple[str, ...]:
        """The links between which the machine did not forward."""
        return () if self.forwarding == "1" else tuple(link for link in self.links if link != "lo")


def connect(home: Home) -> None:
    """Make the node's link and the outside namespaces, and remember what was there before the first time.

    BadInput where a link of another owner is in the way, or the machine refuses.
    """
    _remember(home)
    links.make_node_link(home)
    ip("address", "replace", f"{network_plan.NODE_ADDRESS}/32", "dev", network_plan.NODE_LINK)
    ip("link", "set", network_plan.NODE_LINK, "up")
    ip("route", "replace", network_plan.GATEWAY, "dev", network_plan.NODE_LINK)
    firewall.put_up(_remembered(home).apart)
    FORWARDING.write_text("1", "ascii")
    for outside in network_plan.OUTSIDE:
        _connect_outside(outside)
    _connect_metadata()


def _connect_outside(outside: network_plan.Outside) -> None:
    """Make a namespace whose only way leads to the node; of its range the machine routes this one address."""
    if outside.name not in links.namespaces():
        ip("netns", "add", outside.name)
    if outside.link not in links.names():
        ip("link", "add", outside.link, "type", "veth", "peer", "name", "eth0", "netns", outside.name)
    ip("address", "replace", outside.gateway, "peer", outside.address, "dev", outside.link)
    ip("link", "set", outside.link, "up")
    inside = ("-n", outside.name)
    ip(*inside, "address", "replace", outside.address, "peer", outside.gateway, "dev", "eth0")
    for link in ("lo", "eth0"):
        ip(*inside, "link", "set", link, "up")
    ip(*inside, "route", "replace", "default", "via", outside.gateway)


def _connect_metadata() -> None:
    """Lead pods, and nobody else, to the stand-in of the metadata service: the machine may need the real one."""
    ip("-n", network_plan.INTERNET.name, "address", "replace", f"{network_plan.METADATA}/32", "dev", "eth0")
    ip(
        "route",
        "replace",
        f"{network_plan.METADATA}/32",
        "dev",
        network_plan.INTERNET.link,
        "table",
        network_plan.METADATA_TABLE,
    )
    if not _leads_metadata():
        ip("rule", "add", "pref", network_plan.METADATA_TABLE, *METADATA_RULE)


def _leads_metadata() -> bool:
    return " ".join(METADATA_RULE) in ask(["ip", "-Numeric", "rule", "show"])


def disconnect(home: Home) -> None:
    """Remove links, namespaces and rules that a run made; what was there before stays.

    The node's link goes last: by it the others are known to be this lab's.
    """
    before = _remembered(home)
    for outside in network_plan.OUTSIDE:
        if outside.name in links.namespaces():
            ip("netns", "delete", outside.name)
    node = links.of_node(home)
    _remove(links.of_run(home) - node)
    if _leads_metadata():
        ip("rule", "delete", *METADATA_RULE)
    packet_filters.remove(before.tables)
    firewall.take_down()
    _remove(node)
    if before.forwarding != "1" and not _came_since(before):
        FORWARDING.write_text(before.forwarding, "ascii")


def _came_since(before: Before) -> set[str]:
    """Return links and tables that came during the run: container engines, say, which need the machine to forward."""
    return (links.names() - {*before.links}) | (packet_filters.tables() - {*before.tables})


def left(home: Home) -> Iterator[str]:
    """Yield, in words, every link, namespace and rule of a run of this lab that is on this machine."""
    yield from (f"link {link}" for link in sorted(links.of_run(home)))
    if links.other_lab(home):
        return
    there = links.namespaces()
    yield from (f"network namespace {outside.name}" for outside in network_plan.OUTSIDE if outside.name in there)
    if _leads_metadata():
        yield f"routing rule {' '.join(METADATA_RULE)}"
    if firewall.is_up():
        yield f"nftables table {firewall.TABLE}"
    yield from packet_filters.left()


def _remove(names: Iterable[str]) -> None:
    for name in sorted(names):
        ask(["ip", "link", "delete", name])


def _remember(home: Home) -> None:
    file = home.state / "before.json"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_text(json.dumps(asdict(_now())), "utf-8")
        part.replace(file)


def _remembered(home: Home) -> Before:
    """Return what was there before the run; what is there now, where nothing was remembered."""
    try:
        found = json.loads((home.state / "before.json").read_text("utf-8"))
        return Before(tuple(found["tables"]), tuple(found["links"]), found["forwarding"])
    except (OSError, ValueError, KeyError):
        return _now()


def _now() -> Before:
    return Before(
        tuple(sorted(packet_filters.tables())), tuple(sorted(links.names())), FORWARDING.read_text("ascii").strip()
    )
