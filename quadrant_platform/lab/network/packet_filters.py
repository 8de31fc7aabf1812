"""Rules of packet filters: the lab's own in tables that others share, and whole tables that only a run has."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from quadrant_platform.lab.machine.system_commands import output_of

PROXY_TABLES = (("ip", "kube-proxy"), ("ip6", "kube-proxy"))
FILTER_TABLES = ("filter", "nat", "mangle", "raw")
"""Tables that Felix and the port map plugin share with others, through iptables."""
PREFIXES = ("cali", "CNI-")
"""How the names of chains of Felix and of the port map plugin begin."""


def tables() -> set[str]:
    """Return the tables of nftables, as `family name`."""
    return {line.removeprefix("table ") for line in output_of(["nft", "list", "tables"]).splitlines()}


def remaining() -> Iterator[str]:
    """Describe every table and rule of a run's proxy, Felix and port map."""
    there = tables()
    yield from (f"nftables table {' '.join(table)}" for table in PROXY_TABLES if " ".join(table) in there)
    for table in FILTER_TABLES:
        saved = output_of(["iptables-nft-save", "-t", table]) if f"ip {table}" in there else ""
        yield from (f"rule of table {table}: {line}" for line in saved.splitlines() if _is_ours(line))


def remove(before: Collection[str]) -> None:
    """Remove the proxy's tables, Felix's and the port map's rules, and then Felix's sets, which these use.

    A shared table goes too where it is not among those of `before` and holds no other rule.
    """
    for family, tool in (("ip", "iptables-nft"), ("ip6", "ip6tables-nft")):
        for shared in FILTER_TABLES:
            if f"{family} {shared}" in tables():
                _remove_rules(family, shared, tool, before)
    for table in PROXY_TABLES:
        if " ".join(table) in tables():
            output_of(["nft", "delete", "table", *table])
    _remove_sets()


def _remove_sets() -> None:
    for name in output_of(["ipset", "list", "-name"]).split():
        if name.startswith("cali"):
            output_of(["ipset", "destroy", name])


def _remove_rules(family: str, table: str, tool: str, before: Collection[str]) -> None:
    others = [line for line in output_of([f"{tool}-save", "-t", table]).splitlines() if not _is_ours(line)]
    if f"{family} {table}" in before or any(line.startswith("-A") for line in others):
        output_of([f"{tool}-restore", "-T", table], stdin="\n".join([*others, ""]))
    else:
        output_of(["nft", "delete", "table", family, table])


def _is_ours(line: str) -> bool:
    return any(f" {prefix}" in line or f":{prefix}" in line or f'"{prefix}' in line for prefix in PREFIXES)
