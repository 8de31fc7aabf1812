"""The wait for a stack, which reports each change and ends with readiness, a failure or the deadline."""

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from quadrant_platform.applier.clusters.connection import ClusterSession
from quadrant_platform.applier.observed import applyset
from quadrant_platform.applier.observed.object_keys import ObjectKey
from quadrant_platform.applier.planning.apply_plan import ApplyPlan
from quadrant_platform.applier.status.readiness import Observation, Unready, unready, watched
from quadrant_platform.host.kubectl import Kubectl
from quadrant_platform.host.progress import Say
from quadrant_platform.program.rendering import Manifest

PAUSE = 1.5
"""Seconds between two observations."""
SHOWN = 3
LOG_LINES = 8


@dataclass(frozen=True, slots=True)
class Watch:
    """The watched objects: the members of an installation that have a readiness, and the pods of their namespaces."""

    kubectl: Kubectl
    resources: str
    installation: str
    namespaces: frozenset[str]

    def observe(self) -> Observation:
        """Return the state of the objects now."""
        selector = f"{applyset.MEMBER}={applyset.identity(self.installation)}"
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
        command = ("logs", name, "--namespace", namespace, "--container", container, f"--tail={LOG_LINES}")
        before = self.kubectl.run(*command, "--previous")
        answer = before if before.code == 0 and before.out.strip() else self.kubectl.run(*command)
        return answer.out.splitlines()

    def _within(self, objects: Collection[Manifest]) -> list[Manifest]:
        return [one for one in objects if one["metadata"].get("namespace") in self.namespaces]


def watch(session: ClusterSession, installation: str, plan: ApplyPlan) -> Watch:
    """Return the watch of an installation's members."""
    members = plan.wanted.values()
    kinds = {(one["apiVersion"], one["kind"]) for one in members if watched(one)}
    resources = ",".join(sorted(session.table[kind].argument for kind in kinds))
    namespaces = frozenset(one["metadata"].get("namespace", "") for one in members)
    return Watch(session.kubectl, resources, installation, namespaces)


def until_ready(over: Watch, seconds: float, say: Say) -> list[Unready]:
    """Wait; return what is not ready at the deadline or never will be, an empty list once all is ready."""
    end = time.monotonic() + seconds
    reported = ""
    while True:
        situation = over.observe()
        missing = unready(situation)
        if not missing or any(one.final for one in missing) or time.monotonic() >= end:
            return missing
        line = _line(missing, len(situation.objects))
        if line != reported:
            say(line)
            reported = line
        time.sleep(PAUSE)


def _line(missing: Collection[Unready], total: int) -> str:
    first = sorted(missing, key=lambda one: one.pod is None)
    shown = "; ".join(f"{one.key.kind} {one.key.name} ({one.why})" for one in first[:SHOWN])
    more = f"; and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
    return f"{total - len(missing)} of {total} ready, waiting for {shown}{more}"


def explained(over: Watch, missing: Collection[Unready]) -> Iterator[str]:
    """Yield what is not ready, with the last lines of the logs that explain it."""
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
