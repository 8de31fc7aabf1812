"""A YAML file read once: its data, and the line of every key and item."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from quadrant_platform.documents.bounds import ExcessError, check_aliases, check_text
from quadrant_platform.documents.problems import BadInput, KeyPath, Problem

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
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
        root = yaml.compose(text, Loader=_LOADER)
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
    return _Conversion(file).run(root)


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


class _Conversion:
    """The walk over the composed nodes."""

    def __init__(self, file: Path) -> None:
        self._result = Document(file)

    def run(self, root: Node | None) -> Document:
        if root is not None:
            self._result.data = self._convert(root, ())
        return self._result

    def _convert(self, node: Node, path: KeyPath) -> Any:
        if isinstance(node, ScalarNode):
            return node.value if node.tag in _TEXT else self._scalar(node, path)
        if isinstance(node, SequenceNode):
            return [self._item(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._mapping(node, path) if isinstance(node, MappingNode) else None

    def _item(self, node: Node, path: KeyPath) -> Any:
        self._result.lines[path] = node.start_mark.line + 1
        return self._convert(node, path)

    def _scalar(self, node: ScalarNode, path: KeyPath) -> Any:
        try:
            return _SCALARS[node.tag](node)
        except (KeyError, ValueError):
            what = f"{node.value!r} carries the tag {node.tag!r}, which is not understood"
            self._add(path, node, what, "write plain text, numbers, lists and mappings")
            return node.value

    def _mapping(self, node: MappingNode, path: KeyPath) -> dict[str, Any]:
        below: dict[str, Any] = {}
        data: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self._add(path, key, "a key is a list or a mapping", "write plain text before the colon")
            elif key.tag == f"{_TAG}merge":
                below |= self._merged(value, path)
            else:
                self._entry(data, key, value, path)
        return below | data

    def _merged(self, node: Node, path: KeyPath) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for part in reversed(node.value) if isinstance(node, SequenceNode) else (node,):
            if isinstance(part, MappingNode):
                merged |= self._mapping(part, path)
            else:
                self._add(path, part, "`<<` merges something that is not a mapping", "name the alias of a mapping")
        return merged

    def _entry(self, data: dict[str, Any], key: ScalarNode, value: Node, path: KeyPath) -> None:
        name = _SCALARS[key.tag](key) if key.tag == f"{_TAG}int" else key.value
        place = (*path, name)
        if name in data:
            what = f"{key.value!r} is given twice, first in line {self._result.lines[place]}; only one would count"
            self._add(place, key, what, "remove or rename one of them")
            self._result.duplicates.append(_Conversion(self._result.file).run(value).data)
            return
        self._result.lines[place] = key.start_mark.line + 1
        data[name] = self._convert(value, place)

    def _add(self, path: KeyPath, node: Node, what: str, remedy: str) -> None:
        self._result.problems.append(Problem(path, what, remedy, self._result.file, node.start_mark.line + 1))
