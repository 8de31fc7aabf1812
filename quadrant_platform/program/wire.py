"""Wire inputs of a resource as plain data: whole numbers as ints, secrets redacted, unknowns marked."""

import base64
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from pulumi.runtime import rpc

from quadrant_platform.vocabulary import GENERATED_KEYS_ANNOTATION

SECRET = "[secret]"
"""The placeholder of a secret value."""

UNKNOWN = "[unknown]"
"""The placeholder of a value that only the provider computes."""

_SIGNATURE = rpc._special_sig_key
_SECRET_SIGNATURE = rpc._special_secret_sig
_RESOURCE_SIGNATURE = rpc._special_resource_sig


class Struct(Protocol):
    """The part of a protobuf Struct that is read."""

    @property
    def fields(self) -> Mapping[str, Any]:
        """The members by name."""


def secret(value: object) -> dict[str, object]:
    """Return a value in the envelope that marks it as secret."""
    return {_SIGNATURE: _SECRET_SIGNATURE, "value": value}


def plain(struct: Struct) -> dict[str, Any]:
    """Return a Struct as plain data, redacted and with its keys in order."""
    return _members(struct.fields)


def _members(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _value(fields[key]) for key in sorted(fields)}


def _mapping(value: Any) -> Any:
    fields = value.struct_value.fields
    return _envelope(fields) if _SIGNATURE in fields else _members(fields)


def _envelope(fields: Mapping[str, Any]) -> Any:
    signature = fields[_SIGNATURE].string_value
    if signature == _SECRET_SIGNATURE:
        return SECRET
    if signature == _RESOURCE_SIGNATURE:
        return _value(fields["urn"])
    return {key: _value(member) for key, member in fields.items() if key != _SIGNATURE}


_READERS: dict[str | None, Callable[[Any], Any]] = {
    "string_value": lambda value: UNKNOWN if value.string_value == rpc.UNKNOWN else value.string_value,
    "number_value": lambda value: int(value.number_value) if value.number_value.is_integer() else value.number_value,
    "bool_value": lambda value: value.bool_value,
    "struct_value": _mapping,
    "list_value": lambda value: [_value(item) for item in value.list_value.values],
    "null_value": lambda _: None,
    None: lambda _: None,
}


def _value(value: Any) -> Any:
    return _READERS[value.WhichOneof("kind")](value)


def secret_manifest(struct: Struct) -> dict[str, Any]:
    """Return a Kubernetes Secret without its values; the annotation names their keys."""
    manifest = _members({key: value for key, value in struct.fields.items() if key not in ("data", "stringData")})
    keys = sorted({key for name in ("data", "stringData") for key, _ in _pairs(struct.fields.get(name))})
    if keys:
        manifest.setdefault("metadata", {}).setdefault("annotations", {})[GENERATED_KEYS_ANNOTATION] = ",".join(keys)
    return manifest


def revealed_secret(struct: Struct) -> dict[str, Any]:
    """Return a Kubernetes Secret with its values, all as `data`; for the API server alone."""
    manifest = _members({key: value for key, value in struct.fields.items() if key not in ("data", "stringData")})
    data = {key: _opened(value).string_value for key, value in _pairs(struct.fields.get("data"))}
    for key, value in _pairs(struct.fields.get("stringData")):
        data[key] = base64.b64encode(_opened(value).string_value.encode()).decode()
    return manifest | {"data": dict(sorted(data.items()))}


def _pairs(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the members of a mapping, which may be secret as a whole or absent."""
    if value is not None:
        yield from _opened(value).struct_value.fields.items()


def _opened(value: Any) -> Any:
    fields = value.struct_value.fields
    return fields["value"] if _SIGNATURE in fields else value
