"""The check that a cluster answers, with the reason and the remedy where it does not."""

import re
from pathlib import Path

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.kubectl import Answer, Kubectl
from quadrant_platform.model.stack_file import KUBECONFIG

SECONDS_TO_ANSWER = 10
_REASONS = (
    (
        r"\bUnauthorized\b|must be logged in|provide credentials|certificate has expired or is not yet valid.*client",
        "refuses the kubeconfig's user: the credentials are wrong or have expired",
        "renew them (log in again, or fetch the kubeconfig anew)",
    ),
    (
        r"x509: certificate signed by unknown authority|certificate is not trusted",
        "has a certificate of another authority than the kubeconfig's: it may be another cluster at the same address",
        "fetch the kubeconfig of this cluster anew, and compare the address",
    ),
    (
        r"x509: certificate (has expired|is valid for)",
        "has a certificate that does not hold",
        "renew the server's certificate, or use an address that it names",
    ),
    (
        r"executable \S+ not found|exec: ",
        "is reached by a program that the kubeconfig names and this machine does not have",
        "install it, or use a kubeconfig without it",
    ),
)
"""By a pattern of kubectl's words: what they mean of the cluster, and the remedy."""
_SILENT = ("does not answer", "start the cluster, or correct the address or the network")


def answers(kubectl: Kubectl) -> bool:
    """Return whether a cluster answers."""
    return _asked(kubectl).code == 0


def check_answer(kubectl: Kubectl, kubeconfig: Path) -> None:
    """Raise BadInput where the cluster of a kubeconfig does not answer, or not to its user."""
    answer = _asked(kubectl)
    if answer.code == 0:
        return
    words = (answer.complaints() or ["no answer"])[-1]
    why, remedy = next((rest for pattern, *rest in _REASONS if re.search(pattern, words)), _SILENT)
    what = f"the cluster of {kubeconfig} {why}: {words}"
    tried = f"`{' '.join(['kubectl', *kubectl.options(), 'get', '--raw', '/readyz'])}` asks it again"
    raise BadInput([Problem((), what, f"{remedy}, or set {KUBECONFIG} to another file; {tried}; nothing was changed")])


def _asked(kubectl: Kubectl) -> Answer:
    return kubectl.run("get", "--raw", "/readyz", f"--request-timeout={SECONDS_TO_ANSWER}s")
