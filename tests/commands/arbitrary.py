"""Documents of any shape: a good object in which up to four fields are something else, and what is plainly wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from quadrant_platform.program.manifest_files import read_manifests
from tests.policies.builders import UNKNOWN
from tools.docs.corpus import PASSES

Path = tuple[str | int, ...]

VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 80, 2**31, 2**63, 2**64, 1.5, -0.0, 1e300, "", "x", "80", "true", "null", "ALL", "a: b",
    UNKNOWN, "\u00e9\u4e2d\u0007", "x" * 5000, [], {}, [None], [[]], [{}], [0], ["x"], [[[[]]]], {"": None}, {"x": 1},
    {"a": {"b": {"c": []}}}, {"name": 5}, [{"name": None}, None, {}], {"matchLabels": []}, list(range(500)), [{}] * 300,
    {str(number): number for number in range(300)}, "Pod", "List", "DeploymentList", "Rollout", "Secret",
    "NetworkPolicy", "v1", "apps/v1", "batch/v1/x",
)  # fmt: skip
ROOTS: tuple[Any, ...] = (
    None,
    5,
    True,
    "text",
    1.5,
    [],
    {},
    [{}],
    [None],
    {"kind": {}},
    {"items": 5},
    {"kind": "List", "items": {}},
)


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """All places in a manifest, and one that is not there in each object."""
    yield path
    if isinstance(value, dict):
        yield (*path, "extra")
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield from _paths(item, (*path, key))


BASES = tuple(found.manifest for file in sorted(PASSES.glob("*.yaml")) for found in read_manifests(file))
PATHS = tuple(tuple(_paths(base)) for base in BASES)


def _put(node: Any, path: Path, value: Any) -> Any:
    """A copy with one place changed; nothing happens where the way there is gone."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(node, list):
        return [_put(item, rest, value) if index == key else item for index, item in enumerate(node)]
    return {**node, key: _put(node.get(key), rest, value)} if isinstance(node, dict) else node


_CHANGES = 4
_WIDTH = 3 + 4 * _CHANGES
CODES = st.binary(min_size=25 * _WIDTH, max_size=25 * _WIDTH)
"""Twenty-five documents out of one draw, since each draw is slow."""


def documents(codes: bytes) -> list[Any]:
    """The documents that some bytes encode."""
    return [_document(codes[at : at + _WIDTH]) for at in range(0, len(codes), _WIDTH)]


def _document(code: bytes) -> Any:
    if code[0] % 16 == 1:
        return ROOTS[code[1] % len(ROOTS)]
    index = int.from_bytes(code[1:3]) % len(BASES)
    found = BASES[index]
    for at in range(3, len(code), 4):
        place, chosen = int.from_bytes(code[at : at + 2]), int.from_bytes(code[at + 2 : at + 4])
        if chosen % 8 > 3:
            value = VALUES[chosen // 8 % len(VALUES)]
            found = _put(found, PATHS[index][1:][place % (len(PATHS[index]) - 1)], value)
    return found
