"""The cluster under test, asked through kubectl."""

import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quadrant_platform.lab.machine import proxies

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Cluster:
    """A cluster, and whether it is the lab's: a defect of another one's is no failure of ours."""

    kubectl: Path
    kubeconfig: Path
    lab: bool

    def ask(self, *arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        """What a command answered, whatever it was."""
        command = [str(self.kubectl), f"--kubeconfig={self.kubeconfig}", *arguments]
        direct = proxies.exceptions() if self.lab else {}
        environment = {name: value for name, value in os.environ.items() if name != "KUBECONFIG"} | direct
        return subprocess.run(command, input=given or "", capture_output=True, text=True, check=False, env=environment)

    def run(self, *arguments: str, given: str | None = None) -> str:
        """What a command printed."""
        done = self.ask(*arguments, given=given)
        assert done.returncode == 0, f"kubectl {' '.join(arguments[:6])}: {done.stderr}"
        return done.stdout

    def items(self, *arguments: str) -> list[Manifest]:
        """The objects that a `get` lists."""
        found: list[Manifest] = json.loads(self.run("get", *arguments, "-o", "json"))["items"]
        return found

    def one(self, kind: str, namespace: str, name: str) -> Manifest:
        """An object."""
        found: Manifest = json.loads(self.run("get", kind, name, f"--namespace={namespace}", "-o", "json"))
        return found

    def apply(self, manifests: list[Manifest]) -> None:
        """Bring objects to the cluster, under a field manager of the tests' own."""
        if manifests:
            self.run("apply", "--server-side", "--field-manager=tests", "-f", "-", given=as_stream(manifests))

    def delete(self, manifests: list[Manifest]) -> None:
        """Remove objects, and wait until they are gone."""
        if manifests:
            self.run("delete", "--ignore-not-found", "--wait", "-f", "-", given=as_stream(manifests))

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


def as_stream(manifests: list[Manifest]) -> str:
    """Objects as kubectl reads them."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests})


def eventually(holds: Callable[[], bool], what: str, seconds: float = 90, period: float = 0.5) -> None:
    """Wait until something holds, and fail where it does not."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"not within {seconds} s: {what}"
        time.sleep(period)
