"""Values as rules see them: completed as the API server stores them, with the types of their schemas."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final

from quadrant_platform.policies.validation.go_durations import go_seconds
from quadrant_platform.policies.validation.readers import OPAQUE

Schema = Mapping[str, Any]

_RESERVED: Final = frozenset(
    "true false null in as break const continue else for function if import let loop package namespace return var void "
    "while".split()
)
_ESCAPES: Final = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}
_ESCAPED: Final = re.compile(r"__|[./-]")
_HEAD: Final[Schema] = {
    "apiVersion": {}, "kind": {}, "metadata": {"properties": {"name": {}, "generateName": {}}, "type": "object"},
}  # fmt: skip


def below(schema: Schema, name: str) -> Schema | None:
    """Return the schema of a member of an object, if there is one."""
    known = (schema.get("properties") or {}).get(name)
    every = schema.get("additionalProperties")
    return known if known is not None else every if isinstance(every, dict) else None


def completed(value: Any, schema: Schema) -> Any:
    """Return a value with defaults, and without what is null and must not be."""
    if isinstance(value, list):
        return [completed(one, schema.get("items") or {}) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {name: one for name, one in value.items() if one is not None or (below(schema, name) or {}).get("nullable")}
    for name, known in (schema.get("properties") or {}).items():
        if name not in kept and known.get("default") is not None:
            kept[name] = known["default"]
    return {name: completed(one, below(schema, name) or {}) for name, one in kept.items()}


def typed(value: Any, schema: Schema, *, whole: bool = False) -> Any:
    """Return a value with the types that rules see; a whole object has a head too."""
    if isinstance(value, dict):
        return _members(value, schema, whole or bool(schema.get("x-kubernetes-embedded-resource")))
    if isinstance(value, list):
        return [typed(one, schema.get("items") or {}) for one in value]
    if schema.get("type") == "number" and isinstance(value, int):
        return float(value)
    read = _TEXTS.get(schema.get("format", "")) if isinstance(value, str) else None
    return read(value) if read else value


def _members(values: Mapping[str, Any], schema: Schema, whole: bool) -> dict[str, Any]:
    if isinstance(schema.get("additionalProperties"), dict):
        return {name: typed(one, schema["additionalProperties"]) for name, one in values.items()}
    known = {**(schema.get("properties") or {}), **(_HEAD if whole else {})}
    return {_escaped(name): typed(values[name], one) for name, one in known.items() if name in values}


def _escaped(name: str) -> str:
    return f"__{name}__" if name in _RESERVED else _ESCAPED.sub(lambda found: _ESCAPES[found.group()], name)


def _moment(text: str) -> Any:
    moment = import_module("google.protobuf.timestamp_pb2").Timestamp()
    return _read(moment.FromJsonString, text, moment)


def _length(text: str) -> Any:
    seconds = go_seconds(text)
    if seconds is None:
        return OPAQUE
    length = import_module("google.protobuf.duration_pb2").Duration()
    length.FromNanoseconds(round(seconds * 1e9))
    return length


def _bytes(text: str) -> Any:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return OPAQUE


def _read(read: Callable[[str], object], text: str, result: Any) -> Any:
    try:
        read(text)
    except ValueError:
        return OPAQUE
    return result


_TEXTS: Final[Mapping[str, Callable[[str], Any]]] = {
    "byte": _bytes, "date": lambda text: _moment(f"{text}T00:00:00Z"), "date-time": _moment, "duration": _length,
}  # fmt: skip
"""How texts of some formats are read; one that cannot be is opaque, so that no rule about it is judged."""
