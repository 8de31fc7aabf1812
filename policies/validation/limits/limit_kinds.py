"""The kinds that limit, with their rules."""

from collections.abc import Mapping

from quadrant_platform.policies.validation.limits.autoscalers import autoscaler, simple_autoscaler
from quadrant_platform.policies.validation.limits.budgets import disruption_budget
from quadrant_platform.policies.validation.limits.limit_ranges import limit_range
from quadrant_platform.policies.validation.limits.quotas import resource_quota
from quadrant_platform.policies.validation.metadata import path_segment
from quadrant_platform.policies.validation.native_kind import NativeKind

LIMITS: Mapping[tuple[str, str], NativeKind] = {
    ("v1", "LimitRange"): NativeKind(limit_range, needs_name=False, keeps_generation=True),
    ("v1", "ResourceQuota"): NativeKind(resource_quota, keeps_generation=True),
    ("autoscaling/v1", "HorizontalPodAutoscaler"): NativeKind(simple_autoscaler, keeps_generation=True),
    ("autoscaling/v2", "HorizontalPodAutoscaler"): NativeKind(autoscaler, keeps_generation=True),
    ("policy/v1", "PodDisruptionBudget"): NativeKind(
        disruption_budget, name=path_segment, has_core_metadata=False, metadata_first=False
    ),
}
"""Their rules, by version and kind."""
