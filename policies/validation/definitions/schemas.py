"""Values judged by the structural schema of a definition, as the API server judges them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from quadrant_platform.policies.validation.definitions.patterns import compiled
from quadrant_platform.policies.validation.definitions.value_formats import TEXTS
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.formats import shown
from quadrant_platform.policies.validation.readers import is_opaque

Schema = Mapping[str, Any]

_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "array": (list,), "boolean": (bool,), "integer": (int,), "number": (int, float), "object": (dict,),
    "string": (str,),
}  # fmt: skip


def judge(field: Field, schema: Schema) -> None:
    """Report what a schema refuses of a value."""
    if is_opaque(field.value):
        return
    if field.value is None:
        if not schema.get("nullable"):
            field.wrong_type(f"must be of type {schema.get('type', 'any')}, and is null")
        return
    if not _has_type(field.value, schema):
        field.wrong_type(f"must be of type {schema.get('type') or 'integer or string'}")
        return
    for rule in (_enum, _numbers, _texts, _arrays, _objects, _alternatives):
        rule(field, schema)


def accepts(value: Any, schema: Schema) -> bool:
    """Return whether a schema accepts a value."""
    root = Field(value, [])
    judge(root, schema)
    return not root.reported


def _has_type(value: Any, schema: Schema) -> bool:
    if schema.get("x-kubernetes-int-or-string"):
        return isinstance(value, int | str) and not isinstance(value, bool)
    name = schema.get("type")
    if not name:
        return True
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[name]) and (name == "boolean") == isinstance(value, bool)


def _enum(field: Field, schema: Schema) -> None:
    allowed = schema.get("enum")
    if allowed and field.value not in allowed:
        field.not_supported(map(str, allowed))


def _numbers(field: Field, schema: Schema) -> None:
    value = field.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    low, high, step = schema.get("minimum"), schema.get("maximum"), schema.get("multipleOf")
    if low is not None:
        above = value > low if schema.get("exclusiveMinimum") else value >= low
        field.expect(above, f"must be at least {low}")
    if high is not None:
        below = value < high if schema.get("exclusiveMaximum") else value <= high
        field.expect(below, f"must be at most {high}")
    field.expect(not step or value % step == 0, f"must be a multiple of {step}")


def _texts(field: Field, schema: Schema) -> None:
    text = field.value
    if not isinstance(text, str):
        return
    most = schema.get("maxLength")
    if most is not None and len(text) > most:
        field.too_long(most)
    field.expect(len(text) >= schema.get("minLength", 0), f"must have at least {schema.get('minLength')} characters")
    pattern = compiled(schema["pattern"]) if "pattern" in schema else None
    field.expect(pattern is None or bool(pattern.search(text)), f"must match {schema.get('pattern')}")
    known = TEXTS.get(schema.get("format", ""))
    if known is not None and not known(text):
        field.wrong_type(f"must have the format {schema.get('format')}")


def _arrays(field: Field, schema: Schema) -> None:
    values = field.value
    if not isinstance(values, list):
        return
    most = schema.get("maxItems")
    if most is not None and len(values) > most:
        field.too_many(most)
    field.expect(len(values) >= schema.get("minItems", 0), f"must have at least {schema.get('minItems')} elements")
    for index, value in enumerate(values):
        judge(field.item(index, value), schema.get("items") or {})
    key, seen = _key_of(schema), list[Any]()
    for index, found in enumerate(map(key, values) if key else ()):
        if seen.count(found) == 1:  # the API server names each once
            field.item(index, found).duplicate(found)
        seen.append(found)


def _key_of(schema: Schema) -> Callable[[Any], Any] | None:
    """Return what has to differ between the elements of a set or a map."""
    kind = schema.get("x-kubernetes-list-type")
    if kind == "set":
        return lambda value: value
    if kind != "map":
        return None
    names = schema.get("x-kubernetes-list-map-keys") or []
    return lambda value: {name: value.get(name) for name in names} if isinstance(value, dict) else value


def _objects(field: Field, schema: Schema) -> None:
    values = field.value
    if not isinstance(values, dict):
        return
    for name in schema.get("required") or ():
        if values.get(name) is None and not _is_filled(name, values, schema):
            field.at(name).required()
    most = schema.get("maxProperties")
    if most is not None and len(values) > most:
        field.too_many(most)
    field.expect(
        len(values) >= schema.get("minProperties", 0), f"must have at least {schema.get('minProperties')} keys"
    )
    for name, value in values.items():
        _member(field, name, value, schema)


def _is_filled(name: str, values: Mapping[str, Any], schema: Schema) -> bool:
    """Return whether a field is there, though it is null or absent."""
    below = _property(schema, name)
    return below.get("default") is not None or bool(name in values and below.get("nullable"))


def _property(schema: Schema, name: str) -> Schema:
    found: Schema = (schema.get("properties") or {}).get(name) or {}
    return found


def _member(field: Field, name: str, value: Any, schema: Schema) -> None:
    """Judge a field of an object: one that is null and must not be is dropped, as if it were not written."""
    below = (schema.get("properties") or {}).get(name)
    if below is None and isinstance(schema.get("additionalProperties"), dict):
        below = schema["additionalProperties"]
    if below is None:
        open_ended = schema.get("x-kubernetes-preserve-unknown-fields") or schema.get("additionalProperties")
        if not open_ended and (schema.get("properties") or schema.get("type") == "object") and not _is_part(schema):
            field.at(name).no_field()
    elif value is not None or below.get("nullable"):
        judge(field.at(name), _embedded(below))


def _is_part(schema: Schema) -> bool:
    """Return whether a schema is one of several alternatives, which say nothing of other fields."""
    return bool(schema.get("x-quadrant-part"))


def _embedded(schema: Schema) -> Schema:
    """Return a schema with the fields that every object has, where it is one of a whole object."""
    if not schema.get("x-kubernetes-embedded-resource"):
        return schema
    head = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": _OPEN}
    return {**schema, "properties": {**head, **(schema.get("properties") or {})}}


_OPEN: Final[Schema] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def _alternatives(field: Field, schema: Schema) -> None:
    value = field.value
    parts = {
        key: [{**part, "x-quadrant-part": True} for part in schema.get(key) or ()]
        for key in ("allOf", "anyOf", "oneOf")
    }
    for part in parts["allOf"]:
        judge(field, part)
    if parts["anyOf"]:
        field.expect(any(accepts(value, part) for part in parts["anyOf"]), "must fit one of the alternatives (anyOf)")
    if parts["oneOf"]:
        fitting = sum(accepts(value, part) for part in parts["oneOf"])
        field.expect(fitting == 1, f"must fit exactly one of the alternatives (oneOf), and fits {fitting}")
    if "not" in schema:
        refused = accepts(value, {**schema["not"], "x-quadrant-part": True})
        field.expect(not refused, f"must not fit what is excluded (not), found {shown(value)}")
