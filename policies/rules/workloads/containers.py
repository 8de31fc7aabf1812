"""Containers: a read-only file system, and probes."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from quadrant_platform.policies.core import Finding, Node, ResourcePolicy, Severity, Subject
from quadrant_platform.policies.core.workload_pods import LONG_RUNNING, WORKLOADS, Container
from quadrant_platform.policies.rules.workloads.image_references import ImageReference

_READINESS, _LIVENESS, _STARTUP = "readinessProbe", "livenessProbe", "startupProbe"
_JVM_VARIABLES = frozenset({"JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"})
_SLOW = frozenset(
    "cassandra clickhouse corretto couchbase couchdb elasticsearch java jdk jenkins jetty jre kafka keycloak mariadb "
    "mongo mongodb mssql mysql neo4j openjdk opensearch percona postgres postgresql scylla solr sonarqube temurin "
    "tomcat wildfly zookeeper zulu".split()
)
"""Words in the names of images whose programs start slowly: those on the JVM, and databases."""
_HELPERS = frozenset({"exporter", "proxy", "client", "operator"})
"""Words of a program beside the slow one."""


class ProbeRequest(NamedTuple):
    """The request of a probe."""

    action: str
    target: tuple[str | int | float | None, ...]


def read_only_root_file_system(subject: Subject) -> Iterator[Finding]:
    """Check that a container cannot write to its own file system."""
    for container in subject.containers:
        if container.security.at("readOnlyRootFilesystem").flag() is not True:
            yield Finding(f"{container.where} does not set readOnlyRootFilesystem to true")


def probes(subject: Subject) -> Iterator[Finding]:
    """Check that containers that serve have probes of readiness and liveness, and slow ones of startup.

    Beside a container with ports, one without does not serve. Liveness that asks the same as readiness must at least
    be more patient.
    """
    pod = subject.pod
    if pod is None or subject.obj.kind not in LONG_RUNNING:
        return
    mains = list(pod.main_containers)
    for container in [one for one in mains if one.ports] or mains:
        listed = subject.is_ours and pod.component in subject.config.startup_components
        starts_slowly = listed or _is_slow(container)
        for probe in (_READINESS, _LIVENESS, *([_STARTUP] if starts_slowly else [])):
            if not container.node.at(probe).present():
                yield Finding(f"{container.where} has no {probe}", probe)
        if _identical(container.node.at(_READINESS), container.node.at(_LIVENESS)):
            yield Finding(f"{container.where} is killed as soon as it is not ready: both probes ask the same", "same")


def _is_slow(container: Container) -> bool:
    if any(node.at("name").text() in _JVM_VARIABLES for node in container.env):
        return True
    image = ImageReference.parse(container.node.at("image").text())
    words = frozenset(re.split(r"[^a-z0-9]+", image.path.rpartition("/")[2].lower()))
    return bool(words & _SLOW) and not words & _HELPERS


def _identical(readiness: Node, liveness: Node) -> bool:
    request = _request(readiness)
    return request is not None and request == _request(liveness) and _patience(liveness) <= _patience(readiness)


def _request(probe: Node) -> ProbeRequest | None:
    if probe.at("httpGet").present():
        get = probe.at("httpGet")
        scheme = get.at("scheme").text() or "HTTP"
        return ProbeRequest("httpGet", (get.at("path").text() or "/", get.at("port").scalar(), scheme))
    if probe.at("exec").present():
        return ProbeRequest("exec", tuple(word.text() for word in probe.at("exec", "command").items()))
    for action in ("tcpSocket", "grpc"):
        if probe.at(action).present():
            return ProbeRequest(action, (probe.at(action, "port").scalar(), probe.at(action, "service").text()))
    return None


def _patience(probe: Node) -> int:
    """Return the seconds of failures until the probe acts; unset fields have the API server's defaults."""
    return (probe.at("periodSeconds").integer() or 10) * (probe.at("failureThreshold").integer() or 3)


POLICIES = (
    ResourcePolicy(
        name="read-only-rootfs", title="The root file system is read-only",
        severity=Severity.HIGH, tags=("NSA-1.1",), kinds=WORKLOADS, predicate=read_only_root_file_system,
        why="An intruder who cannot write cannot install tools or change the program.",
        remedy="Set securityContext.readOnlyRootFilesystem to true and mount an emptyDir for scratch files.",
    ),
    ResourcePolicy(
        name="probes", title="Containers that serve have probes",
        severity=Severity.MEDIUM, tags=("reliability",), kinds=LONG_RUNNING, predicate=probes,
        why="Without readiness traffic arrives too early, without liveness a hung container stays, and without startup "
        "a slow one is killed; liveness that is as impatient as readiness kills what is only busy.",
        remedy="Give the container a readinessProbe and a livenessProbe with more failures or another question, and a "
        "startupProbe where it starts slowly.",
    ),
)  # fmt: skip
