"""Look-ups in a recorded stack: objects by name, pods and containers by workload, configuration as data."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import pytest
import yaml

from quadrant_platform.policies.pack import POLICIES, Config, check
from tests.policies.builders import changed
from tests.stacks import Manifest, recorded

STAGES = pytest.mark.parametrize("stage", ["dev", "prod"])

_TEMPLATES = {
    "Deployment": ("template",), "StatefulSet": ("template",), "Rollout": ("template",), "Job": ("template",),
    "CronJob": ("jobTemplate", "spec", "template"),
}  # fmt: skip
_NAME = "app.kubernetes.io/name"
ATTACHED = "quadrant.dev/attached-"


@cache
def _manifests(system: str, stage: str) -> tuple[Manifest, ...]:
    return tuple(recorded(system, stage).manifests())


def manifests(system: str, stage: str) -> list[Manifest]:
    """The objects of a stack, the same ones in every call."""
    return list(_manifests(system, stage))


def named(stack: Iterable[Manifest], kind: str, name: str) -> Manifest:
    """The one object of this kind and name."""
    found = [one for one in stack if one["kind"] == kind and one["metadata"]["name"] == name]
    assert len(found) == 1, f"{len(found)} objects are {kind} {name}, where one was expected"
    return found[0]


def names(system: str, stage: str, kind: str) -> set[str]:
    """The names of the objects of a kind."""
    return {one["metadata"]["name"] for one in manifests(system, stage) if one["kind"] == kind}


@cache
def workload(system: str, stage: str, name: str) -> Manifest:
    """The object that makes a workload's pods; found by the pods' labels, whatever its own name."""
    found = [one for one in manifests(system, stage) if _pods_named(one) == name]
    assert len(found) == 1, f"{len(found)} objects make pods named {name}, where one was expected"
    return found[0]


def _pods_named(manifest: Manifest) -> str | None:
    if manifest["kind"] not in _TEMPLATES or not template(manifest):
        return None
    return str(template(manifest)["metadata"]["labels"].get(_NAME))


def template(manifest: Manifest) -> Manifest:
    """The pod template of a workload."""
    found: Manifest = manifest["spec"]
    for step in _TEMPLATES[manifest["kind"]]:
        found = found.get(step, {})
    return found


def pod(system: str, stage: str, name: str) -> Manifest:
    """The specification of a workload's pods."""
    spec: Manifest = template(workload(system, stage, name))["spec"]
    return spec


def labels(system: str, stage: str, name: str) -> dict[str, str]:
    """The labels of a workload's pods; an operator's clusters hand theirs down."""
    clusters = [one for one in manifests(system, stage) if one["kind"] == "Cluster" and one["metadata"]["name"] == name]
    for cluster in clusters:
        return dict(cluster["spec"]["inheritedMetadata"]["labels"])
    return dict(template(workload(system, stage, name))["metadata"]["labels"])


def segments(system: str, stage: str, name: str) -> set[str]:
    """The home segment of a workload's pods and those that they are attached to."""
    mine = labels(system, stage, name)
    return {mine["quadrant.dev/segment"]} | {key.removeprefix(ATTACHED) for key in mine if key.startswith(ATTACHED)}


def container(system: str, stage: str, name: str) -> Manifest:
    """The container that carries its workload's name."""
    found: Manifest = next(one for one in pod(system, stage, name)["containers"] if one["name"] == name)
    return found


def ports(container_: Manifest) -> set[int]:
    """The ports that a container opens."""
    return {port["containerPort"] for port in container_.get("ports", ())}


def variables(container_: Manifest) -> dict[str, str]:
    """The environment of a container."""
    return {entry["name"]: entry["value"] for entry in container_.get("env", ())}


def sources(spec: Manifest, path: str) -> list[Manifest]:
    """What is projected into the directory that the first container sees at a path, read-only."""
    mount = next(one for one in spec["containers"][0]["volumeMounts"] if one["mountPath"] == path)
    assert mount["readOnly"] is True, f"{path} must not be writable"
    volume = next(one for one in spec["volumes"] if one["name"] == mount["name"])
    found: list[Manifest] = volume["projected"]["sources"]
    return found


def secret_files(system: str, stage: str, name: str) -> dict[str, str]:
    """The Secrets behind the files under /run/secrets, by file."""
    found = sources(pod(system, stage, name), "/run/secrets")
    return {item["path"]: one["secret"]["name"] for one in found for item in one["secret"]["items"]}


def settings(system: str, stage: str, name: str) -> dict[str, Any]:
    """The configuration file that CONFIG_PATH names, as the service reads it from its mounted ConfigMap."""
    place = variables(container(system, stage, name))["CONFIG_PATH"]
    directory, _, file = place.rpartition("/")
    maps = [one["configMap"]["name"] for one in sources(pod(system, stage, name), directory)
            if any(item["path"] == file for item in one["configMap"]["items"])]  # fmt: skip
    namespace = workload(system, stage, name)["metadata"]["namespace"]
    here = [one for one in manifests(system, stage) if one["metadata"].get("namespace") == namespace]
    read: dict[str, Any] = yaml.safe_load(named(here, "ConfigMap", maps[0])["data"][file])
    return read


@cache
def _violations(system: str, stage: str) -> frozenset[tuple[str, str]]:
    found = check(manifests(system, stage), Config(exemptions=()))
    return frozenset((one.policy, one.name) for one in found)


def breaks(system: str, stage: str, policy: str) -> set[str]:
    """The names of a stack's objects that break a policy of the pack, without exemptions."""
    assert policy in POLICIES, f"the pack has no policy {policy}"
    return {name for broken, name in _violations(system, stage) if broken == policy}


def refused(stack: Iterable[Manifest], policy: str) -> set[str]:
    """The names of the objects that break a policy in a stack made for a test."""
    assert policy in POLICIES, f"the pack has no policy {policy}"
    return {found.name for found in check(stack, Config(exemptions=())) if found.policy == policy}


def refusals(target: Manifest, path: str, value: object) -> set[str]:
    """The policies that an object breaks by itself once a field is changed, and did not break before."""
    before, after = ({found.policy for found in check([one], Config(exemptions=()))}
                     for one in (target, changed(target, path, value)))  # fmt: skip
    return after - before


def planted(stack: list[Manifest], target: Manifest, path: str, value: object) -> list[Manifest]:
    """The stack with one field of one object changed."""
    assert any(one is target for one in stack), "what is changed must stand in the stack"
    return [changed(one, path, value) if one is target else one for one in stack]


def contains(whole: Mapping[str, Any], part: Mapping[str, Any]) -> bool:
    """Whether every value of a nested mapping is in another one, at the same place."""
    return all(
        contains(whole.get(key, {}), value) if isinstance(value, Mapping) else whole.get(key) == value
        for key, value in part.items()
    )
