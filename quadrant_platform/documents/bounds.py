"""Bounds on YAML, checked before it is built: aliases multiply, and deep nesting would end the process."""

from typing import NamedTuple

import yaml
from yaml.events import CollectionEndEvent, CollectionStartEvent
from yaml.nodes import MappingNode, Node, SequenceNode

MAX_NODES = 1_000_000
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class ExcessError(Exception):
    """A document over the limits; the line is where it exceeds them."""

    def __init__(self, what: str, remedy: str, line: int) -> None:
        super().__init__(what)
        self.what, self.remedy, self.line = what, remedy, line


class _Extent(NamedTuple):
    """How many nodes lie inside, with every alias written out, and how deep."""

    nodes: int
    depth: int


_OPEN = _Extent(0, 0)
"""The extent of a node while its inside is counted."""


def check_text(text: str, most: int) -> None:
    """Refuse brackets or indentation deeper than `most`; the C parser would overflow the stack composing them."""
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        if isinstance(event, CollectionStartEvent):
            depth += 1
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        if depth > most:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise ExcessError("nested too deeply", f"write at most {most} levels", line)


def check_aliases(root: Node, most: int) -> None:
    """Refuse aliases that contain themselves, or that written out are too many or deeper than `most`."""
    _extent(root, most, {})


def _extent(node: Node, most: int, known: dict[int, _Extent]) -> _Extent:
    """Count every node once, however often aliases lead to it."""
    line = node.start_mark.line + 1
    if known.get(id(node)) == _OPEN:
        raise ExcessError("nested too deeply: an alias contains itself", "write the values out", line)
    if id(node) not in known:
        known[id(node)] = _OPEN
        below = [_extent(child, most, known) for child in _children(node)]
        nodes, depth = 1 + sum(one.nodes for one in below), 1 + max((one.depth for one in below), default=-1)
        if nodes > MAX_NODES:
            raise ExcessError(f"aliases within aliases stand for over {MAX_NODES} values", "use fewer aliases", line)
        if depth > most:
            raise ExcessError("nested too deeply through its aliases", f"write at most {most} levels", line)
        known[id(node)] = _Extent(nodes, depth)
    return known[id(node)]


def _children(node: Node) -> list[Node]:
    if isinstance(node, MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, SequenceNode) else []
