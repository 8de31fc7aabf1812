"""CustomResourceDefinitions, and what they refuse of the objects of their kinds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from quadrant_platform.policies.validation.definitions.patterns import is_readable
from quadrant_platform.policies.validation.definitions.schemas import Schema, judge
from quadrant_platform.policies.validation.definitions.value_formats import TEXTS, WITHOUT_EFFECT
from quadrant_platform.policies.validation.definitions.written_rules import BLOCKING, RuleVerdict, rules_of, verdicts
from quadrant_platform.policies.validation.field_errors import FieldError
from quadrant_platform.policies.validation.fields import Field

_HEAD: Final = frozenset({"apiVersion", "kind", "metadata"})


@dataclass(frozen=True)
class Definitions:
    """The schemas of kinds, by version and kind."""

    schemas: Mapping[tuple[str, str], Schema]

    @classmethod
    def of(cls, manifests: Iterable[Any]) -> Definitions:
        """Return the schemas of those manifests that are definitions."""
        return cls({key: schema for manifest in manifests for key, schema in _versions(manifest)})

    def errors_of(self, manifest: Any) -> list[FieldError]:
        """Return the fields that the definition of its kind refuses; metadata is judged for every kind elsewhere."""
        schema = self.schemas.get(_key(manifest))
        if schema is None:
            return []
        errors = _by_schema(manifest, schema)
        broken = [one.error for one in _by_rules(manifest, schema, errors) if one.error]
        return list(dict.fromkeys([*errors, *broken]))

    def not_judged(self, manifests: Iterable[Any]) -> list[str]:
        """Return, for some objects, what their definitions say and nobody judges here, with the reason."""
        known = [one for one in manifests if _key(one) in self.schemas]
        kinds = dict.fromkeys(map(_key, known))
        return [
            *(
                f"{kind} ({version}): {place or 'the object'}: {what}"
                for version, kind in kinds
                for place, what in _unknown(self.schemas[version, kind], "")
            ),
            *(line for one in known for line in self._left_open(one)),
        ]

    def _left_open(self, manifest: Mapping[str, Any]) -> Iterator[str]:
        """Yield the rules that are judged of other objects, and have no answer for this one."""
        version, kind = _key(manifest)
        metadata = manifest.get("metadata")
        name = metadata.get("name") if isinstance(metadata, dict) else None
        schema = self.schemas[version, kind]
        for one in _by_rules(manifest, schema, _by_schema(manifest, schema)):
            if one.unknown:
                place = one.place or "the object"
                yield f"{kind} ({version}) {name}: {place}: the rule {one.rule.text}: {one.unknown}"


NONE: Final = Definitions({})
"""No definition."""


def _by_schema(manifest: Any, schema: Schema) -> list[FieldError]:
    """Return the fields of an object that its schema refuses."""
    errors: list[FieldError] = []
    body = {key: value for key, value in manifest.items() if key not in _HEAD}
    properties = {key: one for key, one in (schema.get("properties") or {}).items() if key not in _HEAD}
    required = [name for name in schema.get("required") or () if name not in _HEAD]
    judge(Field(body, errors), {**schema, "properties": properties, "required": required})
    return errors


def _by_rules(manifest: Any, schema: Schema, errors: Iterable[FieldError]) -> Iterator[RuleVerdict]:
    """Yield what the rules say of an object, nothing where its schema's errors must be mended first."""
    if not any(error.kind in BLOCKING for error in errors):
        yield from verdicts(manifest, schema)


def _key(manifest: Any) -> tuple[str, str]:
    known = isinstance(manifest, dict)
    return (str(manifest.get("apiVersion")), str(manifest.get("kind"))) if known else ("", "")


def _versions(manifest: Any) -> Iterator[tuple[tuple[str, str], Schema]]:
    if _key(manifest) != ("apiextensions.k8s.io/v1", "CustomResourceDefinition"):
        return
    spec = Field(manifest, []).at("spec")
    for version in spec.items("versions"):
        schema = version.at("schema", "openAPIV3Schema").value
        if isinstance(schema, dict):
            group = f"{spec.text('group')}/{version.text('name')}"
            yield (group, spec.at("names").text("kind")), schema


def _unknown(schema: Schema, place: str) -> Iterator[tuple[str, str]]:
    """Yield the rules that are not judged, with their places."""
    yield from ((place, text) for text in _of_place(schema))
    for name, below in (schema.get("properties") or {}).items():
        yield from _unknown(below, f"{place}.{name}".removeprefix("."))
    for key, step in (("items", "[]"), ("additionalProperties", "[*]")):
        if isinstance(schema.get(key), dict):
            yield from _unknown(schema[key], f"{place}{step}")


def _of_place(schema: Schema) -> Iterator[str]:
    """Yield what is not judged at one place."""
    for rule in rules_of(schema):
        if rule.unknown:
            yield f"the rule {rule.text}: {rule.unknown}"
    form, pattern = schema.get("format", ""), schema.get("pattern")
    if form not in TEXTS.keys() | WITHOUT_EFFECT:
        yield f"the format {form}"
    if pattern and not is_readable(pattern):
        yield f"the pattern {pattern}"
