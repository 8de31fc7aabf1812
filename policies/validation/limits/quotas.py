"""ResourceQuotas."""

from typing import Final

from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.limits.amounts import amount
from quadrant_platform.policies.validation.limits.resource_names import is_of_quotas, is_whole, quota_resource_name

_PODS: Final = frozenset({"pods"})
_COMPUTE: Final = _PODS | {"cpu", "memory"} | {f"{side}.{name}" for side in ("limits", "requests")
                                               for name in ("cpu", "memory")}  # fmt: skip
_SCOPES: Final = dict.fromkeys(
    ("Terminating", "NotTerminating", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity"), _COMPUTE
) | {"BestEffort": _PODS, "VolumeAttributesClass": frozenset({"persistentvolumeclaims", "requests.storage"})}
"""The resources that each scope limits."""
_WITHOUT_VALUES: Final = _SCOPES.keys() - {"PriorityClass", "VolumeAttributesClass"}
_CONFLICTS: Final = (frozenset({"BestEffort", "NotBestEffort"}), frozenset({"Terminating", "NotTerminating"}))


def resource_quota(one: Field) -> None:
    """Check a ResourceQuota."""
    spec = one.at("spec")
    _resources(spec, "hard")
    _scopes(spec, spec.texts("scopes"), spec.at("scopes"), spec.at("scopes"))
    if spec.has("scopeSelector"):
        selector = spec.at("scopeSelector")
        place = selector.at("matchExpressions")
        expressions = selector.items("matchExpressions")
        names = [expression.text("scopeName") for expression in expressions]
        _scopes(spec, names, place, place.at("scopeName"))
        for expression in expressions:
            _expression(expression, place)


def _resources(spec: Field, key: str) -> None:
    for name, place in spec.entries(key):
        place.check(quota_resource_name(name))
        found = amount(place.value)
        if found is not None:
            place.expect(found >= 0, "must be at least 0")
            place.expect(not is_whole(name) or found % 1 == 0, "must be a whole number")


def _scopes(spec: Field, names: list[str], place: Field, scope: Field) -> None:
    for name in names:
        scope.expect(name in _SCOPES, f"must be one of {', '.join(sorted(_SCOPES))}")
        for resource in spec.map("hard") if name in _SCOPES else ():
            fits = not is_of_quotas(resource) or resource in _SCOPES[name]
            place.expect(fits, f"{name} does not apply to {resource}")
    for pair in _CONFLICTS:
        place.expect(not pair <= set(names), f"must not have both {' and '.join(sorted(pair))}")


def _expression(expression: Field, place: Field) -> None:
    operator, values = expression.text("operator"), expression.get("values")
    if expression.text("scopeName") in _WITHOUT_VALUES:
        place.at("operator").expect(operator == "Exists", "must be Exists for this scope")
    if operator in {"In", "NotIn"}:
        if not values:
            place.at("values").required(f"must have a value for {operator}")
    elif operator in {"Exists", "DoesNotExist"}:
        place.at("values").expect(not values, f"must be empty for {operator}")
    else:
        place.at("operator").invalid("must be In, NotIn, Exists or DoesNotExist")
