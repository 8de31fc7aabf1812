"""The status of a stack on one page: nodes, pods by segment, volumes, certificates, and the public entry."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from quadrant_platform.applier.observed.object_keys import condition
from quadrant_platform.applier.observed.pod_status import claims_of, pod_lack
from quadrant_platform.places import place_of
from quadrant_platform.program.rendering import Manifest
from quadrant_platform.vocabulary import SEGMENT_LABEL, SYSTEM_LABEL

_HOST = re.compile(r"Host\(`([^`]+)`\)")
_PATH = re.compile(r"Path(?:Prefix)?\(`([^`]+)`\)")
_FORWARDED, _BESIDE = 8443, 9443
"""Ports of loopback to which kubectl forwards an entry: the only one, and one beside a local cluster's own."""


@dataclass(frozen=True, slots=True)
class EntryAddress:
    """The address of the public entry."""

    address: str
    port: int
    forward: str = ""
    """The command that forwards it; empty where it is reached directly."""


@dataclass(frozen=True, slots=True)
class StatusReport:
    """The content of a status page; every list is in the order of names."""

    nodes: tuple[dict[str, Any], ...]
    segments: tuple[dict[str, Any], ...]
    volumes: tuple[dict[str, Any], ...]
    certificates: tuple[dict[str, Any], ...]
    routes: tuple[dict[str, Any], ...]
    entry: EntryAddress

    @property
    def ready(self) -> bool:
        """Whether the system exists, its pods are ready and its certificates are signed."""
        pods = all(one["pods"] and not one["lacking"] for one in self.segments)
        return bool(self.segments) and pods and all(one["ready"] for one in self.certificates)

    def lines(self) -> Iterator[tuple[str, str]]:
        """Yield the page as pairs of a name and its state."""
        for node in self.nodes:
            how = "ready" if node["ready"] else "not ready"
            yield f"node {node['name']}", f"{how}, {node['version']}, {node['cpu']} CPU, {node['memory']} of memory"
        for one in self.segments:
            lacking = "".join(f"; {pod}: {why}" for pod, why in one["lacking"].items())
            yield one["segment"], f"{one['ready']} of {one['pods']} pods ready in {one['namespace']}{lacking}"
        yield "volumes", self._volumes()
        yield "certificates", self._certificates()

    def _volumes(self) -> str:
        waiting = [one["name"] for one in self.volumes if one["waits"]]
        due = [one for one in self.volumes if not one["waits"]]
        lacking = [f"; {one['name']} is {one['phase']}" for one in due if one["phase"] != "Bound"]
        how = "waits for its first pod" if len(waiting) == 1 else "wait for their first pods"
        waits = f", {len(waiting)} {how} ({', '.join(waiting)})" if waiting else ""
        return f"{len(due) - len(lacking)} of {len(due)} bound{waits}{''.join(lacking)}"

    def _certificates(self) -> str:
        good = [one for one in self.certificates if one["ready"]]
        ends = sorted(one["until"] for one in good if one["until"])
        first = f", the first ends {ends[0]}" if ends else ""
        lacking = "".join(f"; {one['name']}: {one['why']}" for one in self.certificates if not one["ready"])
        return f"{len(good)} of {len(self.certificates)} ready{first}{lacking}"


def report(installation: str, objects: Collection[Manifest], port: int | None) -> StatusReport:
    """Return the page of an installation from a cluster's nodes, namespaces and the objects in them.

    `port` is that of a local cluster's entry on loopback, which leads to the oldest load balancer; None where the
    objects give the address.
    """
    spaces = segments_of(installation, objects)
    ours = [one for one in objects if one["metadata"].get("namespace") in spaces]
    mounted = {claim for pod in _kind(ours, "Pod") for claim in claims_of(pod)}
    entry = foreign_address(ours) if port is None else local_address(ours, objects, port)
    return StatusReport(
        tuple(_node(one) for one in _kind(objects, "Node")),
        tuple(_segment(name, segment, ours) for name, segment in sorted(spaces.items())),
        tuple(_volume(one, mounted) for one in _kind(ours, "PersistentVolumeClaim")),
        tuple(_certificate(one) for one in _kind(ours, "Certificate")),
        tuple(routes(ours, entry)),
        entry,
    )


def segments_of(installation: str, objects: Collection[Manifest]) -> dict[str, str]:
    """Return the segment of each namespace of an installation."""
    spaces = ((one["metadata"]["name"], one["metadata"].get("labels", {})) for one in _kind(objects, "Namespace"))
    segments = (
        (name, labels.get(SEGMENT_LABEL)) for name, labels in spaces if labels.get(SYSTEM_LABEL) == installation
    )
    return {name: segment for name, segment in segments if segment is not None}


