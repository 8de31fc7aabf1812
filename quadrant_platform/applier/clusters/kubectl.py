"""kubectl, told in every call which cluster it is to use."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from quadrant_platform.applier.clusters import local_state
from quadrant_platform.applier.clusters.target import ClusterType
from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.lab.kubernetes.kubeconfig import points_to_lab
from quadrant_platform.lab.machine import proxies
from quadrant_platform.lab.machine.home import Home

Manifest = Mapping[str, Any]
MANAGER = "quadrant"
"""The field manager of everything that Quadrant applies."""
OWNING = ("--server-side", f"--field-manager={MANAGER}", "--force-conflicts")
"""What we render is ours: a field that somebody else changed is taken back."""
SECONDS_TO_ANSWER = 10


class Answer(NamedTuple):
    """How a call ended and what it wrote."""

    code: int
    out: str
    err: str

    def complaints(self) -> list[str]:
        """Return the errors, a line each, without kubectl's own warnings."""
        lines = (line.strip() for line in self.err.splitlines())
        return [line for line in lines if line and not line.startswith(("Warning:", "W0", "I0"))]


class Refusal(Exception):
    """The cluster refused what it was asked; the text is its own, for people to read."""


@dataclass(frozen=True, slots=True)
class Kubectl:
    """kubectl for one cluster."""

    binary: str
    kubeconfig: Path
    context: str | None = None

    def place(self) -> list[str]:
        """Return the options that name the cluster."""
        return ["--kubeconfig", str(self.kubeconfig), *(["--context", self.context] if self.context else [])]

    def run(self, *arguments: str, stdin: str | None = None) -> Answer:
        """Call it and return the answer, whatever it is."""
        cache = ["--cache-dir", str(local_state.folder() / "kubectl")]
        done = subprocess.run(
            [self.binary, *self.place(), *cache, *arguments],
            input=stdin or "", env=self._environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        return Answer(done.returncode, done.stdout, done.stderr)

    def _environment(self) -> dict[str, str]:
        """Return the environment; a proxy, if there is one, leads to every cluster but the lab, which is right here."""
        direct = proxies.exceptions() if points_to_lab(self.kubeconfig) else {}
        return {key: value for key, value in os.environ.items() if key != "KUBECONFIG"} | direct

    def need(self, *arguments: str, stdin: str | None = None) -> str:
        """Return what a call writes; Refusal where it fails."""
        answer = self.run(*arguments, stdin=stdin)
        if answer.code != 0:
            raise Refusal("\n".join(answer.complaints()) or f"kubectl {arguments[0]} failed")
        return answer.out

    def objects(self, *arguments: str, stdin: str | None = None) -> list[dict[str, Any]]:
        """Return the objects of a call that writes JSON; none where it writes nothing."""
        return parsed(self.need(*arguments, "-o", "json", stdin=stdin))

    def apply(self, manifests: Collection[Manifest]) -> None:
        """Apply objects in their order, as ours; they pass through memory only."""
        if manifests:
            self.need("apply", *OWNING, "-f", "-", stdin=listed(manifests))


def binary(kind: ClusterType) -> str:
    """Return kubectl: the lab's own for the lab, else the one on PATH, else the lab's; BadInput where none is there."""
    built, found = Home.here().bin / "kubectl", shutil.which("kubectl")
    if built.exists() and (kind is ClusterType.LAB or found is None):
        return str(built)
    if found is None:
        remedy = "install it, or let `lab up` build one; nothing was changed"
        raise BadInput([Problem(("kubectl",), "is not on PATH, and every cluster is reached by it", remedy)])
    return found


def listed(manifests: Collection[Manifest]) -> str:
    """Return objects as one list, in their order."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(manifests)})


def parsed(text: str) -> list[dict[str, Any]]:
    """Return the objects of kubectl's JSON: one after another, or in a list."""
    decoder, rest, found = json.JSONDecoder(), text.lstrip(), list[dict[str, Any]]()
    while rest:
        document, end = decoder.raw_decode(rest)
        found += document["items"] if str(document["kind"]).endswith("List") else [document]
        rest = rest[end:].lstrip()
    return found


def reach(kubectl: Kubectl) -> None:
    """Make sure that the cluster answers; BadInput with what is wrong with the kubeconfig, the context or the way."""
    if not kubectl.kubeconfig.is_file():
        what = f"the kubeconfig {kubectl.kubeconfig} does not exist"
        raise BadInput([Problem((), what, "name another one, or unset KUBECONFIG and quadrant:kubeconfig")])
    _check_context(kubectl)
    answer = kubectl.run("get", "--raw", "/readyz", f"--request-timeout={SECONDS_TO_ANSWER}s")
    if answer.code != 0:
        why = (answer.complaints() or ["no answer"])[-1]
        what = f"the cluster of {kubectl.kubeconfig} does not answer: {why}"
        remedy = f"try `kubectl --kubeconfig {kubectl.kubeconfig} get --raw /readyz`; nothing was changed"
        raise BadInput([Problem((), what, remedy)])


def _check_context(kubectl: Kubectl) -> None:
    answer = kubectl.run("config", "get-contexts", "-o", "name")
    known = answer.out.split()
    remedy = f"set quadrant:context to one of: {', '.join(known) or 'none is there'}"
    if answer.code != 0:
        what = f"{kubectl.kubeconfig} is no kubeconfig: {answer.err.strip()}"
        raise BadInput([Problem((), what, "name another file")])
    if kubectl.context is not None and kubectl.context not in known:
        raise BadInput([Problem((), f"{kubectl.kubeconfig} has no context {kubectl.context!r}", remedy)])
