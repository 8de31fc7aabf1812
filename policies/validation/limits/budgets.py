"""PodDisruptionBudgets."""

from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.selectors import label_selector

_EVICTIONS: Final = frozenset({"AlwaysAllow", "IfHealthyBudget"})
_WHOLE: Final = 100


def disruption_budget(one: Field) -> None:
    """Check a PodDisruptionBudget."""
    spec = one.at("spec")
    both = spec.has("minAvailable") and spec.has("maxUnavailable")
    spec.expect(not both, "must have only one of minAvailable and maxUnavailable")
    for key in ("minAvailable", "maxUnavailable"):
        _share(spec.at(key))
    label_selector(spec.at("selector"))
    spec.at("unhealthyPodEvictionPolicy").one_of(_EVICTIONS)


def _share(field: Field) -> None:
    if isinstance(field.value, str):
        wrong = formats.percent(field.value)
        field.check(wrong)
        field.expect(bool(wrong) or int(field.value[:-1]) <= _WHOLE, "must be at most 100%")
    elif isinstance(field.value, int):
        field.expect(field.value >= 0, "must be at least 0")
