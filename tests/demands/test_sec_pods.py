"""What pods and accounts may do: the restricted standard, rights on the API, and the audit of both."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from quadrant_platform.commands.cli import main
from tests.demands.rendered import STAGES, breaks, manifests, named, planted, refusals, refused, template, workload
from tests.policies.builders import REMOVE
from tests.stacks import Manifest, containers, pod_specs

MOTOVAULT, PHASE4, PINKY = "motovault", "motovault-phase4", "pinky-promise"
READING = {"get", "list", "watch"}
LEVELS = ("enforce", "audit", "warn")
MAIN = "spec/template/spec/containers/0/securityContext"


@STAGES
@pytest.mark.demand("SEC-08")
def test_traefik_only_reads_the_api(stage: str) -> None:
    """X-24: an account with a read-only role takes the place of the read-only socket."""
    stack = manifests(MOTOVAULT, stage)
    bound = [one for one in stack if one["kind"] in ("RoleBinding", "ClusterRoleBinding")
             and any(subject["name"] == "traefik" for subject in one["subjects"])]  # fmt: skip
    assert bound, "without rights it would find no routes"
    assert {one["kind"] for one in bound} == {"RoleBinding"}, "in the namespaces of its routes, not in the cluster"
    for binding in bound:
        (role,) = [one for one in stack if one["kind"] == "Role"
                   and one["metadata"]["name"] == binding["roleRef"]["name"]
                   and one["metadata"]["namespace"] == binding["metadata"]["namespace"]]  # fmt: skip
        verbs = {verb for rule in role["rules"] for verb in rule["verbs"]}
        assert verbs == READING, f"{role['metadata']['namespace']}: it changes nothing"
    assert not breaks(MOTOVAULT, stage, "read-only-traefik"), "and the pack agrees"


@STAGES
@pytest.mark.demand("SEC-08")
@pytest.mark.parametrize("verb", ["create", "update", "patch", "delete", "*"])
def test_a_writing_verb_in_traefiks_role_is_refused(stage: str, verb: str) -> None:
    role = next(one for one in manifests(MOTOVAULT, stage)
                if one["kind"] == "Role" and one["metadata"]["name"] == "traefik")  # fmt: skip
    assert "read-only-traefik" in refusals(role, "rules/0/verbs", ["get", verb]), f"{verb} is more than reading"


@STAGES
@pytest.mark.demand("SEC-08")
def test_no_pod_mounts_a_path_of_its_node(stage: str) -> None:
    volumes = [volume for one in manifests(MOTOVAULT, stage) for spec in pod_specs(one)
               for volume in spec.get("volumes", ())]  # fmt: skip
    assert not [volume for volume in volumes if "hostPath" in volume], "no socket, no directory"
    socket = {"name": "docker", "hostPath": {"path": "/var/run/docker.sock"}}
    target = workload(MOTOVAULT, stage, "traefik")
    assert "volume-types" in refusals(target, "spec/template/spec/volumes", [socket]), "and the pack refuses one"


@STAGES
@pytest.mark.demand("SEC-10")
def test_the_namespace_holds_its_pods_to_the_restricted_standard(stage: str) -> None:
    stack = manifests(PHASE4, stage)
    labels = named(stack, "Namespace", "motovault")["metadata"]["labels"]
    for level in LEVELS:
        assert labels[f"pod-security.kubernetes.io/{level}"] == "restricted", f"the API server will {level} it"
    assert not breaks(PHASE4, stage, "namespace-labels"), "and the pack agrees"


@STAGES
@pytest.mark.demand("SEC-10")
@pytest.mark.parametrize("level", ["baseline", "privileged", REMOVE])
def test_a_namespace_that_enforces_less_is_refused(stage: str, level: object) -> None:
    stack = manifests(PHASE4, stage)
    target = named(stack, "Namespace", "motovault")
    labels = {key: value for key, value in target["metadata"]["labels"].items() if not key.endswith("/enforce")}
    if level is not REMOVE:
        labels["pod-security.kubernetes.io/enforce"] = level
    assert "motovault" in refused(planted(stack, target, "metadata/labels", labels), "namespace-labels"), (
        "pods of any kind could be placed in it"
    )


@STAGES
@pytest.mark.demand("SEC-10")
@pytest.mark.parametrize(
    ("path", "value", "policy"),
    [
        (f"{MAIN}/privileged", True, "no-privileged"),
        (f"{MAIN}/allowPrivilegeEscalation", True, "no-privilege-escalation"),
        ("spec/template/spec/securityContext/seccompProfile", REMOVE, "seccomp"),
        ("spec/template/spec/securityContext/runAsUser", 0, "run-as-non-root"),
    ],
)
def test_a_pod_below_the_standard_is_refused(stage: str, path: str, value: object, policy: str) -> None:
    target = workload(PHASE4, stage, "motovault")
    assert not breaks(PHASE4, stage, policy), f"the stack keeps to {policy}"
    assert policy in refusals(target, path, value), "the pack refuses it before the API server does"


@STAGES
@pytest.mark.demand("SEC-16")
def test_every_container_is_bound(stage: str) -> None:
    for target in manifests(PINKY, stage):
        for spec in pod_specs(target):
            assert spec["securityContext"]["runAsUser"] > 0, f"{target['metadata']['name']} has a user"
        for one in containers(target):
            context = one["securityContext"]
            name = f"{target['metadata']['name']}/{one['name']}"
            assert context["runAsNonRoot"] is True, f"{name} does not run as root"
            assert context["capabilities"] == {"drop": ["ALL"]}, f"{name} has no capability"
            assert context["readOnlyRootFilesystem"] is True, f"{name} writes to its volumes only"
    for policy in ("run-as-non-root", "drop-all-capabilities", "read-only-rootfs"):
        assert not breaks(PINKY, stage, policy), f"the stack keeps to {policy}"


@STAGES
@pytest.mark.demand("SEC-16")
@pytest.mark.parametrize("name", ["frontend", "backend", "redis-cache", "traefik"])
@pytest.mark.parametrize(
    ("field", "value", "policy"),
    [
        ("runAsNonRoot", False, "run-as-non-root"),
        ("capabilities", {"drop": ["NET_RAW"]}, "drop-all-capabilities"),
        ("capabilities", REMOVE, "drop-all-capabilities"),
        ("readOnlyRootFilesystem", False, "read-only-rootfs"),
        ("readOnlyRootFilesystem", REMOVE, "read-only-rootfs"),
    ],
)
def test_a_container_lacking_one_of_the_three_is_refused(
    stage: str, name: str, field: str, value: object, policy: str
) -> None:
    assert policy in refusals(workload(PINKY, stage, name), f"{MAIN}/{field}", value), f"{name} would be unbound"


def running(stage: str) -> list[Manifest]:
    """One pod of every workload, as the cluster lists them after a deployment."""
    return [running_pod(target) for target in manifests(PINKY, stage) if any(True for _ in pod_specs(target))]


def running_pod(target: Manifest) -> Manifest:
    """What a controller makes of a workload's template: named, owned, and with the volumes of its claims."""
    made, name = template(target), f"{target['metadata']['name']}-0"
    owner = {"apiVersion": target["apiVersion"], "kind": target["kind"], "name": target["metadata"]["name"],
             "uid": str(uuid4()), "controller": True, "blockOwnerDeletion": True}  # fmt: skip
    metadata = {"name": name, "namespace": target["metadata"]["namespace"], "uid": str(uuid4()),
                "ownerReferences": [owner]}  # fmt: skip
    claims = [one["metadata"]["name"] for one in target["spec"].get("volumeClaimTemplates", ())]
    claimed = [{"name": claim, "persistentVolumeClaim": {"claimName": f"{claim}-{name}"}} for claim in claims]
    spec = made["spec"] | {"volumes": [*made["spec"].get("volumes", ()), *claimed]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": made["metadata"] | metadata, "spec": spec}


def audit(pods: list[Manifest], folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[dict[str, Any]]]:
    """Run the command on a list of pods; its exit code and what it lists."""
    file = folder / "pods.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": pods}), encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        main(["check", "--manifests", str(file), "--format", "json"])
    return int(left.value.code or 0), json.loads(capsys.readouterr().out)


@STAGES
@pytest.mark.demand("SEC-22")
def test_an_audit_of_the_running_pods_finds_nothing(
    stage: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = audit(running(stage), tmp_path, capsys)
    assert (code, [one for one in found if one["level"] == "mandatory"]) == (0, []), "all pods are bound"


@STAGES
@pytest.mark.demand("SEC-22")
def test_an_audit_lists_a_pod_that_is_not_bound(stage: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pods = json.loads(json.dumps(running(stage)))
    culprit = next(one for one in pods if one["metadata"]["name"] == "backend-0")
    culprit["spec"]["containers"][0]["securityContext"] = {"runAsNonRoot": False, "privileged": True}
    code, found = audit(pods, tmp_path, capsys)
    assert code == 1, "a script that calls it stops"
    assert {one["name"] for one in found if one["level"] == "mandatory"} == {"backend-0"}, "it names the pod"
    broken = {one["policy"] for one in found}
    assert {"no-privileged", "run-as-non-root", "drop-all-capabilities", "read-only-rootfs"} <= broken, "and each fault"
