"""The environment of containers, and the references to fields and resources of a pod."""

from collections.abc import Callable
from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.limits.amounts import amount

_ENV_FIELDS: Final = frozenset(
    "metadata.name metadata.namespace metadata.uid spec.nodeName spec.serviceAccountName status.hostIP status.hostIPs "
    "status.podIP status.podIPs".split()
)
VOLUME_FIELDS: Final = frozenset(
    "metadata.name metadata.namespace metadata.labels metadata.annotations metadata.uid".split()
)
_RESOURCES: Final = frozenset(
    f"{side}.{name}" for side in ("limits", "requests") for name in ("cpu", "memory", "ephemeral-storage")
)
_HUGE_PAGES: Final = ("requests.hugepages-", "limits.hugepages-")
_SOURCES: Final = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")
_DECIMAL: Final = frozenset({amount(text) for text in "1 1k 1M 1G 1T 1P 1E".split()})
_BINARY: Final = frozenset({amount(text) for text in "1Ki 1Mi 1Gi 1Ti 1Pi 1Ei".split()})
_CPU: Final = frozenset({amount("1"), amount("1m")})
_SUBSCRIPTED: Final[dict[str, Callable[[str], str]]] = {"metadata.annotations": str.lower, "metadata.labels": str}


def env(container: Field) -> None:
    """Check the variables of a container."""
    for variable in container.items("env"):
        variable.at("name").must(formats.env_name)
        if variable.has("valueFrom"):
            _value_from(variable)
    place = container.at("envFrom")
    for source in container.items("envFrom"):
        source.at("prefix").may(formats.env_name)
        found = [key for key in ("configMapRef", "secretRef") if source.has(key)]
        for key in found:
            source.at(key).at("name").must(formats.prefix_of(formats.subdomain))
        if not source.is_unknown("configMapRef"):
            place.expect(len(found) == 1, "must have one of configMapRef and secretRef in each element")


def _value_from(variable: Field) -> None:
    place = variable.at("valueFrom")
    found = [key for key in _SOURCES if place.has(key)]
    if place.has("fieldRef"):
        field_ref(place.at("fieldRef"), _ENV_FIELDS)
    if place.has("resourceFieldRef"):
        resource_ref(place.at("resourceFieldRef"), of_container=False)
    for key in ("configMapKeyRef", "secretKeyRef"):
        if place.has(key):
            _key_ref(place.at(key))
    place.expect(bool(found), f"must have one of {', '.join(_SOURCES)}")
    place.expect(not (found and variable.text("value")), "must not be set beside value")
    place.expect(len(found) <= 1 or bool(variable.text("value")), f"must have one of {', '.join(found)} only")


def _key_ref(place: Field) -> None:
    place.at("name").written(formats.subdomain)
    if not place.has("name"):
        place.at("name").required()
    place.at("key").must(formats.config_key)


def field_ref(place: Field, allowed: frozenset[str]) -> None:
    """Check a reference to a field of the pod."""
    path = place.text("fieldPath")
    if not path:
        place.at("fieldPath").required()
        return
    if place.text("apiVersion", "v1") != "v1":
        place.at("fieldPath").invalid("is read with apiVersion v1 only")
        return
    name, bracket, rest = path.partition("['")
    if path.endswith("']") and bracket and name:
        _subscript(place, name, rest.removesuffix("']"))
    elif path == "spec.host" and "spec.nodeName" in allowed:
        return
    elif path not in allowed:
        place.at("fieldPath").not_supported(allowed)


def _subscript(place: Field, name: str, key: str) -> None:
    case = _SUBSCRIPTED.get(name)
    if case is None:
        place.at("fieldPath").invalid("must have brackets after metadata.labels and metadata.annotations only")
    else:
        place.check(formats.qualified_name(case(key)))


def resource_ref(place: Field, *, of_container: bool) -> None:
    """Check a reference to a request or limit of a container."""
    name = place.text("resource")
    if of_container and not place.text("containerName"):
        place.at("containerName").required()
    elif not name:
        place.at("resource").required()
    elif name not in _RESOURCES and not name.startswith(_HUGE_PAGES):
        place.at("resource").not_supported(_RESOURCES)
    divisor = amount(place.get("divisor"))
    if divisor and (name in _RESOURCES or name.startswith(_HUGE_PAGES)):
        units = _BINARY if str(place.get("divisor")).endswith("i") else _DECIMAL
        fits = divisor in (_CPU if name.endswith(".cpu") else units)
        place.at("divisor").expect(fits, "must be 1, 1m for cpu, or a unit such as 1Mi for the others")
