"""Pods, and the templates from which workloads make them."""

from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.field_checks import in_range, known
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.metadata import annotations, labels
from quadrant_platform.policies.validation.pods import host_names, scheduling, tolerations, windows
from quadrant_platform.policies.validation.pods.annotations import pod_annotations, profiles
from quadrant_platform.policies.validation.pods.container_resources import pod_resources
from quadrant_platform.policies.validation.pods.container_rules import PodAround, containers, host_port
from quadrant_platform.policies.validation.pods.resources import requirements
from quadrant_platform.policies.validation.pods.security import pod_security
from quadrant_platform.policies.validation.pods.volumes import volumes

_RESTART_POLICIES: Final = frozenset({"Always", "OnFailure", "Never"})
_PREEMPTION: Final = frozenset({"PreemptLowerPriority", "Never"})
_LISTS: Final = ("initContainers", "containers", "ephemeralContainers")


def pod(one: Field) -> None:
    """Check a Pod itself."""
    meta, spec = one.at("metadata"), one.at("spec")
    pod_annotations(meta, spec)
    _spec(spec, is_pod=True, name=meta.text("name"), own=frozenset(meta.map("labels")))
    profiles(meta, spec)
    for listed in ("containers", "initContainers"):
        for container in spec.items(listed):
            image = container.text("image")
            container.at("image").expect(image == image.strip(), "must have no spaces around it")
    if spec.text("nodeName") and spec.get("schedulingGates"):
        spec.at("nodeName").forbidden("must not be set before all schedulingGates are gone")
    _tokens(spec)


def _tokens(spec: Field) -> None:
    account = spec.text("serviceAccountName") or spec.text("serviceAccount")
    for volume in () if account else spec.items("volumes"):
        for source in volume.at("projected").items("sources"):
            if source.has("serviceAccountToken"):
                source.at("serviceAccountToken").forbidden("needs serviceAccountName")


def pod_template(template: Field, claims: frozenset[str] = frozenset()) -> None:
    """Check a template of pods; `claims` are the volumes that a StatefulSet adds."""
    meta, spec = template.at("metadata"), template.at("spec")
    # The API server names labels and annotations of a template without the metadata that they are in.
    named = template.holding(meta.value)
    labels(named)
    annotations(named)
    pod_annotations(named, spec)
    _spec(spec, claims=claims)
    profiles(meta, spec)


def _spec(spec: Field, *, is_pod: bool = False, name: str = "", own: frozenset[str] = frozenset(),
          claims: frozenset[str] = frozenset()) -> None:  # fmt: skip
    found = volumes(spec, name, claims)
    around = PodAround(spec, found, _resource_claims(spec), is_pod)
    containers(around)
    pod_resources(spec, is_pod=is_pod)
    _host_network(around)
    known(spec, "restartPolicy", _RESTART_POLICIES)
    host_names.dns(spec)
    host_names.host_aliases(spec)
    host_names.host_name(spec)
    labels(spec, "nodeSelector")
    pod_security(spec)
    scheduling.affinity(spec, own)
    scheduling.topology_spread(spec, own)
    tolerations.tolerations(spec.items("tolerations"))
    tolerations.gates(spec)
    windows.host_processes(spec)
    windows.operating_system(spec)
    _host_users(spec)
    _others(spec)


def _others(spec: Field) -> None:
    for key in ("serviceAccountName", "nodeName", "priorityClassName"):
        spec.at(key).may(formats.subdomain)
    if not spec.text("serviceAccountName") and spec.text("serviceAccount"):
        spec.named("serviceAccount", "serviceAccountName").check(formats.subdomain(spec.text("serviceAccount")))
    spec.at("runtimeClassName").written(formats.subdomain)
    spec.at("preemptionPolicy").one_of(_PREEMPTION)
    in_range(spec, "activeDeadlineSeconds", 1, 2**31 - 1)
    if spec.has("overhead"):
        requirements(spec.placed("overhead", {"limits": spec.get("overhead")}), frozenset())


def _resource_claims(spec: Field) -> frozenset[str]:
    seen = set[str]()
    for claim in spec.items("resourceClaims"):
        name = claim.text("name")
        if not name:
            claim.at("name").required()
        elif name in seen:
            claim.at("name").duplicate(name)
        else:
            claim.at("name").check(formats.dns_label(name))
        seen.add(name)
        sources = [key for key in ("resourceClaimName", "resourceClaimTemplateName") if claim.has(key)]
        claim.expect(len(sources) == 1, "must have one of resourceClaimName and resourceClaimTemplateName")
        for key in sources:
            claim.at(key).written(formats.subdomain)
    return frozenset(seen - {""})


def _host_network(around: PodAround) -> None:
    if not around.spec.flag("hostNetwork"):
        return
    for port in (port for one in around.spec.items("containers") for port in one.items("ports")):
        number = host_port(around, port)
        fits = number == port.number("containerPort") or (number == 0 and not around.is_pod)
        port.at("hostPort").expect(fits, "must be the containerPort, or not be set, in the node's network")


def _host_users(spec: Field) -> None:
    """Check what a pod whose users are not those of the node may have."""
    if spec.get("hostUsers") is not False:
        return
    for key, name in (("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC")):
        if spec.flag(key):
            spec.named(key, name).forbidden("must not be set beside hostUsers: false")
    for one in (one for listed in _LISTS for one in spec.items(listed)):
        if one.get("volumeDevices"):
            one.at("volumeDevices").forbidden("must not be set beside hostUsers: false")
