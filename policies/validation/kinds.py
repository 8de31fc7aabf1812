"""The native kinds and their rules, and what they find in an object."""

from collections.abc import Mapping
from typing import Any

from quadrant_platform.policies.validation import native_types
from quadrant_platform.policies.validation.access.access_kinds import ACCESS
from quadrant_platform.policies.validation.field_errors import FieldError
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.limits.limit_kinds import LIMITS
from quadrant_platform.policies.validation.metadata import metadata, native_finalizers, path_segment
from quadrant_platform.policies.validation.native_kind import NativeKind
from quadrant_platform.policies.validation.network.network_kinds import NETWORK
from quadrant_platform.policies.validation.storage.storage_kinds import STORAGE
from quadrant_platform.policies.validation.texts.text_kinds import TEXTS
from quadrant_platform.policies.validation.workloads.workload_kinds import WORKLOADS

KINDS: Mapping[tuple[str, str], NativeKind] = {**ACCESS, **LIMITS, **NETWORK, **STORAGE, **TEXTS, **WORKLOADS}
"""The kinds whose fields have rules, by version and kind."""

_OTHER = NativeKind(name=path_segment)
"""What is known of a native kind without rules."""
_OBJECT_META = "meta.v1.ObjectMeta"


def errors_of(manifest: Any) -> list[FieldError]:
    """Return the fields of an object that the API server would refuse: each once, in the order of the rules.

    Of a kind that is not native only the metadata is judged.
    """
    if not isinstance(manifest, dict):
        return []
    version, kind = manifest.get("apiVersion"), manifest.get("kind")
    if not isinstance(version, str) or not isinstance(kind, str) or kind.endswith("List"):
        return []
    errors: list[FieldError] = []
    type_name = native_types.type_of(version, kind)
    if type_name is None:
        _custom(manifest, errors)
    else:
        found = Field(native_types.cleaned(manifest, type_name, errors), errors)
        _judge(found, KINDS.get((version, kind), _OTHER))
    return list(dict.fromkeys(errors))


def _judge(found: Field, native: NativeKind) -> None:
    before = found.reported
    if not native.metadata_first:
        native.rules(found)
    if native.metadata_first or found.reported == before:
        _metadata(found.at("metadata"), native)
    if native.metadata_first:
        native.rules(found)


def _metadata(place: Field, native: NativeKind) -> None:
    metadata(place, native.name, namespaced=native.namespaced, needs_name=native.needs_name)
    if native.has_core_metadata:
        native_finalizers(place)
    if native.keeps_generation:
        place.at("generation").expect(place.number("generation") >= 0, "must be at least 0")


def _custom(manifest: dict[str, Any], errors: list[FieldError]) -> None:
    place = Field(manifest, errors).at("metadata")
    meta = native_types.cleaned(place.value, _OBJECT_META, errors, place)
    metadata(Field({"metadata": meta}, errors).at("metadata"), NativeKind().name, namespaced=True)
