"""The types of the fields of native kinds, from a table that `tools/native_types.py` writes."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.field_errors import FieldError
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.readers import OPAQUE, is_opaque

_TABLE: Final = Path(__file__).with_name("native_types.json")
_NAMES: Final[dict[type, str]] = {
    bool: "a boolean", int: "a number", float: "a number", str: "a string", dict: "an object", list: "an array",
}  # fmt: skip
_BYTES: Final = 256
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:\d\d)")


@cache
def _table() -> dict[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = json.loads(_TABLE.read_text(encoding="utf-8"))
    return table


def type_of(version: str, kind: str) -> str | None:
    """Return the name of the type of a native kind; nothing for any other."""
    name: str | None = _table()["kinds"].get(f"{version} {kind}")
    return name


def fields_of(type_name: str) -> Mapping[str, str]:
    """Return the words for the types of a structure's fields; nothing for another type."""
    found: dict[str, str] = _table()["types"].get(type_name, {})
    return found


def keys_of(type_name: str) -> Mapping[str, list[str]]:
    """Return the lists of a structure whose elements are told apart by some of their fields, with these."""
    found: dict[str, list[str]] = _table()["keys"].get(type_name, {})
    return found


def cleaned(value: Any, type_name: str, errors: list[FieldError], place: Field | None = None) -> Any:
    """Return the value with `OPAQUE` in place of each value of a wrong type, and report those and unknown fields."""
    return _clean(type_name)(value, place or Field(value, errors))


_Cleaner = Callable[[Any, Field], Any]


@cache
def _clean(word: str) -> _Cleaner:
    """Return the function for a word of the table."""
    if word.startswith("[]"):
        return _array(word[2:])
    if word.startswith("{}"):
        return _map(word[2:])
    return _SCALARS.get(word) or _structure(word)


def _wrong(field: Field, expected: str) -> Any:
    field.wrong_type(f"expected {expected}, found {_NAMES[type(field.value)]}")
    return OPAQUE


def _structure(word: str) -> _Cleaner:
    types: dict[str, str] = _table()["types"][word]

    def clean(value: Any, field: Field) -> Any:
        if not isinstance(value, dict):
            return value if value is None or is_opaque(value) else _wrong(field, "an object")
        found = {}
        for key, item in value.items():
            below = types.get(key)
            if below is None:
                field.at(key).no_field()
            else:
                found[key] = item if below == "string" and type(item) is str else _clean(below)(item, field.at(key))
        return found

    return clean


def _array(word: str) -> _Cleaner:
    def clean(value: Any, field: Field) -> Any:
        if not isinstance(value, list):
            return value if value is None or is_opaque(value) else _wrong(field, "an array")
        return [_clean(word)(item, field.item(index, item)) for index, item in enumerate(value)]

    return clean


def _map(word: str) -> _Cleaner:
    def clean(value: Any, field: Field) -> Any:
        if not isinstance(value, dict):
            return value if value is None or is_opaque(value) else _wrong(field, "an object")
        return {key: _clean(word)(item, field.at(key)) for key, item in value.items()}

    return clean


def _scalar(expected: str, fits: Callable[[Any], bool]) -> _Cleaner:
    def clean(value: Any, field: Field) -> Any:
        return value if value is None or is_opaque(value) or fits(value) else _wrong(field, expected)

    return clean


def _formatted(words: str, fits: Callable[[Any], bool]) -> _Cleaner:
    def clean(value: Any, field: Field) -> Any:
        if value is None or is_opaque(value) or fits(value):
            return value
        # Bytes are often secret.
        field.wrong_type(words if fits is _is_base64 else f"{words}, found {formats.shown(value)}")
        return OPAQUE

    return clean


def _is_whole(bits: int) -> Callable[[Any], bool]:
    most = 2 ** (bits - 1)
    return lambda value: type(value) is int and -most <= value < most


def _is_quantity(value: Any) -> bool:
    written = type(value) in {int, float, str}
    return written and formats.quantity(str(value).strip()) is None


def _is_time(value: Any) -> bool:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(re.sub("[.,][0-9]+", "", value))
    except ValueError:
        return False
    return True


def _is_base64(value: Any) -> bool:
    """Return whether a value is bytes; the API server also reads an array of numbers as such."""
    if isinstance(value, list):
        return all(type(one) is int and 0 <= one < _BYTES for one in value)
    try:
        base64.b64decode(re.sub("[\r\n]", "", value), validate=True)
    except (TypeError, ValueError, binascii.Error):
        return False
    return True


_TIME_WORDS = "must be a time, such as 2026-01-31T12:00:00Z"
_SCALARS: Final[dict[str, _Cleaner]] = {
    "any": lambda value, _: value,
    "boolean": _scalar("a boolean", lambda value: isinstance(value, bool)),
    "bytes": _formatted("must be base64", _is_base64),
    "int32": _scalar("an integer", _is_whole(32)),
    "int64": _scalar("an integer", _is_whole(64)),
    "intOrString": _scalar("a string or a number", lambda value: isinstance(value, str) or _is_whole(32)(value)),
    "microTime": _formatted(_TIME_WORDS, _is_time),
    "number": _scalar("a number", lambda value: type(value) in {int, float}),
    "quantity": _formatted("must be a quantity, such as 500m, 2 or 128Mi", _is_quantity),
    "string": _scalar("a string", lambda value: isinstance(value, str)),
    "time": _formatted(_TIME_WORDS, _is_time),
}
