"""The volumes of pods: their names, and that each has one source."""

from collections.abc import Callable, Mapping
from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.field_checks import required
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.limits.amounts import amount
from quadrant_platform.policies.validation.metadata import annotations, labels
from quadrant_platform.policies.validation.pods import attached_disks, volume_files
from quadrant_platform.policies.validation.pods.mounts import Volumes
from quadrant_platform.policies.validation.storage.claims import claim_template_spec

_HOST_PATHS: Final = frozenset(
    ("", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice")
)
_LONGEST_PORTAL: Final = 64
_CLAIM_METADATA: Final = frozenset({"annotations", "labels"})


def _host_path(source: Field) -> None:
    required(source, "path")
    if source.text("path"):
        source.at("path").check(formats.no_backsteps(source.text("path")))
        kind = source.get("type")
        if isinstance(kind, str) and kind not in _HOST_PATHS:
            source.at("type").not_supported(_HOST_PATHS)


def _claim(source: Field) -> None:
    required(source, "claimName")


def _nfs(source: Field) -> None:
    required(source, "server", "path")
    source.at("path").expect(source.text("path").startswith("/"), "must be an absolute path")


def _git(source: Field) -> None:
    required(source, "repository")
    source.at("directory").check(formats.relative_path(source.text("directory")))


def _csi(source: Field) -> None:
    source.at("driver").must(volume_driver)
    if source.has("nodePublishSecretRef"):
        reference = source.at("nodePublishSecretRef")
        required(reference, "name")
        if reference.text("name"):
            source.at("name").check(formats.subdomain(reference.text("name")))


def volume_driver(text: str) -> str | None:
    """Check the name of a driver of volumes."""
    wrong = formats.subdomain(text.lower())
    return "must have at most 63 characters" if formats.size(text) > 63 else wrong


def _ephemeral(source: Field) -> None:
    template, meta = source.at("volumeClaimTemplate"), source.at("volumeClaimTemplate", "metadata")
    if not source.has("volumeClaimTemplate"):
        template.required()
        return
    labels(meta)
    annotations(meta)
    for key, value in template.map("metadata").items():
        if key not in _CLAIM_METADATA and value not in (None, "", [], {}, 0):
            meta.at(key).forbidden("must not be set in the template of a claim")
    claim_template_spec(template.at("spec"))


_SOURCES: Final[Mapping[str, Callable[[Field], None]]] = {
    "hostPath": _host_path, "gitRepo": _git, "gcePersistentDisk": attached_disks.gce,
    "awsElasticBlockStore": attached_disks.aws, "secret": volume_files.secret, "nfs": _nfs,
    "iscsi": attached_disks.iscsi, "glusterfs": attached_disks.glusterfs, "flocker": attached_disks.flocker,
    "persistentVolumeClaim": _claim, "rbd": attached_disks.rbd, "cinder": attached_disks.cinder,
    "cephfs": attached_disks.cephfs, "quobyte": attached_disks.quobyte, "downwardAPI": volume_files.downward_api,
    "fc": attached_disks.fibre_channel, "flexVolume": attached_disks.flex, "configMap": volume_files.config_map,
    "azureFile": attached_disks.azure_file, "vsphereVolume": attached_disks.vsphere,
    "photonPersistentDisk": attached_disks.photon, "portworxVolume": attached_disks.portworx,
    "azureDisk": attached_disks.azure_disk, "storageos": attached_disks.storageos,
    "projected": volume_files.projected, "scaleIO": attached_disks.scale_io, "csi": _csi, "ephemeral": _ephemeral,
}  # fmt: skip
"""The rules of sources, in the order in which Kubernetes reads them: it judges the first of a volume."""
_PLACES: Final = {"gcePersistentDisk": "persistentDisk"}
"""Sources that Kubernetes calls by another name in what it finds in them."""
_REFUSED_PLACES: Final = {"cephfs": "cephFS", "downwardAPI": "downwarAPI"}
"""Sources that Kubernetes calls by another name where they are too many."""


def volumes(spec: Field, pod_name: str, claims: frozenset[str]) -> Volumes | None:
    """Check the volumes and return the usable ones; nothing where one of unknown name could be any.

    Claims of a StatefulSet take the place of volumes of their name.
    """
    images = (one.text("name") for one in spec.items("volumes") if one.has("image"))
    found: dict[str, Field | None] = dict.fromkeys((*claims, *images))
    listed = [one for one in spec.items("volumes") if one.text("name") not in claims and not one.has("image")]
    created = {f"{pod_name}-{one.text('name')}" for one in listed if one.has("ephemeral") and pod_name}
    for volume in listed:
        before = volume.reported
        name = volume.text("name")
        _source(volume, pod_name)
        volume.at("name").must(formats.dns_label)
        if name in found:
            volume.at("name").duplicate(name)
        if volume.reported == before:
            found[name] = volume
        claim = volume.at("persistentVolumeClaim")
        own = claim.text("claimName") in created
        claim.at("claimName").expect(not own, "must not be a claim that the pod's own volume makes")
    unknown = spec.is_unknown("volumes") or any(one.is_unknown("name") for one in spec.items("volumes"))
    broken = frozenset(one.text("name") for one in listed) - found.keys()
    return None if unknown else Volumes(found, broken)


def _source(volume: Field, pod_name: str) -> None:
    directory = volume.at("emptyDir")
    size = amount(directory.get("sizeLimit"))
    if size is not None and size < 0:
        directory.at("sizeLimit").forbidden("must be at least 0")
    others = [key for key in _SOURCES if volume.has(key)]
    first = None if volume.has("emptyDir") or not others else others[0]
    if first is not None:
        _SOURCES[first](volume.named(first, _PLACES.get(first, first)))
    for key in others:
        if key != first:
            volume.named(key, _REFUSED_PLACES.get(key, key)).forbidden("another source is set, and only one may be")
    _names(volume, first, pod_name)


def _names(volume: Field, source: str | None, pod_name: str) -> None:
    """Check that a volume's name fits into those that are made of it."""
    name, iscsi = volume.text("name"), volume.at("iscsi")
    if iscsi.has("initiatorName"):
        length = formats.size(f"{name}:{iscsi.text('targetPortal')}")
        volume.at("name").expect(length <= _LONGEST_PORTAL, "must have at most 63 bytes together with its targetPortal")
    if source == "ephemeral" and pod_name and name and formats.subdomain(f"{pod_name}-{name}"):
        volume.at("name").invalid("must make the name of a claim after the pod's name")
