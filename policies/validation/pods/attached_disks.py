"""Volumes of disks and file systems outside the cluster."""

import re
from collections.abc import Callable
from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.field_checks import in_range, required
from quadrant_platform.policies.validation.fields import Field

_INITIATORS: Final = {
    "iqn": re.compile(r"iqn\.\d{4}-\d{2}\.([A-Za-z0-9.-]+)(:[^,;*&$|\s]+)$", re.ASCII),
    "eui": re.compile(r"^eui.[A-Za-z0-9]{16}$"), "naa": re.compile(r"^naa.[A-Za-z0-9]{32}$"),
}  # fmt: skip
_LARGEST: Final = 255
_CACHING: Final = frozenset({"None", "ReadOnly", "ReadWrite"})
_DISKS: Final = frozenset({"Shared", "Dedicated", "Managed"})
_RESERVED: Final = (".kubernetes.io", ".k8s.io")
_LONGEST_TENANT: Final = 64


def _needs(*keys: str) -> Callable[[Field], None]:
    return lambda source: required(source, *keys)


glusterfs = _needs("endpoints", "path")
azure_file = _needs("secretName", "shareName")
vsphere = _needs("volumePath")
photon = _needs("pdID")
portworx = _needs("volumeID")
scale_io = _needs("gateway", "system", "volumeName")


def _listed(source: Field, key: str) -> None:
    if not source.get(key):
        source.at(key).required()


def gce(source: Field) -> None:
    """Check a disk of Google."""
    required(source, "pdName")
    in_range(source, "partition", 0, _LARGEST)


def aws(source: Field) -> None:
    """Check a disk of Amazon."""
    required(source, "volumeID")
    in_range(source, "partition", 0, _LARGEST)


def cephfs(source: Field) -> None:
    """Check a CephFS."""
    _listed(source, "monitors")


def rbd(source: Field) -> None:
    """Check an image of Ceph."""
    _listed(source, "monitors")
    required(source, "image")


def cinder(source: Field) -> None:
    """Check a disk of OpenStack."""
    required(source, "volumeID")
    _secret(source)


def _secret(source: Field) -> None:
    if source.has("secretRef"):
        required(source.at("secretRef"), "name")


def iscsi(source: Field) -> None:
    """Check an iSCSI target."""
    required(source, "targetPortal", "iqn")
    if source.text("iqn"):
        source.at("iqn").expect(
            _is_initiator(source.text("iqn")), "must be a name of iSCSI, with iqn, eui or naa first"
        )
    in_range(source, "lun", 0, _LARGEST)
    if (source.flag("chapAuthDiscovery") or source.flag("chapAuthSession")) and not source.has("secretRef"):
        source.at("secretRef").required()
    name = source.get("initiatorName")
    if isinstance(name, str):
        source.named("initiatorName", "initiatorname").expect(_is_initiator(name), "must be a name of iSCSI")


def _is_initiator(text: str) -> bool:
    pattern = _INITIATORS.get(text[:3])
    return pattern is not None and pattern.search(text) is not None


def fibre_channel(source: Field) -> None:
    """Check a Fibre Channel target."""
    names, ids = bool(source.get("targetWWNs")), bool(source.get("wwids"))
    place = source.at("targetWWNs")
    if not names and not ids:
        place.required("must be set, or wwids")
    place.expect(not (names and ids), "must not be set beside wwids")
    if names and not source.has("lun"):
        source.at("lun").required("must be set with targetWWNs")
    if names:
        in_range(source, "lun", 0, _LARGEST)


def flocker(source: Field) -> None:
    """Check a dataset of Flocker."""
    name, uuid = source.text("datasetName"), source.text("datasetUUID")
    if not name and not uuid:
        source.required("must have datasetName or datasetUUID")
    source.expect(not (name and uuid), "must have one of datasetName and datasetUUID")
    source.at("datasetName").expect("/" not in name, "must not contain '/'")


def flex(source: Field) -> None:
    """Check a FlexVolume."""
    required(source, "driver")
    for key in source.map("options"):
        reserved = f".{key.partition('/')[0].lower()}".endswith(_RESERVED)
        source.at("options").key(key).expect(not reserved, "must not be of a domain of Kubernetes")


def quobyte(source: Field) -> None:
    """Check a Quobyte volume."""
    required(source, "registry", "volume")
    if formats.size(source.text("tenant")) > _LONGEST_TENANT and source.text("registry"):
        source.at("tenant").required("must have at most 64 bytes")
    elif source.text("registry"):
        hosts = source.text("registry").split(",")
        source.at("registry").expect(
            all(map(_is_host_and_port, hosts)), "must be hosts with ports, with commas between"
        )


def _is_host_and_port(text: str) -> bool:
    host, colon, _ = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]") if host.startswith("[") and host.endswith("]") else host
    return bool(colon) and not set("[]") & set(bare) and (":" not in bare or bare != host)


def azure_disk(source: Field) -> None:
    """Check a disk of Azure."""
    required(source, "diskName", "diskURI")
    source.at("cachingMode").one_of(_CACHING)
    source.at("kind").one_of(_DISKS)
    managed = source.text("kind", "Shared") == "Managed"
    start = "/subscriptions/" if managed else "https://"
    if not source.text("diskURI").startswith(start):
        source.at("diskURI").not_supported({f"{start}..."})


def storageos(source: Field) -> None:
    """Check a volume of StorageOS."""
    source.at("volumeName").must(formats.dns_label)
    if source.text("volumeNamespace"):
        source.at("volumeNamespace").check(formats.dns_label(source.text("volumeNamespace")))
    _secret(source)
