"""The kinds of storage, with their rules."""

from collections.abc import Mapping

from quadrant_platform.policies.validation.native_kind import NativeKind
from quadrant_platform.policies.validation.storage.claims import claim
from quadrant_platform.policies.validation.storage.storage_classes import storage_class

STORAGE: Mapping[tuple[str, str], NativeKind] = {
    ("v1", "PersistentVolumeClaim"): NativeKind(claim, keeps_generation=True),
    ("storage.k8s.io/v1", "StorageClass"): NativeKind(storage_class, namespaced=False, keeps_generation=True),
}
"""Their rules, by version and kind."""
