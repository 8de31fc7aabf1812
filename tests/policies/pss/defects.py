"""A subtle defect for each check, which the comparison with Kubernetes' evaluator has to notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from quadrant_platform.policies.configuration.pod_security_version import LATEST, OLDEST, Version
from quadrant_platform.policies.core.access import Node
from quadrant_platform.policies.core.workload_pods import WorkloadPod
from quadrant_platform.policies.pss.checks import CHECKS, Judge
from tests.policies.pss.ours import VERSIONS, Lookup

Defect = Callable[[str, Version], Judge | None]
EACH = "*"


def _without(node: Any, path: Sequence[str]) -> Any:
    if isinstance(node, list) and path[0] == EACH:
        return [_without(one, path[1:]) for one in node]
    if not isinstance(node, dict) or path[0] not in node:
        return node
    if len(path) == 1:
        return {key: value for key, value in node.items() if key != path[0]}
    return {**node, path[0]: _without(node[path[0]], path[1:])}


def _changed(change: Callable[[Any], Any]) -> Defect:
    """Yield a check that sees another pod than it is given."""

    def defect(check: str, version: Version) -> Judge | None:
        judge = CHECKS[check].judge(version)

        def seen(pod: WorkloadPod) -> Iterator[str]:
            assert judge, "only a check that exists is asked"
            yield from judge(replace(pod, template=Node(change(pod.template.value))))

        return seen if judge else None

    return defect


def _blind(*path: str) -> Defect:
    """Return a check that does not see a field."""
    return _changed(lambda template: _without(template, path))


def _in_version(asked: Version) -> Defect:
    """Return a check that judges as in one version, whatever the version."""
    return lambda check, _: CHECKS[check].judge(asked)


def _first_volume_only(template: Any) -> Any:
    spec = template["spec"]
    return {**template, "spec": {**spec, "volumes": (spec.get("volumes") or [])[:1]}}


def _relaxed_proc(_: str, version: Version) -> Judge | None:
    return CHECKS["procMount"].judge(version)


DEFECTS: dict[str, Defect] = {
    "privileged": _blind("spec", "ephemeralContainers"),
    "hostNamespaces": _blind("spec", "hostIPC"),
    "capabilities_baseline": _blind("spec", "initContainers"),
    "hostPathVolumes": _changed(_first_volume_only),
    "hostPorts": _blind("spec", "ephemeralContainers"),
    "hostProbesAndHostLifecycle": _blind("spec", "containers", EACH, "lifecycle", "preStop", "tcpSocket"),
    "appArmorProfile": _blind("metadata", "annotations"),
    "seLinuxOptions": _blind("spec", "containers", EACH, "securityContext", "seLinuxOptions", "role"),
    "procMount": _in_version(OLDEST),
    "seccompProfile_baseline": _blind("spec", "securityContext"),
    "sysctls": _in_version(LATEST),
    "windowsHostProcess": _blind("spec", "securityContext"),
    "restrictedVolumes": _blind("spec", "volumes", EACH, "nfs"),
    "allowPrivilegeEscalation": _blind("spec", "os"),
    "runAsNonRoot": _blind("spec", "initContainers", EACH, "securityContext", "runAsNonRoot"),
    "runAsUser": _in_version(OLDEST),
    "seccompProfile_restricted": _blind("spec", "containers", EACH, "securityContext", "seccompProfile"),
    "capabilities_restricted": _blind("spec", "os", "name"),
    "procMount_restricted": _relaxed_proc,
}


def planted(check: str) -> Lookup:
    """Return the pack's checks with the defect in one of them."""
    judges = {version: DEFECTS[check](check, version) for version in VERSIONS}

    def lookup(name: str, version: Version) -> Judge | None:
        return judges[version] if name == check else CHECKS[name].judge(version)

    return lookup
