"""The metadata of objects: names, labels, annotations, owners and finalizers."""

from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.fields import Field

_ANNOTATIONS_MOST: Final = 256 * 1024
_PREFIX_MOST, _SUFFIX = 58, "xxxxx"
"""What the API server keeps of a prefix, and as many letters as it adds."""
_MANAGER_MOST: Final = 128
_SUBRESOURCE_MOST: Final = 256
_ORPHAN, _FOREGROUND = "orphan", "foregroundDeletion"
STANDARD_FINALIZERS: Final = frozenset({"kubernetes", _ORPHAN, _FOREGROUND})
"""The finalizers without a domain."""


def path_segment(text: str) -> str | None:
    """Check a name that may have any characters which a URL's path keeps in one piece."""
    if text in {".", ".."} or "/" in text or "%" in text:
        return "must be a name without '/' and '%', and neither '.' nor '..'"
    return None


def metadata(field: Field, name_rule: formats.Rule, *, namespaced: bool, needs_name: bool = True) -> None:
    """Check the metadata of an object."""
    start = field.text("generateName")
    if start:
        field.at("generateName").check(formats.prefix_of(name_rule)(start))
    name = field.text("name") or (start and f"{start[:_PREFIX_MOST]}{_SUFFIX}")
    if name:
        field.at("name").check(name_rule(name))
    elif needs_name:
        field.at("name").required("must be set, or generateName")
    if namespaced and field.text("namespace"):
        field.at("namespace").check(formats.dns_label(field.text("namespace")))
    labels(field)
    annotations(field)
    _owners(field)
    _finalizers(field)
    _managers(field)


def labels(field: Field, key: str = "labels") -> None:
    """Check the keys and values of labels; the API server names only their map."""
    place = field.at(key)
    for name, value in field.map(key).items():
        wrong = formats.qualified_name(name)
        if wrong:
            place.invalid(f"the key {formats.shown(name)} {wrong}")
        wrong = formats.label_value(value) if isinstance(value, str) else None
        if wrong:
            place.invalid(f"the value of {name} {wrong}, found {formats.shown(value)}")


def annotations(field: Field) -> None:
    """Check the keys of annotations and the size of all together."""
    place, size = field.at("annotations"), 0
    for name, value in field.map("annotations").items():
        wrong = formats.qualified_name(name.lower())
        if wrong:
            place.invalid(f"the key {formats.shown(name)} {wrong}")
        size += formats.size(name) + (formats.size(value) if isinstance(value, str) else 0)
    if size > _ANNOTATIONS_MOST:
        place.too_long(_ANNOTATIONS_MOST)


def _owners(field: Field) -> None:
    place, owners = field.at("ownerReferences"), field.items("ownerReferences")
    for owner in owners:
        for key in ("apiVersion", "kind", "name", "uid"):
            place.at(key).expect(bool(owner.text(key)) or owner.is_unknown(key), "must not be empty")
        place.at("apiVersion").expect(not owner.text("apiVersion").endswith("/"), "must have a version")
        place.expect((owner.text("apiVersion"), owner.text("kind")) != ("v1", "Event"), "must not be an Event")
    place.expect(sum(owner.flag("controller") for owner in owners) <= 1, "must have at most one controller")


def _finalizers(field: Field) -> None:
    place, found = field.at("finalizers"), field.texts("finalizers")
    for one in found:
        wrong = formats.qualified_name(one)
        if wrong:
            place.invalid(f"{formats.shown(one)} {wrong}")
    if _ORPHAN in found and _FOREGROUND in found:
        place.invalid(f"must not have both {_ORPHAN} and {_FOREGROUND}")


def native_finalizers(field: Field) -> None:
    """Check that finalizers of a native kind are Kubernetes' own or have a domain."""
    place = field.at("finalizers")
    for index, one in enumerate(field.texts("finalizers")):
        known = "/" in one or one in STANDARD_FINALIZERS
        place.item(index, one).expect(known, "must have a domain and '/' before it")


def _managers(field: Field) -> None:
    for entry in field.items("managedFields"):
        entry.at("operation").expect(entry.text("operation") in {"Apply", "Update"}, "must be Apply or Update")
        entry.at("fieldsType").expect(entry.text("fieldsType", "FieldsV1") == "FieldsV1", "must be FieldsV1")
        entry.at("manager").expect(entry.text("manager").isprintable(), "must have printable characters only")
        entry.at("manager").at_most(_MANAGER_MOST)
        entry.at("subresource").at_most(_SUBRESOURCE_MOST)
