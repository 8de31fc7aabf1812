"""The connection to a cluster: kubectl for it, checked before it is used."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from quadrant_platform.applier.clusters import local_state
from quadrant_platform.applier.clusters.target import ClusterTarget, ClusterType
from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.kubectl import Kubectl
from quadrant_platform.lab.kubernetes.kubeconfig import points_to_lab
from quadrant_platform.lab.machine import proxies
from quadrant_platform.lab.machine.home import Home
from quadrant_platform.model.stack_file import CONTEXT, KUBECONFIG
from quadrant_platform.preflight.answering import check_answer
from quadrant_platform.preflight.facts import ClusterFacts
from quadrant_platform.preflight.kubeconfig import context_in_use
from quadrant_platform.preflight.reading import read_facts
from quadrant_platform.preflight.serving import Served, served


@dataclass(frozen=True, slots=True)
class ClusterSession:
    """A cluster that answers, and the kinds that it serves."""

    target: ClusterTarget
    context: str
    """The context in use: the target's, else the kubeconfig's current one."""
    kubectl: Kubectl
    table: Served

    def facts(self) -> ClusterFacts:
        """Return what the cluster says of itself now."""
        return read_facts(self.kubectl, self.table)


def connect(target: ClusterTarget) -> ClusterSession:
    """Return a session with a cluster; BadInput where it is not up or does not answer."""
    if target.type.local and not target.kubeconfig.exists():
        what = f"the cluster of {target.type} is not up"
        raise BadInput([Problem((), what, "start it with `quadrant up`")])
    context = context_in_use(target.kubeconfig, target.context)
    kubectl = kubectl_for(target)
    check_answer(kubectl, target.kubeconfig)
    return ClusterSession(target, context, kubectl, served(kubectl))


def is_running(target: ClusterTarget) -> bool:
    """Return whether a local cluster is up and answers."""
    if not target.kubeconfig.exists():
        return False
    return kubectl_for(target).run("get", "--raw", "/readyz", "--request-timeout=5s").code == 0


def check_named(config: Mapping[str, str]) -> None:
    """Raise BadInput where the kubeconfig of a stack's configuration leads to no cluster that answers."""
    file = Path(config[KUBECONFIG]).expanduser()
    context_in_use(file, config.get(CONTEXT))
    check_answer(kubectl_for(ClusterTarget(ClusterType.FOREIGN, file, config.get(CONTEXT), "named")), file)


def kubectl_for(target: ClusterTarget) -> Kubectl:
    """Return kubectl for a cluster; a proxy of the environment is between here and every one but the lab."""
    direct = proxies.exceptions() if points_to_lab(target.kubeconfig) else {}
    cache = local_state.folder() / "kubectl"
    return Kubectl(binary(target.type), target.kubeconfig, target.context, cache=cache, environment=direct)


def binary(cluster: ClusterType) -> str:
    """Return kubectl: the lab's own for the lab, else the one on PATH, else the lab's; BadInput without any."""
    built, found = Home.here().bin / "kubectl", shutil.which("kubectl")
    if built.exists() and (cluster is ClusterType.LAB or found is None):
        return str(built)
    if found is None:
        remedy = "install it, or let `lab up` build one; nothing was changed"
        raise BadInput([Problem(("kubectl",), "is not on PATH, and every cluster is reached by it", remedy)])
    return found
