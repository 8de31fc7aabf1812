"""How a stack is run: who sees a Secret, and how much its programs tell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quadrant_platform.policies.core.declared_matrix import LABEL, DeclaredMatrix
from quadrant_platform.policies.core.index import StackIndex
from quadrant_platform.policies.core.objects import Object
from quadrant_platform.policies.core.policy import Finding, Group, Severity, StackPolicy
from quadrant_platform.policies.core.workload_pods import WorkloadPod
from quadrant_platform.policies.rules.secrets.secret_use import secret_names

GROUP = Group(name="operations", title="Secrets stay with their consumers, nothing runs in debug mode, copies stand in")
CONSUMERS = "quadrant.dev/consumers"
NAME = "app.kubernetes.io/name"
"""A workload is known by this label; its object may be called otherwise."""

_DEBUG_LEVEL = re.compile(
    r"\b(?:[\w.-]*log[_.-]?level|level|log_min_messages)[\"']?"  # the setting's name
    r"\s*[:=\s]\s*[\"']?(?:debug|trace)",
    re.IGNORECASE,
)
_DEBUG_FLAG = re.compile(
    r"(?<![\w-])(?:--)?[\w.]*debug[\"']?\s*[:=]\s*[\"']?(?:true|yes|on|1)\b|--inspect\b",
    re.IGNORECASE,
)


def _declared(stack: StackIndex) -> dict[tuple[str, str], Object]:
    """The Secrets of the stack, and what makes them, by namespace and name."""
    found = {}
    for obj in stack.of_kind("Secret", "ExternalSecret"):
        name = obj.node.at("spec", "target", "name").text() if obj.kind == "ExternalSecret" else ""
        found[obj.namespace, name or obj.name] = obj
    return found


def _used(pod: WorkloadPod) -> set[str]:
    names = {name for volume in pod.volumes for name in secret_names(volume)}
    for container in pod.containers:
        for node in container.node.at("env").items():
            names.add(node.at("valueFrom", "secretKeyRef", "name").text())
        for node in container.node.at("envFrom").items():
            names.add(node.at("secretRef", "name").text())
    return names - {""}


def secret_consumers(stack: StackIndex) -> Iterator[Finding]:
    """A Secret of the stack is used only by the workloads that it names."""
    secrets = _declared(stack)
    for pod in stack.pods:
        workload = pod.workload
        for name in sorted(_used(pod)):
            secret = secrets.get((workload.namespace, name))
            names = {workload.name, pod.labels.get(NAME, workload.name)}
            if secret is not None and names.isdisjoint(_consumers(secret)):
                message = f"it uses {secret.identity}, which does not name it in {CONSUMERS}"
                yield Finding(message, obj=workload)


def _consumers(secret: Object) -> set[str]:
    return {name.strip() for name in secret.annotations.at(CONSUMERS).text().split(",")}


def no_debug(stack: StackIndex) -> Iterator[Finding]:
    """No debug mode in any stage, and no DEBUG log level outside dev."""
    for matrix in stack.matrices:
        stage = matrix.environment
        for obj, where, text in _settings(stack, matrix):
            if stage != "dev" and _DEBUG_LEVEL.search(text):
                yield Finding(f"{where} sets a debug log level in environment {stage}", "level", obj)
            if _DEBUG_FLAG.search(text):
                yield Finding(f"{where} switches on a debug mode", "flag", obj)


def _settings(stack: StackIndex, matrix: DeclaredMatrix) -> Iterator[tuple[Object, str, str]]:
    """The texts by which a system's workloads are configured."""
    for obj in stack.of_kind("ConfigMap"):
        if obj.namespace in matrix.namespaces and LABEL not in obj.labels:
            yield from ((obj, node.path, node.text()) for _, node in obj.node.at("data").entries())
    for pod in stack.pods:
        if pod.workload.namespace in matrix.namespaces:
            yield from ((pod.workload, where, text) for where, text in _command_lines(pod))


def _command_lines(pod: WorkloadPod) -> Iterator[tuple[str, str]]:
    for container in pod.containers:
        words = [*container.node.at("command").items(), *container.node.at("args").items()]
        yield container.where, " ".join(node.text() for node in words)
        for node in container.node.at("env").items():
            value = node.at("value")
            yield node.path, f"{node.at('name').text()}={value.text()}"


POLICIES = (
    StackPolicy(
        name="secret-consumers", title="A Secret is used by its declared consumers only",
        severity=Severity.HIGH, tags=("CIS-5.4", "least-privilege"), group=GROUP, predicate=secret_consumers,
        why="A workload that sees the secrets of another one is taken over together with it.",
        remedy=f"Name the workload in the annotation {CONSUMERS} of the Secret, or do not mount it.",
    ),
    StackPolicy(
        name="no-debug", title="Nothing runs in debug mode, and DEBUG logs stay in dev",
        severity=Severity.MEDIUM, tags=("OWASP-A05",), group=GROUP, predicate=no_debug,
        why="Debug output shows personal data and secrets, and debug modes open doors.",
        remedy="Set the level to INFO or above, and remove the debug flag.",
    ),
)  # fmt: skip
