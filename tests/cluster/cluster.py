"""The cluster under test, reached by kubectl."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quadrant_platform.host.kubectl import Answer, Kubectl, listed
from quadrant_platform.lab.machine import proxies

Manifest = dict[str, Any]
REMEDY = "`kubectl get events --all-namespaces` shows what happened"


@dataclass(frozen=True)
class Cluster:
    """A cluster, and whether it is the lab's: a defect of another one's is no failure of ours."""

    kubectl: Path
    kubeconfig: Path
    lab: bool

    def ask(self, *arguments: str, given: str | None = None) -> Answer:
        """Return the answer of a command, also where it fails."""
        return self._client().run(*arguments, stdin=given)

    def run(self, *arguments: str, given: str | None = None) -> str:
        """Return what a command printed."""
        return self._client().need(*arguments, stdin=given)

    def _client(self) -> Kubectl:
        direct = proxies.exceptions() if self.lab else {}
        return Kubectl(str(self.kubectl), self.kubeconfig, manager="tests", environment=direct, remedy=REMEDY)

    def items(self, *arguments: str) -> list[Manifest]:
        """The objects that a `get` lists."""
        return self._client().objects("get", *arguments)

    def one(self, kind: str, namespace: str, name: str) -> Manifest:
        """An object."""
        (found,) = self._client().objects("get", kind, name, f"--namespace={namespace}")
        return found

    def apply(self, manifests: list[Manifest]) -> None:
        """Apply objects, under a field manager of the tests' own."""
        if manifests:
            self.run("apply", "--server-side", "--field-manager=tests", "-f", "-", given=listed(manifests))

    def delete(self, manifests: list[Manifest]) -> None:
        """Remove objects, and wait until they are gone."""
        if manifests:
            self.run("delete", "--ignore-not-found", "--wait", "-f", "-", given=listed(manifests))

    def addresses(self, pods: list[Manifest]) -> dict[tuple[str, str], str]:
        """The address of each of these pods, by namespace and name, once it runs."""
        wanted = {(one["metadata"]["namespace"], one["metadata"]["name"]) for one in pods}

        def found() -> dict[tuple[str, str], str]:
            return {
                key: one["status"]["podIP"]
                for one in self.items("pods", "--all-namespaces")
                if (key := (one["metadata"]["namespace"], one["metadata"]["name"])) in wanted
                and one["status"]["phase"] == "Running"
                and one["status"].get("podIP")
            }

        eventually(lambda: found().keys() == wanted, f"pods {sorted(wanted)} run")
        return found()


def eventually(holds: Callable[[], bool], what: str, seconds: float = 90, period: float = 0.5) -> None:
    """Wait until something holds, and fail where it does not."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"not within {seconds} s: {what}"
        time.sleep(period)