def _kind(objects: Collection[Manifest], kind: str) -> list[Manifest]:
    return sorted((one for one in objects if one["kind"] == kind), key=_named)


def _named(manifest: Manifest) -> str:
    return place_of(manifest["metadata"])


def _node(node: Manifest) -> dict[str, Any]:
    return {
        "name": _named(node),
        "ready": condition(node, "Ready").get("status") == "True",
        "version": node["status"]["nodeInfo"]["kubeletVersion"],
        "cpu": node["status"]["capacity"]["cpu"],
        "memory": node["status"]["capacity"]["memory"],
    }


def _segment(namespace: str, segment: str, objects: Collection[Manifest]) -> dict[str, Any]:
    pods = [one for one in _kind(objects, "Pod") if one["metadata"]["namespace"] == namespace]
    running = [one for one in pods if one.get("status", {}).get("phase") != "Succeeded"]
    lacks = {one["metadata"]["name"]: lack for one in running if (lack := pod_lack(one)) is not None}
    ready = len(running) - len(lacks)
    return {"segment": segment, "namespace": namespace, "ready": ready, "pods": len(running), "lacking": lacks}


def _volume(claim: Manifest, mounted: Collection[str]) -> dict[str, Any]:
    status, name = claim.get("status", {}), _named(claim)
    size = status.get("capacity", {}).get("storage") or claim["spec"]["resources"]["requests"]["storage"]
    phase = status.get("phase", "Pending")
    # Most classes create a volume where its first pod runs, and that of a CronJob starts on schedule only.
    return {"name": name, "phase": phase, "size": size, "waits": phase == "Pending" and name not in mounted}


def _certificate(certificate: Manifest) -> dict[str, Any]:
    ready = condition(certificate, "Ready")
    until = certificate.get("status", {}).get("notAfter")
    good = ready.get("status") == "True"
    return {"name": _named(certificate), "ready": good, "until": until, "why": "" if good else ready.get("message", "")}


def local_address(ours: Collection[Manifest], objects: Collection[Manifest], port: int) -> EntryAddress:
    """Return the address of an entry on loopback; one that came up after another has to be forwarded."""
    mine, first = next(_balancers(ours), None), next(_balancers(objects), None)
    return EntryAddress("127.0.0.1", port) if mine is None or mine is first else _forwarded(mine, _BESIDE)


def _balancers(objects: Collection[Manifest]) -> Iterator[Manifest]:
    """Yield the Services of load balancers, the oldest first, as the lab orders them."""
    found = [one for one in objects if one["kind"] == "Service" and one["spec"].get("type") == "LoadBalancer"]
    yield from sorted(found, key=lambda one: (one["metadata"].get("creationTimestamp", ""), _named(one)))


def _forwarded(service: Manifest, port: int) -> EntryAddress:
    where = f"--namespace {service['metadata']['namespace']} service/{service['metadata']['name']}"
    return EntryAddress("127.0.0.1", port, f"kubectl port-forward {where} {port}:443")


def foreign_address(objects: Collection[Manifest]) -> EntryAddress:
    """Return the address of an installation's load balancer, or a port that kubectl forwards."""
    for one in _balancers(objects):
        for given in one.get("status", {}).get("loadBalancer", {}).get("ingress", ()):
            return EntryAddress(given.get("ip") or given["hostname"], 443)
        return _forwarded(one, _FORWARDED)
    return EntryAddress("127.0.0.1", _FORWARDED)


def routes(objects: Collection[Manifest], entry: EntryAddress) -> Iterator[dict[str, Any]]:
    """Yield every public address once, with the option by which curl finds it without a resolver."""
    found = set[tuple[str, str]]()
    for one in objects:
        for rule in one["spec"]["routes"] if one["kind"] == "IngressRoute" else ():
            path = next(iter(_PATH.findall(rule["match"])), "/")
            found |= {(host, path) for host in _HOST.findall(rule["match"])}
    port = "" if entry.port == 443 else f":{entry.port}"
    for host, path in sorted(found):
        yield {"url": f"https://{host}{port}{path}", "resolve": f"{host}:{entry.port}:{entry.address}"}


def authority_secret(objects: Collection[Manifest], frontends: Collection[str]) -> tuple[str, str] | None:
    """Return namespace and name of the Secret with the entry's own authority; None where another one signs."""
    for one in objects:
        if one["kind"] == "Certificate" and one["metadata"]["namespace"] in frontends and one["spec"].get("isCA"):
            return one["metadata"]["namespace"], one["spec"]["secretName"]
    return None
