"""StatefulSets, whose pods have names and volumes of their own."""

from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.field_checks import known, non_negative
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.storage.claims import claim_template_spec
from quadrant_platform.policies.validation.workloads.templates import restarted, selected_template

_MANAGEMENT: Final = frozenset({"OrderedReady", "Parallel"})
_STRATEGIES: Final = frozenset({"RollingUpdate", "OnDelete"})
_RETENTION: Final = frozenset({"Retain", "Delete"})


def stateful_set(one: Field) -> None:
    """Check a StatefulSet."""
    spec = one.at("spec")
    management = spec.text("podManagementPolicy", "OrderedReady")
    spec.at("podManagementPolicy").expect(management in _MANAGEMENT, "must be OrderedReady or Parallel")
    _strategy(spec.at("updateStrategy"))
    for key in ("whenDeleted", "whenScaled"):
        known(spec.at("persistentVolumeClaimRetentionPolicy"), key, _RETENTION)
    claims = spec.items("volumeClaimTemplates")
    for claim in claims:
        claim_template_spec(claim.at("spec"))
    non_negative(spec, "replicas", "minReadySeconds")
    spec.placed("ordinals.start", spec.at("ordinals").get("start")).expect(
        spec.at("ordinals").number("start") >= 0, "must be at least 0"
    )
    spec.at("serviceName").may(formats.dns_label)
    names = frozenset(claim.at("metadata").text("name") for claim in claims)
    for claim in claims if selected_template(spec.holding(_with_names(spec)), names) else ():
        claim.at("metadata", "name").check(formats.dns_label(claim.at("metadata").text("name")))
    restarted(spec.at("template"))


def _strategy(strategy: Field) -> None:
    kind, rolling = strategy.text("type", "RollingUpdate"), strategy.at("rollingUpdate")
    if kind not in _STRATEGIES:
        strategy.invalid("must have the type RollingUpdate or OnDelete")
    elif kind == "OnDelete":
        rolling.expect(not strategy.has("rollingUpdate"), "must be set for the type RollingUpdate only")
    else:
        non_negative(rolling, "partition")


def _with_names(spec: Field) -> object:
    """Return the specification without the host names of its template, for which its controller has others."""
    template = spec.at("template")
    pods = {key: value for key, value in template.map("spec").items() if key not in {"hostname", "subdomain"}}
    if pods == template.map("spec"):
        return spec.value
    return {**spec.value, "template": {**template.value, "spec": pods}}
