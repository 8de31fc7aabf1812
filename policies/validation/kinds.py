"""The native kinds and their rules, and what they find in an object."""

from collections.abc import Mapping
from typing import Any

from quadrant_platform.policies.validation import native_types
from quadrant_platform.policies.validation.field_errors import FieldError
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.metadata import metadata, native_finalizers, path_segment
from quadrant_platform.policies.validation.native_kind import NativeKind
from quadrant_platform.policies.validation.workloads.workload_kinds import WORKLOADS

KINDS: Mapping[tuple[str, str], NativeKind] = {**WORKLOADS}
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
        native = KINDS.get((version, kind), _OTHER)
        metadata(found.at("metadata"), native.name, namespaced=native.namespaced)
        native_finalizers(found.at("metadata"))
        native.rules(found)
    return list(dict.fromkeys(errors))


def _custom(manifest: dict[str, Any], errors: list[FieldError]) -> None:
    place = Field(manifest, errors).at("metadata")
    meta = native_types.cleaned(place.value, _OBJECT_META, errors, place)
    metadata(Field({"metadata": meta}, errors).at("metadata"), NativeKind().name, namespaced=True)
