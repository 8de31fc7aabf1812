"""A YAML file read once: its data, and the line of every key and item."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from quadrant_platform.documents.bounds import LOADER, ExcessError, check_aliases, check_text
from quadrant_platform.documents.problems import BadInput, KeyPath, Problem

_TAG = "tag:yaml.org,2002:"
_CONSTRUCTOR = SafeConstructor()
_SCALARS: dict[str, Callable[[ScalarNode], Any]] = {
    f"{_TAG}int": _CONSTRUCTOR.construct_yaml_int,
    f"{_TAG}float": _CONSTRUCTOR.construct_yaml_float,
    f"{_TAG}bool": _CONSTRUCTOR.construct_yaml_bool,
    f"{_TAG}null": lambda _node: None,
}
_TEXT = (f"{_TAG}str", f"{_TAG}timestamp", f"{_TAG}value")
MAX_DEPTH = 60


@dataclass
class Document:
    """A parsed file: its data, lines by key path, and what is wrong with the YAML itself."""

    file: Path
    data: Any = None
    lines: dict[KeyPath, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    duplicates: list[Any] = field(default_factory=list)
    """Values of duplicate keys, dropped from `data`."""

    def line(self, path: KeyPath) -> int:
        """Return the line of a key path, or of the nearest place above it that the file has."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: KeyPath, what: str, remedy: str = "") -> Problem:
        """Return a problem at a key path of this file."""
        return Problem(path, what, remedy, self.file, self.line(path))


def read_document(file: Path) -> Document:
    """Return a YAML file's data and lines; BadInput where it cannot be read at all."""
    try:
        text = file.read_text(encoding="utf-8")
        check_text(text, MAX_DEPTH)
        root = yaml.compose(text, Loader=LOADER)
        if root is not None:
            check_aliases(root, MAX_DEPTH)
    except ExcessError as error:
        raise BadInput([Problem((), error.what, error.remedy, file, error.line)]) from None
    except UnicodeDecodeError as error:
        raise BadInput([Problem((), f"not UTF-8 text ({error.reason})", "save the file as UTF-8", file, 1)]) from None
    except OSError as error:
        raise BadInput([Problem((), f"cannot be read: {error.strerror}", "name a file", file, 1)]) from None
    except yaml.YAMLError as error:
        raise BadInput([_syntax(file, error)]) from None
    document = Document(file)
    document.data = None if root is None else _convert(document, root, ())
    return document


def _syntax(file: Path, error: yaml.YAMLError) -> Problem:
    """Return the syntax error as a problem."""
    if not isinstance(error, yaml.MarkedYAMLError):
        reason = getattr(error, "reason", "unreadable")
        return Problem((), f"not YAML: {reason}", "remove the control character", file, 1)
    mark = error.problem_mark or error.context_mark
    context = f" {error.context}" if error.context else ""
    since = f" that starts in line {error.context_mark.line + 1}" if error.context_mark and context else ""
    remedy = "indent with spaces, not tabs, and quote text with special characters; see the line above as well"
    return Problem((), f"not YAML: {error.problem}{context}{since}", remedy, file, mark.line + 1 if mark else 1)


def _convert(document: Document, node: Node, path: KeyPath) -> Any:
    """Return a node's data, and note its lines and problems in the document."""
    if isinstance(node, ScalarNode):
        return node.value if node.tag in _TEXT else _scalar(document, node, path)
    if isinstance(node, SequenceNode):
        for index, item in enumerate(node.value):
            document.lines[*path, index] = item.start_mark.line + 1
        return [_convert(document, item, (*path, index)) for index, item in enumerate(node.value)]
    return _mapping(document, node, path) if isinstance(node, MappingNode) else None


def _scalar(document: Document, node: ScalarNode, path: KeyPath) -> Any:
    try:
        return _SCALARS[node.tag](node)
    except (KeyError, ValueError):
        what = f"{node.value!r} carries the tag {node.tag!r}, which is not understood"
        _add(document, path, node, what, "write plain text, numbers, lists and mappings")
        return node.value


def _mapping(document: Document, node: MappingNode, path: KeyPath) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    data: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            _add(document, path, key, "a key is a list or a mapping", "write plain text before the colon")
        elif key.tag == f"{_TAG}merge":
            merged |= _merged(document, value, path)
        else:
            _entry(document, data, key, value, path)
    return merged | data


def _merged(document: Document, node: Node, path: KeyPath) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for part in reversed(node.value) if isinstance(node, SequenceNode) else (node,):
        if isinstance(part, MappingNode):
            merged |= _mapping(document, part, path)
        else:
            _add(document, path, part, "`<<` merges something that is not a mapping", "name the alias of a mapping")
    return merged


def _entry(document: Document, data: dict[str, Any], key: ScalarNode, value: Node, path: KeyPath) -> None:
    name = _SCALARS[key.tag](key) if key.tag == f"{_TAG}int" else key.value
    place = (*path, name)
    if name in data:
        what = f"{key.value!r} is given twice, first in line {document.lines[place]}; only one would count"
        _add(document, place, key, what, "remove or rename one of them")
        document.duplicates.append(_convert(Document(document.file), value, ()))
        return
    document.lines[place] = key.start_mark.line + 1
    data[name] = _convert(document, value, place)


def _add(document: Document, path: KeyPath, node: Node, what: str, remedy: str) -> None:
    document.problems.append(Problem(path, what, remedy, document.file, node.start_mark.line + 1))
