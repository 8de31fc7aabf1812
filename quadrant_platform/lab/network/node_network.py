"""The node's link and the external hosts: connected for a run, and removed with every rule that it leaves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from quadrant_platform.host.files import write_atomically
from quadrant_platform.lab.machine import network_plan
from quadrant_platform.lab.machine.home import Home
from quadrant_platform.lab.machine.network_plan import METADATA_RULE, ExternalHost
from quadrant_platform.lab.machine.system_commands import ip, output_of
from quadrant_platform.lab.network import firewall, links, packet_filters

FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")


@dataclass(frozen=True)
class NetworkBefore:
    """What a run finds and leaves as it was: tables of nftables, links, and whether the machine forwards."""

    tables: tuple[str, ...]
    links: tuple[str, ...]
    forwarding: str

    @property
    def separated(self) -> tuple[str, ...]:
        """The links between which the machine did not forward."""
        return () if self.forwarding == "1" else tuple(link for link in self.links if link != "lo")


def connect(home: Home) -> None:
    """Make the node's link and the external hosts, and record first what the machine has of its own.

    BadInput where a link of another owner is in the way, or the machine refuses.
    """
    _record_before(home)
    links.make_node_link(home)
    ip("address", "replace", f"{network_plan.NODE_ADDRESS}/32", "dev", network_plan.NODE_LINK)
    ip("link", "set", network_plan.NODE_LINK, "up")
    ip("route", "replace", network_plan.GATEWAY, "dev", network_plan.NODE_LINK)
    firewall.install(_before(home).separated)
    FORWARDING.write_text("1", "ascii")
    for host in network_plan.EXTERNAL_HOSTS:
        _connect_host(host)
    _connect_metadata()


def _connect_host(host: ExternalHost) -> None:
    """Make a namespace whose only route leads to the node; of its range the machine routes this one address."""
    if host.name not in links.namespaces():
        ip("netns", "add", host.name)
    if host.link not in links.names():
        ip("link", "add", host.link, "type", "veth", "peer", "name", "eth0", "netns", host.name)
    ip("address", "replace", host.gateway, "peer", host.address, "dev", host.link)
    ip("link", "set", host.link, "up")
    inside = ("-n", host.name)
    ip(*inside, "address", "replace", host.address, "peer", host.gateway, "dev", "eth0")
    for link in ("lo", "eth0"):
        ip(*inside, "link", "set", link, "up")
    ip(*inside, "route", "replace", "default", "via", host.gateway)


def _connect_metadata() -> None:
    """Route pods, and nothing else, to the stand-in of the metadata service: the machine may need the real one."""
    address, table = f"{network_plan.METADATA}/32", network_plan.METADATA_TABLE
    ip("-n", network_plan.INTERNET.name, "address", "replace", address, "dev", "eth0")
    ip("route", "replace", address, "dev", network_plan.INTERNET.link, "table", table)
    if not _routes_metadata():
        ip("rule", "add", "pref", table, *METADATA_RULE)


def _routes_metadata() -> bool:
    return " ".join(METADATA_RULE) in output_of(["ip", "-Numeric", "rule", "show"])


def disconnect(home: Home) -> None:
    """Remove links, namespaces and rules that a run made; what the machine had before stays.

    The node's link goes last: it identifies the others as this lab's.
    """
    before = _before(home)
    for host in network_plan.EXTERNAL_HOSTS:
        if host.name in links.namespaces():
            ip("netns", "delete", host.name)
    node = links.of_node(home)
    _remove(links.of_run(home) - node)
    if _routes_metadata():
        ip("rule", "delete", *METADATA_RULE)
    packet_filters.remove(before.tables)
    firewall.remove()
    _remove(node)
    if before.forwarding != "1" and not _added_since(before):
        FORWARDING.write_text(before.forwarding, "ascii")


def _added_since(before: NetworkBefore) -> set[str]:
    """Return links and tables that appeared during the run: a container engine's, say, which needs forwarding."""
    return (links.names() - {*before.links}) | (packet_filters.tables() - {*before.tables})


def remaining(home: Home) -> Iterator[str]:
    """Describe every link, namespace and rule of a run of this lab that is on this machine."""
    yield from (f"link {link}" for link in sorted(links.of_run(home)))
    if links.other_lab(home):
        return
    there = links.namespaces()
    yield from (f"network namespace {host.name}" for host in network_plan.EXTERNAL_HOSTS if host.name in there)
    if _routes_metadata():
        yield f"routing rule {' '.join(METADATA_RULE)}"
    if firewall.is_installed():
        yield f"nftables table {firewall.TABLE}"
    yield from packet_filters.remaining()


def _remove(names: Iterable[str]) -> None:
    for name in sorted(names):
        output_of(["ip", "link", "delete", name])


def _record_before(home: Home) -> None:
    file = home.state / "before.json"
    if not file.exists():
        write_atomically(file, json.dumps(asdict(_now())))


def _before(home: Home) -> NetworkBefore:
    """Return what the machine had before the run; without a record, what it has now."""
    try:
        found = json.loads((home.state / "before.json").read_text("utf-8"))
        return NetworkBefore(tuple(found["tables"]), tuple(found["links"]), found["forwarding"])
    except (OSError, ValueError, KeyError):
        return _now()


def _now() -> NetworkBefore:
    forwarding = FORWARDING.read_text("ascii").strip()
    return NetworkBefore(tuple(sorted(packet_filters.tables())), tuple(sorted(links.names())), forwarding)
