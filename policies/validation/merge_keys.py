"""Elements of lists that server-side apply cannot tell apart."""

from collections.abc import Iterator
from typing import Any, Final

from quadrant_platform.policies.validation import native_types
from quadrant_platform.policies.validation.field_errors import FieldError
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.readers import is_opaque

_DEFAULTS: Final = {"protocol": "TCP"}


def repeated_elements(manifest: Any) -> list[FieldError]:
    """Return the elements of an object's lists that are there twice, which only server-side apply refuses."""
    errors: list[FieldError] = []
    if isinstance(manifest, dict):
        word = native_types.type_of(str(manifest.get("apiVersion")), str(manifest.get("kind")))
        _walk(Field(manifest, errors), word or "")
    return errors


def _walk(field: Field, word: str) -> None:
    types, keys = native_types.fields_of(word), native_types.keys_of(word)
    for key, value in field.value.items() if isinstance(field.value, dict) else ():
        below = types.get(key, "")
        if isinstance(value, dict):
            _walk(field.at(key), below)
        elif below.startswith("[]") and isinstance(value, list):
            _check(field, key, keys.get(key, []))
            for one in field.items(key):
                _walk(one, below.removeprefix("[]"))


def _check(field: Field, key: str, names: list[str]) -> None:
    seen = set[tuple[str, ...]]()
    for one in field.items(key) if names else ():
        found = tuple(_parts(one, names))
        if found in seen:
            one.duplicate(", ".join(found))
        if len(found) == len(names):
            seen.add(found)


def _parts(one: Field, names: list[str]) -> Iterator[str]:
    for name in names:
        value = one.get(name)
        value = _DEFAULTS.get(name) if value is None else value
        if value is not None and not is_opaque(value):
            yield str(value)
