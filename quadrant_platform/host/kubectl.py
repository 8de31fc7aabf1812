"""kubectl for one cluster, which every call names."""

import json
import os
import subprocess
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

Manifest = Mapping[str, Any]


class Answer(NamedTuple):
    """How a call ended and what it wrote."""

    code: int
    out: str
    err: str

    def complaints(self) -> list[str]:
        """Return the errors, a line each, without kubectl's own warnings."""
        lines = (line.strip() for line in self.err.splitlines())
        return [line for line in lines if line and not line.startswith(("Warning:", "W0", "I0"))]


class KubectlError(Exception):
    """A call failed; the text holds the cluster's own words."""


@dataclass(frozen=True, slots=True)
class Kubectl:
    """kubectl for one cluster."""

    binary: str = "kubectl"
    kubeconfig: Path | None = None
    """Where None, kubectl's own rules choose the cluster."""
    context: str | None = None
    manager: str = "quadrant"
    """The field manager of everything that it applies."""
    cache: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables beside those of this process, such as exceptions from a proxy."""
    remedy: str = ""
    """What to do about a call that fails."""

    def options(self) -> list[str]:
        """Return the options that name the cluster."""
        file = [] if self.kubeconfig is None else ["--kubeconfig", str(self.kubeconfig)]
        return [*file, *(["--context", self.context] if self.context else [])]

    def run(self, *arguments: str, stdin: str | None = None) -> Answer:
        """Call it and return the answer, whatever it is; KubectlError where there is no such program."""
        cache = [] if self.cache is None else ["--cache-dir", str(self.cache)]
        # A KUBECONFIG of another cluster must not leak into a call that names its own.
        inherited = {key: value for key, value in os.environ.items() if not self.kubeconfig or key != "KUBECONFIG"}
        try:
            done = subprocess.run(
                [self.binary, *self.options(), *cache, *arguments],
                input=stdin or "", env={**inherited, **self.environment}, capture_output=True, text=True, check=False,
            )  # fmt: skip
        except FileNotFoundError:
            what = f"{self.binary} is not on PATH, and the cluster is reached by it; install it and run this again"
            raise KubectlError(what) from None
        return Answer(done.returncode, done.stdout, done.stderr)

    def need(self, *arguments: str, stdin: str | None = None, remedy: str | None = None) -> str:
        """Return what a call writes; KubectlError where it fails."""
        answer = self.run(*arguments, stdin=stdin)
        if answer.code == 0:
            return answer.out
        failed = f"kubectl {' '.join(_words(arguments))} failed"
        words, advice = "\n".join(answer.complaints()), self.remedy if remedy is None else remedy
        raise KubectlError(f"{failed}: {words or f'code {answer.code}'}; {advice}" if advice else words or failed)

    def objects(self, *arguments: str, stdin: str | None = None) -> list[dict[str, Any]]:
        """Return the objects of a call that writes JSON; an empty list where it writes nothing."""
        return parsed(self.need(*arguments, "-o", "json", stdin=stdin))

    def owning(self) -> list[str]:
        """Return the options by which applied fields are ours: one that another manager changed is taken back."""
        return ["--server-side", f"--field-manager={self.manager}", "--force-conflicts"]

    def apply(self, manifests: Collection[Manifest]) -> None:
        """Apply objects in their order, as ours; they pass through memory only."""
        if manifests:
            self.need("apply", *self.owning(), "-f", "-", stdin=listed(manifests))

    def apply_file(self, place: str, *, remedy: str | None = None) -> None:
        """Apply the objects of a file or an address, as ours."""
        self.need("apply", *self.owning(), "-f", place, remedy=remedy)


def _words(arguments: Collection[str]) -> list[str]:
    return [word for word in arguments if not word.startswith("-")][:3]


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
