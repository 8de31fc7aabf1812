"""Changes of good pods and objects, and the rules that each breaks; without rules it must pass."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.policies.builders import REMOVE, Manifest, changed, init_container, obj, workload
from tests.policies.judging import Rules

MAIN = "containers/0"
INIT = "initContainers/0"
OWN = f"{MAIN}/securityContext"
POD = "securityContext"
SECRET_REF = {"name": "NODE_ENV", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}


def _parsed(rules: tuple[str, ...]) -> Rules:
    return {(rule.partition("/")[0], rule.partition("/")[2]) for rule in rules}


class PodCase(NamedTuple):
    """A change of a good Deployment; its path begins at the pod's specification."""

    path: str
    value: Any
    rules: Rules

    def __str__(self) -> str:
        value = "removed" if self.value is REMOVE else str(self.value)[:50]
        return f"{self.path}={value}"

    @property
    def manifest(self) -> Manifest:
        return changed(workload(), f"spec/template/spec/{self.path}", self.value)


def breaks(path: str, value: Any, *rules: str) -> PodCase:
    """Return a change that breaks rules, each written `policy/check`."""
    return PodCase(path, value, _parsed(rules))


def keeps(path: str, value: Any) -> PodCase:
    """Return a change that is allowed."""
    return PodCase(path, value, set())


def ephemeral(**context: Any) -> list[dict[str, Any]]:
    """Return a debugging container with a good security context, and what is changed in it."""
    good = {**init_container()["securityContext"], **context}
    return [{"name": "debug", "image": "registry.example.com/debug:1.0", "securityContext": good}]


class ObjectCase:
    """An object and the rules that it breaks, each written `policy/check`."""

    def __init__(self, manifest: Manifest, rules: tuple[str, ...] = ()) -> None:
        self.manifest = manifest
        self.rules = _parsed(rules)
        self._name = f"{manifest['kind']}-{'-'.join(rules) or 'passes'}"

    def __str__(self) -> str:
        return self._name


def role(name: str, rule: Manifest, kind: str = "ClusterRole") -> Manifest:
    return obj("rbac.authorization.k8s.io/v1", kind, name, rules=[rule])
