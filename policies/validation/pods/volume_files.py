"""Volumes whose files are keys of ConfigMaps and Secrets, fields of the pod and tokens."""

from collections.abc import Iterator
from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.field_checks import in_range, required
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.pods.env import VOLUME_FIELDS, field_ref, resource_ref

_LONGEST_TOKEN: Final = 2**32
_PROJECTIONS: Final = ("secret", "configMap", "downwardAPI", "serviceAccountToken")
_SHORTEST_TOKEN: Final = 600


def secret(source: Field) -> None:
    """Check a volume of a Secret."""
    required(source, "secretName")
    _keys(source)


def config_map(source: Field) -> None:
    """Check a volume of a ConfigMap."""
    required(source, "name")
    _keys(source)


def _keys(source: Field) -> None:
    _mode(source, "defaultMode")
    for item in source.items("items"):
        required(item, "key")
        _path(item)
        _mode(item, "mode")


def _path(item: Field, place: Field | None = None) -> None:
    where, path = (place or item).at("path"), item.text("path")
    if not path:
        where.required()
    where.check(formats.local_path(path))


def _mode(field: Field, key: str) -> None:
    if field.has(key):
        field.at(key).check(formats.file_mode(field.number(key)))


def downward_api(source: Field) -> None:
    """Check a volume of fields of the pod; the API server does not name the element."""
    _mode(source, "defaultMode")
    for item in source.items("items"):
        _downward_file(item, source)


def _downward_file(item: Field, place: Field) -> None:
    _path(item, place)
    has_field, has_resource = item.has("fieldRef"), item.has("resourceFieldRef")
    if has_field:
        field_ref(place.placed("fieldRef", item.get("fieldRef")), VOLUME_FIELDS)
        place.expect(not has_resource, "must have one of fieldRef and resourceFieldRef in each element")
    elif has_resource:
        resource_ref(place.placed("resourceFieldRef", item.get("resourceFieldRef")), of_container=True)
    else:
        place.required("must have fieldRef or resourceFieldRef in each element")
    if item.has("mode"):
        place.at("mode").check(formats.file_mode(item.number("mode")))


def projected(source: Field) -> None:
    """Check a volume of several sources, whose files have different paths."""
    _mode(source, "defaultMode")
    paths = set[str]()
    for one in source.items("sources"):
        _projection(one, source)
        for path in _paths(one):
            source.expect(path not in paths, f"must not have the path {formats.shown(path)} twice")
            paths.add(path)


def _projection(one: Field, source: Field) -> None:
    found = [key for key in _PROJECTIONS if one.has(key)]
    if len(found) > 1:
        one.forbidden(f"must have one of {', '.join(found)} only")
    for key in {"secret", "configMap"} & set(found):
        required(one.at(key), "name")
        _keys(one.at(key))
    for item in one.at("downwardAPI").items("items"):
        _downward_file(item, one.at("downwardAPI"))
    if one.has("serviceAccountToken"):
        _token(one.at("serviceAccountToken"), source)


def _token(token: Field, source: Field) -> None:
    in_range(token, "expirationSeconds", _SHORTEST_TOKEN, _LONGEST_TOKEN)
    _path(token, source)


def _paths(source: Field) -> Iterator[str]:
    for key in ("secret", "configMap", "downwardAPI"):
        yield from filter(None, (item.text("path") for item in source.at(key).items("items")))
