"""What a fresh cluster of kind lacks: a network, the definitions, certificates and the images that no registry has.

`python -m quadrant_platform.lab.kind.completion` installs all of it, with `definitions` enough for a preview. The
cluster is the one of KUBECONFIG or of kubectl's own file. Exit codes: 0 good, 2 for what stands in the way.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.lab.build import image_builds
from quadrant_platform.lab.build.artifacts import Say
from quadrant_platform.lab.build.catalogue import CERT_MANAGER, IMAGES, SAMPLE, UNPUBLISHED
from quadrant_platform.lab.build.failure import BuildFailed
from quadrant_platform.lab.build.image import normalised
from quadrant_platform.lab.kind.kind_cluster import KindClient, call
from quadrant_platform.lab.kubernetes import definitions
from quadrant_platform.lab.machine.home import Home

CONFIG = Path(__file__).with_name("kind.yaml")
"""What a cluster is created from; it leaves kind's own network out."""
CERTIFICATES = Path(__file__).parents[1] / "kubernetes" / "addons" / "certificates.yaml"
CALICO = "0ca9d1b93644778cafdf1812f3dda02ac0c361e8"  # v3.32.1
NETWORK = f"https://raw.githubusercontent.com/projectcalico/calico/{CALICO}/manifests/calico.yaml"
"""A commit, since a tag can be moved."""
NO_NETWORK = "let this machine reach that address, or give the cluster a network of your own; then run this again"
READY = 'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}'


def check(names: Collection[str], home: Home) -> None:
    """Raise BadInput with everything for which this machine could not complete a cluster; changes nothing."""
    needed = _unpublished([*names, CERT_MANAGER])
    if found := (*definitions.problems(home), *image_builds.obstacles(needed, home)):
        raise BadInput(dict.fromkeys(found))


def install_definitions(cluster: KindClient, home: Home, say: Say) -> None:
    """Install every definition that can be had, unless they are there.

    BadInput where the cluster or a module refuses.
    """
    known, digest = cluster.known(), definitions.digest(definitions.SOURCES)
    names = known.get("kinds", "").split()
    if known.get("definitions") == digest and {*names} <= cluster.kinds():
        return
    if not definitions.extra_folder().is_dir():
        say(f"no folder {definitions.extra_folder()}: kinds of CloudNativePG, k6, Linkerd stay unknown to the cluster")
    found = definitions.all_kinds(home, say)
    say(f"installing {len(found)} definitions")
    cluster.apply(found)
    names = [one["metadata"]["name"] for one in found]
    cluster.run("wait", "--for=condition=Established", *(f"crd/{name}" for name in names), "--timeout=60s")
    cluster.remember({"definitions": digest, "kinds": " ".join(names)})


def complete(cluster: KindClient, names: Collection[str], home: Home, say: Say) -> None:
    """Bring the network, those of the images that no registry has, and cert-manager; what is there is left alone.

    BadInput where the cluster or this machine refuses, BuildFailed where an image cannot be made.
    """
    install_network(cluster, say)
    load_images(cluster, [*names, CERT_MANAGER], home, say)
    cluster.apply_file(str(CERTIFICATES))
    cluster.run("rollout", "status", "deployment/cert-manager", "--namespace=cert-manager", "--timeout=180s")


def install_network(cluster: KindClient, say: Say) -> None:
    """Start Calico where the cluster has no network of its own; BadInput where it cannot be had or does not start."""
    if cluster.known().get("network") == NETWORK or _connected(cluster):
        return
    say("starting the network, Calico; its images are pulled first")
    cluster.apply_file(NETWORK, NO_NETWORK)
    cluster.run("rollout", "status", "daemonset/calico-node", "--namespace=kube-system", "--timeout=300s")
    cluster.run("wait", "--for=condition=Ready", "nodes", "--all", "--timeout=120s")
    cluster.remember({"network": NETWORK})


def load_images(cluster: KindClient, names: Collection[str], home: Home, say: Say) -> None:
    """Bring those of the images to the nodes that no registry has, once each; the nodes pull the others.

    BadInput where this machine or kind refuses, BuildFailed where an image cannot be made.
    """
    known = cluster.known()
    for name in _unpublished(names):
        key, content = f"image.{name.translate(_KEYS)}", image_builds.kept(IMAGES[name], home).name
        if known.get(key) != content:
            archive = image_builds.ensure([name], home, say)[name]
            say(f"loading {name}")
            call("kind", "load", "image-archive", str(archive), "--name", cluster.name)
            cluster.remember({key: content})


_KEYS = str.maketrans("/:", "__")


def _unpublished(names: Collection[str]) -> list[str]:
    return sorted({normalised(name) for name in names} & UNPUBLISHED)


def _connected(cluster: KindClient) -> bool:
    """Whether somebody else's network is there: two would fight over the pods."""
    found = cluster.run("get", "daemonsets", "--namespace=kube-system", "-o", "name").split()
    names = {one.rpartition("/")[2] for one in found}
    if "calico-node" in names:
        return False  # ours, or a start of it that was interrupted
    return "kindnet" in names or "True" in cluster.run("get", "nodes", "-o", READY).split()


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def main(arguments: Sequence[str]) -> int:
    """Run the command line and return the exit code."""
    if arguments not in ([], ["definitions"]):
        _say("usage: python -m quadrant_platform.lab.kind.completion [definitions]")
        return 2
    cluster = KindClient()
    try:
        install_definitions(cluster, Home.here(), _say)
        if not arguments:
            complete(cluster, [SAMPLE], Home.here(), _say)
    except (BadInput, BuildFailed) as error:
        _say(str(error))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
