"""Every object of every stack, before a real API server that has all kinds and accepts no unknown field."""

import functools
import json
from collections.abc import Iterator
from typing import Any

import pytest

from quadrant_platform.host.kubectl import listed
from tests.cluster.cluster import Cluster, Manifest
from tests.cluster.stand_ins import namespace
from tests.stacks import STACKS, pod_specs, recorded

pytestmark = pytest.mark.lab
ROOM = "tests-acceptance"
"""A namespace of its own, so that no live object of a system is in the way."""
PLACED = frozenset({"Namespace", "PriorityClass", "ClusterRole", "ClusterRoleBinding", "StorageClass"})
"""Kinds that live in no namespace."""
STRICT = (
    "apply",
    "--server-side",
    "--force-conflicts",
    "--field-manager=tests",
    "--dry-run=server",
    "--validate=strict",
)


@pytest.fixture(scope="module")
def room(cluster: Cluster) -> Iterator[Cluster]:
    """The cluster, with a namespace that enforces Pod Security `restricted`."""
    place = namespace(ROOM, **{"pod-security.kubernetes.io/enforce": "restricted"})
    cluster.apply([place])
    yield cluster
    cluster.delete([place])


@functools.cache
def known_kinds(cluster: Cluster) -> frozenset[tuple[str, str]]:
    """API version and kind of all that the cluster has."""
    lines = cluster.run("api-resources", "--no-headers").splitlines()
    return frozenset((line.split()[-3], line.split()[-1]) for line in lines)


def unknown_kinds(cluster: Cluster, system: str, stage: str) -> set[tuple[str, str]]:
    """The kinds of a stack that the cluster lacks."""
    return {(one["apiVersion"], one["kind"]) for one in recorded(system, stage).manifests()} - known_kinds(cluster)


def moved(manifest: Manifest) -> Manifest:
    """An object in the room, without the address that its live twin may have."""
    if manifest["kind"] in PLACED:
        return manifest
    copy: Manifest = json.loads(json.dumps(manifest))
    copy["metadata"]["namespace"] = ROOM
    if copy["kind"] == "Service" and copy["spec"].get("clusterIP") != "None":
        copy["spec"].pop("clusterIP", None)
    for subject in copy.get("subjects", ()):
        subject["namespace"] = ROOM
    return copy


def named_apart(manifests: list[Manifest]) -> list[Manifest]:
    """Objects of several namespaces in one: each name once."""
    taken = dict[tuple[str, str], int]()
    for one in manifests:
        key = (one["kind"], one["metadata"]["name"])
        taken[key] = taken.get(key, -1) + 1
        if taken[key]:
            one["metadata"]["name"] += f"-{taken[key]}"
    return manifests


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_the_api_server_accepts_every_object_with_strict_validation(room: Cluster, system: str, stage: str) -> None:
    lacking = unknown_kinds(room, system, stage)
    manifests = [one for one in recorded(system, stage).manifests() if (one["apiVersion"], one["kind"]) not in lacking]
    answer = room.ask(*STRICT, "-f", "-", given=listed(named_apart([moved(one) for one in manifests])))
    assert answer.code == 0, f"{system} {stage} is refused: {answer.err[:2000]}"
    assert len(answer.out.splitlines()) == len(manifests), "every object was judged"


def test_an_unknown_field_is_refused_by_the_same_check(room: Cluster) -> None:
    manifest: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "odd", "namespace": ROOM},
        "dta": {},
    }
    answer = room.ask(*STRICT, "-f", "-", given=listed([manifest]))
    assert answer.code != 0, "otherwise the acceptance of the stacks would prove nothing"
    assert "dta" in answer.err, "the server names the field"


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_every_kind_of_a_stack_is_known_to_the_cluster(cluster: Cluster, system: str, stage: str) -> None:
    lacking = unknown_kinds(cluster, system, stage)
    groups = {version.split("/")[0] for version, _ in lacking}
    assert groups <= {"postgresql.cnpg.io"}, f"kinds without a definition: {sorted(lacking)}"
    if lacking:
        kinds = ", ".join(sorted(kind for _, kind in lacking))
        pytest.skip(f"needs definitions: no Go module has those of {kinds}; QUADRANT_CRDS names a folder of others")


@pytest.mark.parametrize(("system", "stage"), STACKS)
def test_pod_security_restricted_lets_every_pod_of_a_stack_in(room: Cluster, system: str, stage: str) -> None:
    pods = list(pods_of(system, stage))
    assert pods, f"{system} {stage} runs something"
    answer = room.ask("create", "--dry-run=server", "--validate=strict", "-f", "-", given=listed(pods))
    assert answer.code == 0, f"{system} {stage}: {answer.err[:2000]}"


@pytest.mark.demand("SEC-10")
def test_pod_security_restricted_keeps_a_pod_out_that_may_be_root(room: Cluster) -> None:
    pod = next(pods_of("motovault", "dev"))
    pod["spec"]["securityContext"] = {}
    pod["spec"]["containers"][0]["securityContext"] = {"allowPrivilegeEscalation": True}
    answer = room.ask("create", "--dry-run=server", "-f", "-", given=listed([pod]))
    assert "violates PodSecurity" in answer.err, "otherwise the acceptance of the pods would prove nothing"


def pods_of(system: str, stage: str) -> Iterator[Manifest]:
    """The pods that a stack's workloads would make, without what only a live namespace has."""
    manifests = recorded(system, stage).manifests()
    workloads = [
        one for one in manifests if one["kind"] in ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob")
    ]
    for number, spec in enumerate(spec for workload in workloads for spec in pod_specs(workload)):
        own: Manifest = json.loads(json.dumps(spec))
        own.pop("serviceAccountName", None)
        own.pop("priorityClassName", None)
        claims = {mount["name"] for one in own["containers"] for mount in one.get("volumeMounts", ())}
        claims -= {volume["name"] for volume in own.get("volumes", ())}
        own.setdefault("volumes", []).extend({"name": name, "emptyDir": {}} for name in sorted(claims))
        own.setdefault("restartPolicy", "Always")
        yield {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"pod-{number}", "namespace": ROOM}, "spec": own}
