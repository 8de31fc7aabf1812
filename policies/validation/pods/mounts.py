"""Where containers mount volumes, and which block devices they use."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.field_checks import required
from quadrant_platform.policies.validation.fields import Field

_PROPAGATIONS: Final = frozenset({"Bidirectional", "HostToContainer", "None"})
_READ_ONLY: Final = frozenset({"Disabled", "IfPossible", "Enabled"})
_OF_CLAIMS: Final = ("persistentVolumeClaim", "ephemeral")


@dataclass(frozen=True)
class Volumes:
    """The volumes of a pod: the usable ones by name, nothing for one that is known by its name alone, and others."""

    usable: Mapping[str, Field | None]
    broken: frozenset[str]


def mounts(container: Field, volumes: Volumes | None) -> None:
    """Check the mounts of a container; nothing is said of volumes that are not known."""
    devices = {one.text("name"): one.text("devicePath") for one in container.items("volumeDevices")}
    paths = set[str]()
    for mount in container.items("volumeMounts"):
        path = mount.text("mountPath")
        required(mount, "name", "mountPath")
        _volume(mount, volumes)
        mount.at("mountPath").expect(path not in paths, "must be another path than that of the other mounts")
        paths.add(path)
        mount.at("name").expect(mount.text("name") not in devices, "must not be a volumeDevice too")
        mount.at("mountPath").expect(path not in devices.values(), "must not be the path of a volumeDevice")
        _options(mount, container)


def _volume(mount: Field, volumes: Volumes | None) -> None:
    name = mount.text("name")
    if volumes is None or not name or name in volumes.usable:
        return
    if name in volumes.broken:
        mount.at("name").follows("must be the name of a volume that can be used")
    else:
        mount.at("name").not_found("must be the name of one of the pod's volumes")


def _options(mount: Field, container: Field) -> None:
    """Check the options of a mount, which the API server names without the mount's index."""
    place = container.at("volumeMounts")
    for key in ("subPath", "subPathExpr"):
        if mount.text(key):
            place.at(key).check(_found(formats.relative_path(mount.text(key)), mount.text(key)))
    both = mount.text("subPath") and mount.text("subPathExpr")
    mount.at("subPathExpr").expect(not both, "must not be set beside subPath")
    propagation, privileged = mount.get("mountPropagation"), container.at("securityContext").flag("privileged")
    if isinstance(propagation, str):
        at_place = place.at("mountPropagation")
        if propagation not in _PROPAGATIONS:
            at_place.not_supported(_PROPAGATIONS)
        if propagation == "Bidirectional" and not privileged:
            at_place.forbidden("Bidirectional is for privileged containers")
    _recursive(mount, place.at("recursiveReadOnly"))


def _found(words: str | None, text: str) -> str | None:
    return f"{words}, found {formats.shown(text)}" if words else None


def _recursive(mount: Field, place: Field) -> None:
    value = mount.get("recursiveReadOnly")
    if not isinstance(value, str) or value == "Disabled":
        return
    if value not in _READ_ONLY:
        place.not_supported(_READ_ONLY)
        return
    if not mount.flag("readOnly"):
        place.forbidden("needs readOnly")
    if mount.text("mountPropagation", "None") != "None":
        place.forbidden("needs mountPropagation None")


def devices(container: Field, volumes: Volumes | None) -> None:
    """Check the block devices of a container."""
    mounted = {one.text("name"): one.text("mountPath") for one in container.items("volumeMounts")}
    names, paths = set[str](), set[str]()
    for device in container.items("volumeDevices"):
        name, path = device.text("name"), device.text("devicePath")
        required(device, "name", "devicePath")
        device.at("name").expect(name not in names, "must be another volume than those of the other devices")
        _volume(device, volumes)
        volume = volumes.usable.get(name) if volumes else None
        of_claim = volume is None or any(volume.has(key) for key in _OF_CLAIMS)
        device.at("name").expect(of_claim, "must be a volume of a claim")
        device.at("devicePath").expect(path not in paths, "must be another path than those of the other devices")
        device.at("devicePath").check(formats.no_backsteps(path))
        if formats.no_backsteps(path) is None:
            paths.add(path)
        device.at("name").expect(name not in mounted, "must not be mounted too")
        device.at("devicePath").expect(path not in mounted.values(), "must not be the path of a mount")
        names |= {name} - {""}
