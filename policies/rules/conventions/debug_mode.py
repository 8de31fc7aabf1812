"""Debug modes and debug logs of a stack's programs."""

import re
from collections.abc import Iterator

from quadrant_platform.policies.core import Finding, Object, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.declared_matrix import DeclaredMatrix
from quadrant_platform.policies.core.policy import OPERATIONS
from quadrant_platform.policies.core.workload_pods import WorkloadPod
from quadrant_platform.vocabulary import MATRIX_LABEL

_DEBUG_LEVEL = re.compile(
    r"\b(?:[\w.-]*log[_.-]?level|level|log_min_messages)[\"']?"  # the setting's name
    r"\s*[:=\s]\s*[\"']?(?:debug|trace)",
    re.IGNORECASE,
)
_DEBUG_FLAG = re.compile(
    r"(?<![\w-])(?:--)?[\w.]*debug[\"']?\s*[:=]\s*[\"']?(?:true|yes|on|1)\b|--inspect\b", re.IGNORECASE
)


def no_debug(stack: StackIndex) -> Iterator[Finding]:
    """Check that no stage runs in debug mode and that DEBUG log levels stay in dev."""
    for matrix in stack.matrices:
        stage = matrix.environment
        for obj, where, text in _settings(stack, matrix):
            if stage != "dev" and _DEBUG_LEVEL.search(text):
                yield Finding(f"{where} sets a debug log level in environment {stage}", "level", obj)
            if _DEBUG_FLAG.search(text):
                yield Finding(f"{where} switches on a debug mode", "flag", obj)


def _settings(stack: StackIndex, matrix: DeclaredMatrix) -> Iterator[tuple[Object, str, str]]:
    for obj in stack.of_kind("ConfigMap"):
        if obj.namespace in matrix.namespaces and MATRIX_LABEL not in obj.labels:
            yield from ((obj, node.path, node.text()) for _, node in obj.node.at("data").entries())
    for pod in stack.pods:
        if pod.workload.namespace in matrix.namespaces:
            yield from ((pod.workload, where, text) for where, text in _command_lines(pod))


def _command_lines(pod: WorkloadPod) -> Iterator[tuple[str, str]]:
    for container in pod.containers:
        yield container.where, " ".join(node.text() for node in container.command_line)
        for node in container.env:
            value = node.at("value")
            yield node.path, f"{node.at('name').text()}={value.text()}"


POLICIES = (
    StackPolicy(
        name="no-debug", title="Nothing runs in debug mode, and DEBUG logs stay in dev",
        severity=Severity.MEDIUM, tags=("OWASP-A05",), group=OPERATIONS, predicate=no_debug,
        why="Debug output shows personal data and secrets, and debug modes allow what production refuses.",
        remedy="Set the level to INFO or above, and remove the debug flag.",
    ),
)  # fmt: skip
