"""The clusters that Quadrant makes itself: kind where there is Docker, else the lab."""

from collections.abc import Collection
from contextlib import AbstractContextManager
from pathlib import Path

from quadrant_platform.applier.clusters import local_state
from quadrant_platform.applier.clusters.connection import binary
from quadrant_platform.applier.clusters.target import ClusterType
from quadrant_platform.host.locks import locked
from quadrant_platform.host.progress import Say
from quadrant_platform.lab.build.catalogue import SAMPLE
from quadrant_platform.lab.kind import completion
from quadrant_platform.lab.kind.kind_cluster import NAME, KindClient, client, run_kind
from quadrant_platform.lab.lifecycle import cluster
from quadrant_platform.lab.machine.home import Home
from quadrant_platform.lab.machine.network_plan import EntryPorts


class KindCluster:
    """A cluster of kind, completed with what a stack needs."""

    port = None
    """The entry has none on loopback: kubectl has to forward it."""

    def up(self, images: Collection[str], say: Say) -> None:
        """Create it where it is absent, and install what a stack needs beyond it.

        BadInput, before anything is created, where this machine could not complete it; BuildFailed where an image
        cannot be made. The next call resumes where one ended.
        """
        ours, wanted = _kind(), [*images, SAMPLE]
        with _alone(say):
            if not _found(say):
                completion.check(wanted, Home.here())
                _create(say)
            completion.install_definitions(ours, Home.here(), say)
            completion.complete(ours, wanted, Home.here(), say)

    def down(self, say: Say) -> None:
        """Delete it."""
        with _alone(say):
            say("deleting the cluster of kind")
            _delete()

    def load(self, images: Collection[str], say: Say) -> None:
        """Load those that no registry has; the node pulls the others."""
        completion.load_images(_kind(), images, Home.here(), say)


class LabCluster:
    """The one-node cluster that needs no Docker."""

    @property
    def port(self) -> int:
        """The entry's port on loopback."""
        return EntryPorts.here().https

    def up(self, images: Collection[str], say: Say) -> None:
        """Start the lab, which writes its kubeconfig itself."""
        cluster.up(Home.here(), say, [*images, SAMPLE])

    def down(self, say: Say) -> None:
        """Stop the lab and remove its data; its programs and images are kept."""
        cluster.down(Home.here(), say)
        say(f"the lab is gone; kept for the next time: its programs and images in {Home.here().root}")

    def load(self, images: Collection[str], say: Say) -> None:
        """Make images and import them."""
        if foreign := cluster.load(Home.here(), images, say):
            say(f"the node has to pull {', '.join(foreign)}")


def _kind() -> KindClient:
    return client(binary(ClusterType.KIND), local_state.kind_kubeconfig())


def _found(say: Say) -> bool:
    """Return whether the cluster exists, and write its kubeconfig; remove what an interrupted creation left."""
    if NAME not in run_kind("get", "clusters").split():
        return False
    if _unfinished().exists():
        say("removing a cluster of kind whose creation was interrupted")
        _delete()
        return False
    run_kind("export", "kubeconfig", "--name", NAME, "--kubeconfig", str(local_state.kind_kubeconfig()))
    return True


def _create(say: Say) -> None:
    say("creating a cluster with kind; its image is pulled first")
    _unfinished().touch()
    place = ("--name", NAME, "--kubeconfig", str(local_state.kind_kubeconfig()))
    # Do not wait for the node here: without a network it cannot be ready.
    run_kind("create", "cluster", *place, "--config", str(completion.CONFIG))
    _unfinished().unlink()


def _delete() -> None:
    run_kind("delete", "cluster", "--name", NAME, "--kubeconfig", str(local_state.kind_kubeconfig()))
    local_state.kind_kubeconfig().unlink(missing_ok=True)
    _unfinished().unlink(missing_ok=True)


def _unfinished() -> Path:
    """Return the file that exists while kind creates the cluster: a kill leaves a node that never gets ready."""
    return local_state.folder() / ".kind.unfinished"


def _alone(say: Say) -> AbstractContextManager[object]:
    """Hold the cluster's lock: systems have locks of their own, and share the cluster."""
    waiting = "waiting for another command that starts or removes the cluster of kind"
    return locked(local_state.folder() / ".kind.lock", lambda: say(waiting))


LOCAL_CLUSTERS: dict[ClusterType, KindCluster | LabCluster] = {
    ClusterType.KIND: KindCluster(),
    ClusterType.LAB: LabCluster(),
}
