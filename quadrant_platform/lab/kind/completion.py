"""What a fresh cluster of kind lacks: a network, the definitions, certificates, and images that no registry has."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.host.progress import Say
from quadrant_platform.lab.build import image_builds
from quadrant_platform.lab.build.catalogue import CERT_MANAGER, IMAGES, UNPUBLISHED
from quadrant_platform.lab.build.image import normalised
from quadrant_platform.lab.kind.kind_cluster import KindClient, run_kind
from quadrant_platform.lab.kubernetes import addons, definitions
from quadrant_platform.lab.machine.home import Home

CONFIG = Path(__file__).with_name("kind.yaml")
"""What a cluster is created from; it leaves kind's own network out."""
CALICO = "0ca9d1b93644778cafdf1812f3dda02ac0c361e8"  # v3.32.1
NETWORK = f"https://raw.githubusercontent.com/projectcalico/calico/{CALICO}/manifests/calico.yaml"
"""A commit, since a tag can be moved."""
NO_NETWORK = "let this machine reach that address, or give the cluster a network of your own; then run this again"
READY = 'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}'
_KEYS = str.maketrans("/:", "__")


def check(names: Collection[str], home: Home) -> None:
    """Raise BadInput with every reason why this machine could not complete a cluster; changes nothing."""
    needed = _unpublished([*names, CERT_MANAGER])
    if found := (*definitions.problems(home), *image_builds.obstacles(needed, home)):
        raise BadInput(dict.fromkeys(found))


def install_definitions(cluster: KindClient, home: Home, say: Say) -> None:
    """Install every definition that is available, unless the cluster has them.

    KubectlError where the cluster refuses, BadInput where a module does.
    """
    record, digest = cluster.record(), definitions.digest(definitions.SOURCES)
    names = record.get("kinds", "").split()
    if record.get("definitions") == digest and {*names} <= cluster.definitions():
        return
    found = definitions.all_kinds(home, say)
    say(f"installing {len(found)} definitions")
    cluster.kubectl.apply(found)
    names = [one["metadata"]["name"] for one in found]
    established = ("--for=condition=Established", *(f"crd/{name}" for name in names), "--timeout=60s")
    cluster.kubectl.need("wait", *established)
    cluster.add_to_record({"definitions": digest, "kinds": " ".join(names)})


def complete(cluster: KindClient, names: Collection[str], home: Home, say: Say) -> None:
    """Install the network, those of the images that no registry has, and cert-manager, unless the cluster has them.

    KubectlError or BadInput where the cluster or this machine refuses, BuildFailed where an image cannot be made.
    """
    install_network(cluster, say)
    load_images(cluster, [*names, CERT_MANAGER], home, say)
    cluster.kubectl.apply_file(str(addons.CERTIFICATES))
    cluster.kubectl.need("rollout", "status", "deployment/cert-manager", "--namespace=cert-manager", "--timeout=180s")


def install_network(cluster: KindClient, say: Say) -> None:
    """Start Calico where the cluster has no network; KubectlError where it cannot be fetched or does not start."""
    if cluster.record().get("network") == NETWORK or _has_network(cluster):
        return
    say("starting the network, Calico; its images are pulled first")
    cluster.kubectl.apply_file(NETWORK, remedy=NO_NETWORK)
    cluster.kubectl.need("rollout", "status", "daemonset/calico-node", "--namespace=kube-system", "--timeout=300s")
    cluster.kubectl.need("wait", "--for=condition=Ready", "nodes", "--all", "--timeout=120s")
    cluster.add_to_record({"network": NETWORK})


def load_images(cluster: KindClient, names: Collection[str], home: Home, say: Say) -> None:
    """Load those of the images that no registry has into the nodes, once each; the nodes pull the others.

    KubectlError or BadInput where the cluster or this machine refuses, BuildFailed where an image cannot be made.
    """
    record = cluster.record()
    for name in _unpublished(names):
        key, content = f"image.{name.translate(_KEYS)}", image_builds.archive_path(IMAGES[name], home).name
        if record.get(key) != content:
            archive = image_builds.ensure([name], home, say)[name]
            say(f"loading {name}")
            run_kind("load", "image-archive", str(archive), "--name", cluster.name)
            cluster.add_to_record({key: content})


def _unpublished(names: Collection[str]) -> list[str]:
    return sorted({normalised(name) for name in names} & UNPUBLISHED)


def _has_network(cluster: KindClient) -> bool:
    """Return whether another network is there: two would compete for the pods."""
    found = cluster.kubectl.need("get", "daemonsets", "--namespace=kube-system", "-o", "name").split()
    names = {one.rpartition("/")[2] for one in found}
    if "calico-node" in names:
        return False  # ours, or a start of it that was interrupted
    return "kindnet" in names or "True" in cluster.kubectl.need("get", "nodes", "-o", READY).split()
