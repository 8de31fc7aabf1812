"""The kinds that hold texts or only have a name, with their rules."""

from collections.abc import Mapping
from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.metadata import STANDARD_FINALIZERS
from quadrant_platform.policies.validation.native_kind import NativeKind
from quadrant_platform.policies.validation.texts.config_maps import config_map, secret

_LARGEST_PRIORITY: Final = 1_000_000_000
_SYSTEM: Final = {"system-node-critical": 2_000_001_000, "system-cluster-critical": 2_000_000_000}
_PREEMPTION: Final = frozenset({"Never", "PreemptLowerPriority"})


def _namespace(one: Field) -> None:
    # The API server labels a namespace with its name.
    one.at("metadata", "labels").check(formats.label_value(one.at("metadata").text("name")))
    place = one.at("spec", "finalizers")
    for text in one.at("spec").texts("finalizers"):
        named = "/" in text or text in STANDARD_FINALIZERS
        wrong = formats.qualified_name(text) or (None if named else "must be a domain, '/' and a name")
        place.check(wrong and f"{wrong}, found {formats.shown(text)}")


def _priority_class(one: Field) -> None:
    name, value = one.at("metadata").text("name"), one.number("value")
    if name.startswith("system-"):
        if _SYSTEM.get(name) != value or one.flag("globalDefault"):
            one.at("metadata", "name").forbidden("must not begin with 'system-', which is Kubernetes' own")
    elif value > _LARGEST_PRIORITY:
        one.at("value").forbidden(f"must be at most {_LARGEST_PRIORITY}, found {value}")
    one.at("preemptionPolicy").one_of(_PREEMPTION)


def _lease(one: Field) -> None:
    spec = one.at("spec")
    spec.at("leaseDurationSeconds").expect(spec.number("leaseDurationSeconds", 1) > 0, "must be above 0")
    spec.at("leaseTransitions").expect(spec.number("leaseTransitions") >= 0, "must be at least 0")


TEXTS: Mapping[tuple[str, str], NativeKind] = {
    ("v1", "ConfigMap"): NativeKind(config_map, keeps_generation=True),
    ("v1", "Namespace"): NativeKind(_namespace, name=formats.dns_label, namespaced=False, keeps_generation=True),
    ("v1", "Secret"): NativeKind(secret, keeps_generation=True),
    ("v1", "ServiceAccount"): NativeKind(keeps_generation=True),
    ("coordination.k8s.io/v1", "Lease"): NativeKind(_lease, has_core_metadata=False, keeps_generation=True),
    ("scheduling.k8s.io/v1", "PriorityClass"): NativeKind(_priority_class, namespaced=False),
}
"""Their rules, by version and kind."""
