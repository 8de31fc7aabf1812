"""Annotations of pods that Kubernetes reads, most of them older forms of fields."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.pods.tolerations import tolerations

_MIRROR: Final = "kubernetes.io/config.mirror"
_COST: Final = "controller.kubernetes.io/pod-deletion-cost"
_TOLERATIONS: Final = "scheduler.alpha.kubernetes.io/tolerations"
_SECCOMP: Final = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP_OF: Final = "container.seccomp.security.alpha.kubernetes.io/"
_APP_ARMOR_OF: Final = "container.apparmor.security.beta.kubernetes.io/"
_COST_FORM = re.compile("0|-[0-9]+|[1-9][0-9]*")
_LOCALHOST: Final = "localhost/"
_LISTS: Final = ("initContainers", "containers", "ephemeralContainers")
_SECCOMP_NAMES: Final = {"Unconfined": {"unconfined"}, "RuntimeDefault": {"runtime/default", "docker/default"}}
_APP_ARMOR_NAMES: Final = {"Unconfined": {"unconfined"}, "RuntimeDefault": {"runtime/default"}}


def pod_annotations(meta: Field, spec: Field) -> None:
    """Check the annotations of a pod that Kubernetes reads."""
    place = meta.at("annotations")
    found = {key: text for key, text in meta.map("annotations").items() if isinstance(text, str)}
    place.key(_MIRROR).expect(_MIRROR not in found or bool(spec.text("nodeName")), "needs spec.nodeName")
    place.key(_COST).expect(_is_cost(found.get(_COST, "0")), "must be a whole number of 32 bits")
    if found.get(_TOLERATIONS):
        _listed_tolerations(place, found[_TOLERATIONS])
    names = {one.text("name") for one in _containers(spec)}
    for key, text in found.items():
        if key == _SECCOMP or key.startswith(_SECCOMP_OF):
            place.placed(key, text).check(_seccomp(text))
        elif key.startswith(_APP_ARMOR_OF):
            _app_armor(place.key(key), key.removeprefix(_APP_ARMOR_OF) in names, text)


def _app_armor(entry: Field, has_container: bool, text: str) -> None:
    entry.expect(has_container, "must end with the name of a container")
    known = text in {"", "runtime/default", "unconfined"} or text.startswith(_LOCALHOST)
    entry.expect(known, "must be runtime/default, unconfined or localhost/ and a profile")


def _is_cost(text: str) -> bool:
    return _COST_FORM.fullmatch(text) is not None and -(2**31) <= int(text) < 2**31


def _listed_tolerations(place: Field, text: str) -> None:
    try:
        value: Any = json.loads(text)
    except ValueError:
        place.invalid(f"{_TOLERATIONS} must be JSON")
        return
    if isinstance(value, list):
        listed = place.placed(_TOLERATIONS, value)
        tolerations(listed.item(index, one) for index, one in enumerate(value) if isinstance(one, dict))


def _seccomp(text: str) -> str | None:
    if text in {"runtime/default", "docker/default", "unconfined"}:
        return None
    if text.startswith(_LOCALHOST):
        return formats.relative_path(text.removeprefix(_LOCALHOST))
    return "must be runtime/default, unconfined or localhost/ and a profile"


def profiles(meta: Field, spec: Field) -> None:
    """Check that annotations of profiles say what the fields say."""
    found = meta.map("annotations")
    pod = spec.at("securityContext")
    if _SECCOMP in found and pod.has("seccompProfile"):
        _agrees(pod.at("seccompProfile"), pod.at("seccompProfile"), found[_SECCOMP], _SECCOMP_NAMES)
    for one in _containers(spec):
        own, name = one.at("securityContext"), one.text("name")
        if f"{_SECCOMP_OF}{name}" in found and own.has("seccompProfile"):
            profile = own.at("seccompProfile")
            _agrees(profile, profile, found[f"{_SECCOMP_OF}{name}"], _SECCOMP_NAMES)
        profile = own.at("appArmorProfile") if own.has("appArmorProfile") else pod.at("appArmorProfile")
        if f"{_APP_ARMOR_OF}{name}" in found and spec.at("os").text("name") != "windows":
            _agrees(profile, own.at("appArmorProfile"), found[f"{_APP_ARMOR_OF}{name}"], _APP_ARMOR_NAMES)


def _containers(spec: Field) -> Iterator[Field]:
    return (one for key in _LISTS for one in spec.items(key))


def _agrees(profile: Field, place: Field, text: Any, names: dict[str, set[str]]) -> None:
    kind = profile.text("type")
    if not isinstance(text, str):
        return
    if kind == "Localhost" and text.startswith(_LOCALHOST):
        if profile.get("localhostProfile") != text.removeprefix(_LOCALHOST):
            place.at("localhostProfile").forbidden("must be the profile that the annotation names")
    elif kind == "Localhost" or text not in names.get(kind, {text}):
        place.at("type").forbidden("must be the type that the annotation names")
