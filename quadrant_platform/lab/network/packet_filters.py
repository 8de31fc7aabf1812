"""Rules of packet filters: our own in tables that others share, and whole tables that only a run has."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from quadrant_platform.lab.machine.system_commands import ask

PROXY_TABLES = (("ip", "kube-proxy"), ("ip6", "kube-proxy"))
FILTER_TABLES = ("filter", "nat", "mangle", "raw")
"""Tables that Felix and the port map plugin share with others, through iptables."""
MARKS = ("cali", "CNI-")
"""How the chains of Felix and of the port map plugin begin."""


def tables() -> set[str]:
    """Return the tables of nftables, as `family name`."""
    return {line.removeprefix("table ") for line in ask(["nft", "list", "tables"]).splitlines()}


def left() -> Iterator[str]:
    """Yield, in words, every table and rule of a run's proxy, Felix and port map."""
    there = tables()
    yield from (f"nftables table {' '.join(table)}" for table in PROXY_TABLES if " ".join(table) in there)
    for table in FILTER_TABLES:
        saved = ask(["iptables-nft-save", "-t", table]) if f"ip {table}" in there else ""
        yield from (f"rule of table {table}: {line}" for line in saved.splitlines() if _is_ours(line))


def remove(before: Collection[str]) -> None:
    """Remove the proxy's tables, Felix's and the port map's rules, and then Felix's sets, which these use.

    A shared table that was not there before and holds no other rule goes too.
    """
    for family, tool in (("ip", "iptables-nft"), ("ip6", "ip6tables-nft")):
        for shared in FILTER_TABLES:
            if f"{family} {shared}" in tables():
                _take_out(family, shared, tool, before)
    for table in PROXY_TABLES:
        if " ".join(table) in tables():
            ask(["nft", "delete", "table", *table])
    _remove_sets()


def _remove_sets() -> None:
    for name in ask(["ipset", "list", "-name"]).split():
        if name.startswith("cali"):
            ask(["ipset", "destroy", name])


def _take_out(family: str, table: str, tool: str, before: Collection[str]) -> None:
    kept = [line for line in ask([f"{tool}-save", "-t", table]).splitlines() if not _is_ours(line)]
    if f"{family} {table}" in before or any(line.startswith("-A") for line in kept):
        ask([f"{tool}-restore", "-T", table], given="\n".join([*kept, ""]))
    else:
        ask(["nft", "delete", "table", family, table])


def _is_ours(line: str) -> bool:
    return any(f" {mark}" in line or f":{mark}" in line or f'"{mark}' in line for mark in MARKS)
