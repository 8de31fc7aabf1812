"""PersistentVolumeClaims, by themselves and as templates."""

from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.limits.amounts import amount
from quadrant_platform.policies.validation.selectors import label_selector

_MODES: Final = frozenset({"ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"})
_OLD_SOURCES: Final = frozenset({("", "PersistentVolumeClaim"), ("snapshot.storage.k8s.io", "VolumeSnapshot")})
"""What alone may fill a volume by the old field; the API server drops all else from it."""
_BOTH: Final = 2
VOLUME_MODES: Final = frozenset({"Block", "Filesystem"})


def claim(one: Field) -> None:
    """Check a PersistentVolumeClaim."""
    claim_spec(one.at("spec"))
    _kept_sources(one.at("spec"))


def claim_template_spec(spec: Field) -> None:
    """Check what a claim asks for that is made from a template, of which the API server keeps all fields."""
    claim_spec(spec)
    _sources(spec)


def access_modes(spec: Field) -> None:
    """Check in which ways a volume can be mounted."""
    place, modes = spec.at("accessModes"), spec.texts("accessModes")
    if not modes and not spec.is_unknown("accessModes"):
        place.required("must have an access mode")
    for mode in modes:
        place.expect(mode in _MODES, f"must have only {', '.join(sorted(_MODES))}, found {formats.shown(mode)}")
    if "ReadWriteOncePod" in modes and len(_MODES & set(modes)) > 1:
        place.forbidden("must not have ReadWriteOncePod beside another mode")


def claim_spec(spec: Field) -> None:
    """Check what a claim asks for."""
    access_modes(spec)
    label_selector(spec.at("selector"))
    _storage(spec.at("resources"))
    for key in ("storageClassName", "volumeAttributesClassName"):
        spec.at(key).may(formats.subdomain)
    spec.at("volumeMode").one_of(VOLUME_MODES)


def _storage(resources: Field) -> None:
    requests = resources.map("requests")
    place = resources.key("storage")
    found = amount(requests.get("storage"))
    if "storage" not in requests and not resources.is_unknown("requests"):
        place.required()
    elif found is not None:
        place.expect(found > 0, "must be above 0")


def _kept_sources(spec: Field) -> None:
    """Check from what a volume is filled, as far as the API server keeps it."""
    old, new = spec.at("dataSource"), spec.at("dataSourceRef")
    of_namespace = bool(new.text("namespace"))
    given = [one for one, drops in ((old, False), (new, of_namespace)) if one.value is not None and not drops]
    if given == [old] and (old.text("apiGroup"), old.text("kind")) not in _OLD_SOURCES:
        return
    for key in ("dataSource", "dataSourceRef") if given else ():
        # What is written in one of the two fields is copied into the other.
        _source(spec.at(key) if len(given) == _BOTH else spec.copied(given[0], key))
    if len(given) == _BOTH:
        same = all(old.get(key) == new.get(key) for key in ("apiGroup", "kind", "name"))
        spec.expect(same, "must have the same dataSource and dataSourceRef")


def _sources(spec: Field) -> None:
    for key in ("dataSource", "dataSourceRef"):
        if spec.has(key):
            _source(spec.at(key))
    old, new = spec.at("dataSource"), spec.at("dataSourceRef")
    if spec.has("dataSource") and spec.has("dataSourceRef"):
        same = all(old.get(key) == new.get(key) for key in ("apiGroup", "kind", "name")) and not new.text("namespace")
        spec.expect(same, "must have the same dataSource and dataSourceRef")


def _source(source: Field) -> None:
    for key in ("name", "kind"):
        if not source.text(key):
            source.at(key).required()
    native = source.text("kind") == "PersistentVolumeClaim"
    source.expect(native or bool(source.text("apiGroup")), "must have an apiGroup, or be a PersistentVolumeClaim")
    source.at("apiGroup").may(formats.subdomain)
    source.at("namespace").may(formats.dns_label)
