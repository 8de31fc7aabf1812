"""CustomResourceDefinitions, and what they refuse of the objects of their kinds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from quadrant_platform.policies.validation.definitions.patterns import is_readable
from quadrant_platform.policies.validation.definitions.schemas import Schema, judge
from quadrant_platform.policies.validation.definitions.value_formats import TEXTS, WITHOUT_EFFECT
from quadrant_platform.policies.validation.field_errors import FieldError
from quadrant_platform.policies.validation.fields import Field

_HEAD: Final = frozenset({"apiVersion", "kind", "metadata"})
_RULES: Final = "x-kubernetes-validations"


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
        errors: list[FieldError] = []
        if schema is not None:
            body = {key: value for key, value in manifest.items() if key not in _HEAD}
            properties = {key: one for key, one in (schema.get("properties") or {}).items() if key not in _HEAD}
            required = [name for name in schema.get("required") or () if name not in _HEAD]
            judge(Field(body, errors), {**schema, "properties": properties, "required": required})
        return list(dict.fromkeys(errors))

    def not_judged(self, manifests: Iterable[Any]) -> list[str]:
        """Return, for the kinds of some objects, the rules of their definitions that nobody judges here."""
        kinds = dict.fromkeys(_key(manifest) for manifest in manifests)
        return [
            f"{kind} ({version}): {place or 'the object'}: {rule}"
            for version, kind in kinds
            for place, rule in _unknown(self.schemas.get((version, kind), {}), "")
        ]


NONE: Final = Definitions({})
"""No definition."""


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
    """Yield what is not judged at one place; rules on changes say nothing of one object."""
    for rule in schema.get(_RULES) or ():
        if "oldSelf" not in rule.get("rule", ""):
            yield f"the rule {' '.join(rule.get('rule', '').split())}"
    form, pattern = schema.get("format", ""), schema.get("pattern")
    if form not in TEXTS.keys() | WITHOUT_EFFECT:
        yield f"the format {form}"
    if pattern and not is_readable(pattern):
        yield f"the pattern {pattern}"
