"""The wait for a stack: told whenever it changes, and ended by readiness, a failure or the deadline."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from quadrant_platform.applier.clusters.kubectl import Kubectl
from quadrant_platform.applier.observed import applyset
from quadrant_platform.applier.observed.discovery import Served
from quadrant_platform.applier.observed.object_keys import Manifest, ObjectKey
from quadrant_platform.applier.status.readiness import Observation, Unready, unready, watched

Say = Callable[[str], None]
PAUSE = 1.5
"""Seconds between two looks."""
SHOWN = 3
LOG_LINES = 8


@dataclass(frozen=True, slots=True)
class Watch:
    """What is watched: the members of a system's set that can be ready, and the pods of their namespaces."""

    kubectl: Kubectl
    resources: str
    system: str
    namespaces: frozenset[str]

    def look(self) -> Observation:
        """Return what the cluster shows now."""
        selector = f"{applyset.MEMBER}={applyset.identity(self.system)}"
        everywhere = ("--all-namespaces",)
        ours = ("get", self.resources, *everywhere, "--selector", selector)
        objects = self.kubectl.objects(*ours) if self.resources else []
        pods = self._within(self.kubectl.objects("get", "pods", *everywhere))
        events = self.kubectl.objects("get", "events", *everywhere, "--field-selector", "type=Warning")
        warnings = {_about(event): str(event.get("message", "")) for event in sorted(self._within(events), key=_time)}
        return Observation(objects, pods, warnings)

    def log(self, pod: str) -> list[str]:
        """Return the last lines that a container wrote before it ended."""
        namespace, name, container = pod.split("/")
        asked = ("logs", name, "--namespace", namespace, "--container", container, f"--tail={LOG_LINES}")
        before = self.kubectl.run(*asked, "--previous")
        answer = before if before.code == 0 and before.out.strip() else self.kubectl.run(*asked)
        return answer.out.splitlines()

    def _within(self, objects: Collection[Manifest]) -> list[Manifest]:
        return [one for one in objects if one["metadata"].get("namespace") in self.namespaces]


def watch(kubectl: Kubectl, table: Served, system: str, members: Collection[Manifest]) -> Watch:
    """Return the watch over a system's members."""
    kinds = {(one["apiVersion"], one["kind"]) for one in members if watched(one)}
    resources = ",".join(sorted(table[kind].argument for kind in kinds))
    return Watch(kubectl, resources, system, frozenset(one["metadata"].get("namespace", "") for one in members))


def until_ready(over: Watch, seconds: float, say: Say) -> list[Unready]:
    """Wait; return what is not ready when the time is up or waiting is of no use, nothing if all is."""
    end = time.monotonic() + seconds
    told = ""
    while True:
        situation = over.look()
        missing = unready(situation)
        if not missing or any(one.final for one in missing) or time.monotonic() >= end:
            return missing
        line = _line(missing, len(situation.objects))
        if line != told:
            say(line)
            told = line
        time.sleep(PAUSE)


def _line(missing: Collection[Unready], total: int) -> str:
    """Say in one line how far it is; what is broken comes first."""
    first = sorted(missing, key=lambda one: one.pod is None)
    shown = "; ".join(f"{one.key.kind} {one.key.name} ({one.why})" for one in first[:SHOWN])
    more = f"; and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
    return f"{total - len(missing)} of {total} ready, waiting for {shown}{more}"


def explained(over: Watch, missing: Collection[Unready]) -> Iterator[str]:
    """Yield what is not ready, with the last lines of the logs that tell why."""
    for one in missing:
        yield f"{one.key}: {one.why}"
        if one.pod is not None:
            yield from (f"    {line}" for line in over.log(one.pod))


def _about(event: Manifest) -> ObjectKey:
    subject = event["involvedObject"]
    group = str(subject.get("apiVersion", "")).rpartition("/")[0]
    return ObjectKey(group, str(subject.get("kind")), str(subject.get("namespace", "")), str(subject.get("name")))


def _time(event: Manifest) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or event["metadata"].get("creationTimestamp"))
