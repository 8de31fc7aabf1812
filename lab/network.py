"""The node's link and the namespaces outside, and everything of networks that a run leaves on the machine."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from lab import plan
from lab.home import Home

FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")
PROXY_TABLES = (("ip", "kube-proxy"), ("ip6", "kube-proxy"))
FILTER_TABLES = ("filter", "nat", "mangle", "raw")
"""Tables that Felix and the port map plugin share with others, through iptables."""
MARKS = ("cali", "CNI-")
"""How the chains of Felix and of the port map plugin begin."""


@dataclass(frozen=True)
class Before:
    """What a run finds and leaves as it was: the tables of nftables, and whether the machine forwards."""

    tables: tuple[str, ...]
    forwarding: str


def connect(home: Home) -> None:
    """Make the node's link and the outside namespaces, and remember what was there before the first time."""
    _remember(home)
    if plan.NODE_LINK not in links():
        _ip("link", "add", plan.NODE_LINK, "type", "bridge")
    _ip("address", "replace", f"{plan.NODE_ADDRESS}/32", "dev", plan.NODE_LINK)
    _ip("link", "set", plan.NODE_LINK, "up")
    _ip("route", "replace", plan.GATEWAY, "dev", plan.NODE_LINK)
    FORWARDING.write_text("1", "ascii")
    for outside in plan.OUTSIDE:
        _connect_outside(outside)
    _ip("-n", plan.INTERNET.name, "address", "replace", f"{plan.METADATA}/32", "dev", "eth0")
    _ip("route", "replace", f"{plan.METADATA}/32", "dev", plan.INTERNET.link)


def _connect_outside(outside: plan.Outside) -> None:
    """Make a namespace whose only way leads to the node; of its range the machine routes this one address."""
    if outside.name not in namespaces():
        _ip("netns", "add", outside.name)
    if outside.link not in links():
        _ip("link", "add", outside.link, "type", "veth", "peer", "name", "eth0", "netns", outside.name)
    _ip("address", "replace", outside.gateway, "peer", outside.address, "dev", outside.link)
    _ip("link", "set", outside.link, "up")
    inside = ("-n", outside.name)
    _ip(*inside, "address", "replace", outside.address, "peer", outside.gateway, "dev", "eth0")
    for link in ("lo", "eth0"):
        _ip(*inside, "link", "set", link, "up")
    _ip(*inside, "route", "replace", "default", "via", outside.gateway)


def disconnect(home: Home) -> None:
    """Remove links, namespaces and rules that a run made; what was there before stays."""
    before = _remembered(home)
    for outside in plan.OUTSIDE:
        if outside.name in namespaces():
            _ip("netns", "delete", outside.name)
    for link in left_links():
        _run(["ip", "link", "delete", link])
    _remove_rules(before.tables)
    _remove_sets()
    if FORWARDING.read_text("ascii").strip() != before.forwarding:
        FORWARDING.write_text(before.forwarding, "ascii")


def left_links() -> set[str]:
    """Return the links on this machine that a run makes: the node's, those outside, those of pods."""
    ours = {plan.NODE_LINK, *(outside.link for outside in plan.OUTSIDE)}
    return {link for link in links() if link in ours or link.startswith("cali")}


def left() -> Iterator[str]:
    """Yield, in words, every link, namespace and rule of a run that is on this machine."""
    yield from (f"link {link}" for link in sorted(left_links()))
    yield from (f"network namespace {outside.name}" for outside in plan.OUTSIDE if outside.name in namespaces())
    yield from (f"nftables table {' '.join(table)}" for table in PROXY_TABLES if " ".join(table) in tables())
    for table in FILTER_TABLES:
        saved = _run(["iptables-nft-save", "-t", table]) if f"ip {table}" in tables() else ""
        yield from (f"rule of table {table}: {line}" for line in saved.splitlines() if _is_ours(line))


def links() -> set[str]:
    """Return the names of all links."""
    return {entry.name for entry in Path("/sys/class/net").iterdir()}


def namespaces() -> set[str]:
    """Return the names of all network namespaces that have one."""
    return {line.split()[0] for line in _run(["ip", "netns", "list"]).splitlines() if line}


def tables() -> set[str]:
    """Return the tables of nftables, as `family name`."""
    return {line.removeprefix("table ") for line in _run(["nft", "list", "tables"]).splitlines()}


def _is_ours(line: str) -> bool:
    return any(f" {mark}" in line or f":{mark}" in line or f'"{mark}' in line for mark in MARKS)


def _remove_sets() -> None:
    """Remove the proxy's tables, and Felix's sets, which its rules must not use any more."""
    for table in PROXY_TABLES:
        if " ".join(table) in tables():
            _run(["nft", "delete", "table", *table])
    for name in _run(["ipset", "list", "-name"]).split():
        if name.startswith("cali"):
            _run(["ipset", "destroy", name])


def _remove_rules(before: Collection[str]) -> None:
    """Take our rules out of the shared tables; a table that was not there before and holds no other rule goes."""
    for family, tool in (("ip", "iptables-nft"), ("ip6", "ip6tables-nft")):
        for table in FILTER_TABLES:
            if f"{family} {table}" not in tables():
                continue
            kept = [line for line in _run([f"{tool}-save", "-t", table]).splitlines() if not _is_ours(line)]
            if f"{family} {table}" in before or any(line.startswith("-A") for line in kept):
                _run([f"{tool}-restore", "-T", table], given="\n".join([*kept, ""]))
            else:
                _run(["nft", "delete", "table", family, table])


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
        return Before(tuple(found["tables"]), found["forwarding"])
    except (OSError, ValueError, KeyError):
        return _now()


def _now() -> Before:
    return Before(tuple(sorted(tables())), FORWARDING.read_text("ascii").strip())


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


def _run(command: list[str], given: str | None = None) -> str:
    return subprocess.run(command, input=given, capture_output=True, text=True, check=False).stdout
