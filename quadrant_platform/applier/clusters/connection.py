"""The connection to a cluster: kubectl for it, checked before it is used."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from quadrant_platform.applier.clusters import local_state
from quadrant_platform.applier.clusters.target import ClusterTarget, ClusterType
from quadrant_platform.applier.observed.discovery import Served, served
from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.kubectl import Kubectl
from quadrant_platform.lab.kubernetes.kubeconfig import points_to_lab
from quadrant_platform.lab.machine import proxies
from quadrant_platform.lab.machine.home import Home

SECONDS_TO_ANSWER = 10


@dataclass(frozen=True, slots=True)
class ClusterSession:
    """A cluster that answers, and the kinds that it serves."""

    target: ClusterTarget
    kubectl: Kubectl
    table: Served

    @property
    def context(self) -> str:
        """The context in use: the target's, else the kubeconfig's current one."""
        return self.target.context or self.kubectl.need("config", "current-context").strip()


def connect(target: ClusterTarget) -> ClusterSession:
    """Return a session with a cluster; BadInput where it is not up or does not answer."""
    if target.type.local and not target.kubeconfig.exists():
        what = f"the cluster of {target.type} is not up"
        raise BadInput([Problem((), what, "start it with `quadrant up`")])
    kubectl = kubectl_for(target)
    _check_answer(kubectl, target.kubeconfig)
    return ClusterSession(target, kubectl, served(kubectl))


def is_running(target: ClusterTarget) -> bool:
    """Return whether a local cluster is up and answers."""
    if not target.kubeconfig.exists():
        return False
    return kubectl_for(target).run("get", "--raw", "/readyz", "--request-timeout=5s").code == 0


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


def _check_answer(kubectl: Kubectl, kubeconfig: Path) -> None:
    if not kubeconfig.is_file():
        what = f"the kubeconfig {kubeconfig} does not exist"
        raise BadInput([Problem((), what, "name another one, or unset KUBECONFIG and quadrant:kubeconfig")])
    _check_context(kubectl, kubeconfig)
    answer = kubectl.run("get", "--raw", "/readyz", f"--request-timeout={SECONDS_TO_ANSWER}s")
    if answer.code != 0:
        why = (answer.complaints() or ["no answer"])[-1]
        what = f"the cluster of {kubeconfig} does not answer: {why}"
        remedy = f"try `kubectl --kubeconfig {kubeconfig} get --raw /readyz`; nothing was changed"
        raise BadInput([Problem((), what, remedy)])


def _check_context(kubectl: Kubectl, kubeconfig: Path) -> None:
    answer = kubectl.run("config", "get-contexts", "-o", "name")
    known = answer.out.split()
    remedy = f"set quadrant:context to one of: {', '.join(known) or '(it has none)'}"
    if answer.code != 0:
        what = f"{kubeconfig} is not a kubeconfig: {answer.err.strip()}"
        raise BadInput([Problem((), what, "name another file")])
    if kubectl.context is not None and kubectl.context not in known:
        raise BadInput([Problem((), f"{kubeconfig} has no context {kubectl.context!r}", remedy)])
