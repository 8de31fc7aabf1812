"""The documents of a text in YAML or JSON, with their lines and the keys that are written twice."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from quadrant_platform.documents.bounds import ExcessError, check_aliases, check_text
from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.policies.core.objects import list_items

MAX_DEPTH = 100
MAX_OBJECTS = 20_000
"""The most objects that are judged together: ten times those of a large cluster's applications."""
_BLANKS = re.compile(r"[\s\ufeff]*")


class ManifestLoader(yaml.CSafeLoader):
    """Reads dates and times of day as text, as Kubernetes does."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":value"))]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }

    def number(self, node: ScalarNode) -> Any:
        """Return a whole number, or the text of a time."""
        return node.value if ":" in str(node.value) else self.construct_yaml_int(node)


ManifestLoader.add_constructor("tag:yaml.org,2002:int", ManifestLoader.number)
ManifestLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)[eE][-+]?\d+\Z", re.ASCII), list("-+.0123456789")
)  # as JSON and Kubernetes write it, without a dot or a sign


@dataclass(frozen=True)
class LocatedDocument:
    """A document, or an item of a List, with its line and the places of keys that are written twice."""

    value: Any
    line: int
    repeated: tuple[str, ...] = ()


def documents(text: str, file: Path) -> list[LocatedDocument]:
    """Return the documents of a text, the items of a List one by one. Raises BadInput where it is neither."""
    try:
        check_text(text, MAX_DEPTH)
        return _bounded(_of_yaml(text), file)
    except ExcessError as error:
        raise BadInput([Problem((), error.what, error.remedy, file, error.line)]) from None
    except yaml.YAMLError as error:
        if file.suffix == ".json":  # which YAML understands but for some escapes, and with the lines of a List's items
            return _bounded(_of_json(text, file), file)
        raise BadInput([_problem(file, error)]) from None
    except (RecursionError, TypeError, ValueError) as error:
        raise BadInput([Problem((), f"not a Kubernetes document: {error}", "write plain YAML", file, 1)]) from None


def _bounded(found: Iterator[LocatedDocument], file: Path) -> list[LocatedDocument]:
    """Return the documents. Raises BadInput where there are more than can be judged in a bearable time."""
    every = list(islice(found, MAX_OBJECTS + 1))
    if len(every) > MAX_OBJECTS:
        raise BadInput([Problem((), f"over {MAX_OBJECTS} objects", "split the file", file, every[-1].line)])
    return every


def _of_yaml(text: str) -> Iterator[LocatedDocument]:
    loader = ManifestLoader(text)
    while (node := loader.get_node() if loader.check_node() else None) is not None:
        check_aliases(node, MAX_DEPTH)
        repeated = tuple(_repeated(node, ""))  # before the loader merges the mappings
        items = [(item.start_mark.line + 1, tuple(_repeated(item, ""))) for item in _items(node)]
        value = loader.construct_document(node)
        yield from _unfolded(LocatedDocument(value, node.start_mark.line + 1, repeated), items)


def _of_json(text: str, file: Path) -> Iterator[LocatedDocument]:
    decoder, at, line = json.JSONDecoder(), 0, 1
    try:
        while (begin := _after_blanks(text, at)) < len(text):
            line += text.count("\n", at, begin)
            value, at = decoder.raw_decode(text, begin)
            if _is_deep(value, MAX_DEPTH):
                raise RecursionError
            yield from _unfolded(LocatedDocument(value, line), [])
            line += text.count("\n", begin, at)
    except json.JSONDecodeError as error:
        raise BadInput([Problem((), f"not JSON: {error.msg}", "correct the line", file, error.lineno)]) from None
    except RecursionError:
        raise BadInput([Problem((), "nested too deeply", f"write at most {MAX_DEPTH} levels", file, line)]) from None


def _after_blanks(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at


def _is_deep(value: Any, most: int) -> bool:
    """Return whether lists and objects lie deeper in each other than `most`."""
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return most < 0 or any(_is_deep(item, most - 1) for item in below if isinstance(item, dict | list))


def _problem(file: Path, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
    remedy = "correct the line, or the one above"
    return Problem((), f"not YAML: {what}", remedy, file, mark.line + 1 if mark else 1)


def _unfolded(found: LocatedDocument, places: list[tuple[int, tuple[str, ...]]]) -> Iterator[LocatedDocument]:
    """Yield a document, or the items of a List; an empty document yields nothing."""
    items = list_items(found.value)
    if items is not None:
        known = places if len(places) == len(items) else [(found.line, ())] * len(items)
        yield from (LocatedDocument(item, *place) for item, place in zip(items, known, strict=True))
    elif found.value is not None:
        yield found


def _items(node: Node) -> list[Node]:
    """Return the nodes of a List's items; an empty list where a merged mapping holds them."""
    pairs = node.value if isinstance(node, MappingNode) else ()
    sequences = [value for key, value in pairs if key.value == "items" and isinstance(value, SequenceNode)]
    return list(sequences[-1].value) if sequences else []


def _repeated(node: Node, path: str) -> Iterator[str]:
    """Yield the places of keys that a mapping has twice; only the last of them counts."""
    if isinstance(node, MappingNode):
        seen = set[str]()
        for key, value in node.value:
            name = str(key.value) if isinstance(key, ScalarNode) else ""
            place = f"{path}.{name}" if path else name
            if name in seen and name != "<<":
                yield f"{place} (line {key.start_mark.line + 1})"
            seen.add(name)
            yield from _repeated(value, place)
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.value):
            yield from _repeated(item, f"{path}[{index}]")
