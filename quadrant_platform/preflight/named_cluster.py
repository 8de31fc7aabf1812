"""The cluster that a stack's settings name, asked before the program registers anything."""

from collections.abc import Mapping
from pathlib import Path

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.kubectl import Kubectl, KubectlError
from quadrant_platform.model.stack_file import CONTEXT, KUBECONFIG
from quadrant_platform.preflight.answering import check_answer
from quadrant_platform.preflight.facts import ClusterFacts
from quadrant_platform.preflight.kubeconfig import context_in_use
from quadrant_platform.preflight.reading import read_facts

OFFLINE = "`quadrant preview` and `quadrant render` work without a cluster"


def kubeconfig_of(settings: Mapping[str, str]) -> Path | None:
    """Return the kubeconfig that settings name; a relative path is taken from the project's folder."""
    named = settings.get(KUBECONFIG)
    return Path(named).expanduser() if named else None


def ask(settings: Mapping[str, str]) -> ClusterFacts:
    """Return the facts of the named cluster; BadInput with the remedy where none is named or it does not answer."""
    file = kubeconfig_of(settings)
    if file is None:
        raise BadInput([_nameless(settings.get(CONTEXT))])
    kubectl = Kubectl(kubeconfig=file, context=context_in_use(file, settings.get(CONTEXT)))
    try:
        check_answer(kubectl, file)
        return read_facts(kubectl)
    except KubectlError as error:
        raise BadInput([Problem((), str(error), OFFLINE)]) from None


def _nameless(context: str | None) -> Problem:
    given = f"{CONTEXT} is {context!r}, and " if context else ""
    what = f"{given}the stack names no cluster; the shell's own is never used by accident"
    return Problem((KUBECONFIG,), what, f"run `pulumi config set {KUBECONFIG} PATH`; {OFFLINE}")
