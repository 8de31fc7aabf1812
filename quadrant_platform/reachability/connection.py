"""An allowed connection, and names for the addresses at its ends."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from quadrant_platform.reachability.addresses import AddressSet, Cells
from quadrant_platform.reachability.network_policy import Socket


class Connection(NamedTuple):
    """An allowed connection; connections sort by source, target, protocol and port."""

    source: str
    target: str
    protocol: str
    port: int


def name_address_sets(found: Iterable[Connection], sets: Sequence[AddressSet], cells: Cells) -> frozenset[Connection]:
    """Replace cells by the address sets that they fill; a cell that fills none keeps its name."""
    members = {one.id: cells.of_ranges(one.ranges) for one in sets}
    named: set[Connection] = set()
    outgoing: dict[tuple[str, Socket], set[str]] = defaultdict(set)
    incoming: dict[tuple[str, Socket], set[str]] = defaultdict(set)
    for one in found:
        socket = Socket(one.protocol, one.port)
        if one.target in cells.all:
            outgoing[one.source, socket].add(one.target)
        elif one.source in cells.all:
            incoming[one.target, socket].add(one.source)
        else:
            named.add(one)
    for (pod, socket), group in outgoing.items():
        named |= {Connection(pod, name, *socket) for name in _names(group, members)}
    for (pod, socket), group in incoming.items():
        named |= {Connection(name, pod, *socket) for name in _names(group, members)}
    return frozenset(named)


def _names(group: set[str], members: Mapping[str, frozenset[str]]) -> set[str]:
    filled = {name for name, cells in members.items() if cells and cells <= group}
    return filled | group.difference(*(members[name] for name in filled))
