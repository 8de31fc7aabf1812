"""A part of a system on the cluster under test: its ground, and those workloads that a test names."""

import copy
import json
import subprocess
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from quadrant_platform.applier import configure_stack
from quadrant_platform.applier.planning import generated_values
from quadrant_platform.lab.build.catalogue import SAMPLE
from quadrant_platform.lab.kubernetes import node_images
from quadrant_platform.lab.machine.home import Home
from tests.cluster.cluster import Cluster, Manifest, eventually

GROUND = frozenset(
    """Namespace PriorityClass NetworkPolicy ResourceQuota LimitRange Issuer Certificate ServiceAccount ConfigMap
    Secret Service PodDisruptionBudget PersistentVolumeClaim""".split()
)
"""What a workload may need before it, and what runs nothing itself."""
MARK = {"quadrant.dev/tests": "part"}
SMALL: dict[str, Any] = {"standIn": SAMPLE, "requests": {"services": 5, "stores": 5}}
CLIENT = "client"
SECONDS = 180
"""How long pods may take to be ready on a busy machine."""


@dataclass(frozen=True)
class Part:
    """The applied part of a system, and its cluster."""

    cluster: Cluster
    objects: list[Manifest] = field(repr=False)
    """Among them Secrets, which no report may show."""

    def one(self, kind: str, name: str) -> Manifest:
        """An object as it was rendered."""
        return next(one for one in self.objects if (one["kind"], one["metadata"]["name"]) == (kind, name))

    def run(self, namespace: str, pod: str, *command: str) -> str:
        """What a command prints in the first container of a pod."""
        return self.cluster.run("exec", f"--namespace={namespace}", pod, "--", *command)

    def python(self, script: Path, namespace: str, *arguments: str) -> subprocess.Popen[str]:
        """A script of ours that runs in the client's pod, until its standard input ends."""
        command = [str(self.cluster.kubectl), f"--kubeconfig={self.cluster.kubeconfig}", "exec", "--stdin"]
        command += [f"--namespace={namespace}", CLIENT, "--", "python3", "-c", script.read_text(), *arguments]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@contextmanager
def part(
    cluster: Cluster, system: str, segments: Collection[str], workloads: Collection[str], **overrides: Any
) -> Iterator[Part]:
    """Segments of a system in its dev stack without what runs there, but for the workloads; they go at the end."""
    spaces = [f"{system}-{segment}" for segment in segments]
    _check_free(cluster, spaces)
    stack = configure_stack(system, "dev", {**SMALL, **overrides})
    values = generated_values.complete(
        generated_values.GeneratedValues(system, {}, None), generated_values.password_lengths(stack.recorded())
    )
    objects = [copy.deepcopy(dict(one)) for one in stack.objects(values).values() if _within(one, spaces)]
    running = [one for one in objects if one["metadata"]["name"] in workloads and "template" in one.get("spec", {})]
    if cluster.lab:
        node_images.load(Home.here(), {SAMPLE, *images(running)}, print)
    ground = [one for one in objects if one["kind"] in GROUND]
    for one in (one for one in ground if one["kind"] == "Namespace"):
        one["metadata"]["labels"] |= MARK
    try:
        cluster.apply(ground)
        cluster.apply(running)
        yield Part(cluster, objects)
    finally:
        _remove(cluster, [one for one in ground if one["kind"] == "PriorityClass"], spaces)


def images(workloads: list[Manifest]) -> Iterator[str]:
    """The images of workloads."""
    for one in workloads:
        spec = one["spec"]["template"]["spec"]
        yield from (container["image"] for container in (*spec.get("initContainers", ()), *spec["containers"]))


def client(workload: Mapping[str, Any], **container: Any) -> Manifest:
    """A pod that is what a workload's pods are to policies, with their files and secrets, and idle."""
    template = copy.deepcopy(workload["spec"]["template"])
    first = template["spec"]["containers"][0] | {"command": ["sleep", "infinity"]} | container
    for key in ("args", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle"):
        first.pop(key, None)
    spec = template["spec"] | {"containers": [first], "restartPolicy": "Never", "terminationGracePeriodSeconds": 0}
    metadata = {
        "name": CLIENT,
        "namespace": workload["metadata"]["namespace"],
        "labels": template["metadata"]["labels"],
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def ready(cluster: Cluster, namespace: str, *names: str) -> None:
    """Wait until objects of kind/name form, StatefulSets, Deployments or pods, are ready."""

    def lacking() -> list[str]:
        found = (json.loads(cluster.run("get", name, f"--namespace={namespace}", "-o", "json")) for name in names)
        return [one["metadata"]["name"] for one in found if not _is_ready(one)]

    eventually(lambda: not lacking(), f"{', '.join(names)} of {namespace} are ready", seconds=SECONDS, period=1)


def _is_ready(one: Manifest) -> bool:
    status = one.get("status", {})
    if one["kind"] == "Pod":
        return any(c["type"] == "Ready" and c["status"] == "True" for c in status.get("conditions", ()))
    if one["kind"] == "Job":
        return bool(status.get("succeeded"))
    return bool(status.get("readyReplicas", 0) >= one["spec"]["replicas"])


def _within(one: Mapping[str, Any], spaces: Collection[str]) -> bool:
    name = one["metadata"]["name"] if one["kind"] == "Namespace" else one["metadata"].get("namespace", "")
    return name in spaces or one["kind"] == "PriorityClass"


def _check_free(cluster: Cluster, spaces: list[str]) -> None:
    """Remove what a killed run left, and nothing of others."""
    live = [one["metadata"] for one in cluster.items("namespaces") if one["metadata"]["name"] in spaces]
    foreign = [one["name"] for one in live if not MARK.items() <= one["labels"].items()]
    if foreign:
        pytest.skip(f"needs lab: {', '.join(foreign)} of this cluster are not the tests'; run `quadrant down`")
    _remove(cluster, [], [one["name"] for one in live])


def _remove(cluster: Cluster, others: list[Manifest], spaces: list[str]) -> None:
    """Remove namespaces with all that is in them, without waiting for pods whose data go too."""
    for space in spaces:
        everything = ("--all", f"--namespace={space}", "--ignore-not-found", "--wait=false")
        cluster.run("delete", "statefulsets,deployments,jobs,cronjobs", *everything)
        cluster.run("delete", "pods", *everything, "--grace-period=1")
    if spaces:
        cluster.run("delete", "namespaces", *spaces, "--ignore-not-found", "--wait")
    cluster.delete(others)
