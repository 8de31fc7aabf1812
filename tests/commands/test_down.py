"""`down` removes what `up` made, and no more."""

from pathlib import Path
from typing import Any

import pytest

from quadrant_platform.applier.observed.lingering import explain_lingering
from quadrant_platform.host.kubectl import Kubectl
from tests.applier.cluster import STACK, SYSTEM, Cluster
from tests.commands.running import Runner


def test_a_foreign_cluster_needs_a_word_of_consent(quadrant: Runner, settled: Cluster) -> None:
    before = settled.objects
    result = quadrant("down", *STACK)
    assert result.code == 2, "data would go"
    assert "pass --yes" in result.err, "the remedy is named"
    assert settled.objects == before, "nothing was changed"


def test_nothing_is_left_after_the_last_system(quadrant: Runner, settled: Cluster) -> None:
    result = quadrant("down", *STACK, "--yes")
    assert result.code == 0, result.err
    assert settled.objects == {}, "objects, values, parent and what all systems share"
    assert "kept:" in result.err, "the user reads what stays"


def test_what_systems_share_stays_with_another_one(quadrant: Runner, settled: Cluster) -> None:
    state = settled.read()
    key = settled.find("System")[0]
    other = {**state["objects"][key], "metadata": {"name": "other", "labels": {}}}
    state["objects"]["quadrant.dev|System||other"] = other
    settled.write(state)
    quadrant("down", *STACK, "--yes")
    left = {key.split("|")[1] for key in settled.objects}
    assert left == {"System", "CustomResourceDefinition", "Namespace", "ResourceQuota"}, "the other one needs them"


def test_a_second_down_finds_nothing_to_do(quadrant: Runner, settled: Cluster) -> None:
    quadrant("down", *STACK, "--yes")
    result = quadrant("down", *STACK, "--yes")
    assert result.code == 0, "an interrupted one can be repeated"
    assert f"nothing of {SYSTEM} is in the cluster" in result.err, "and reports it"


def test_the_other_stage_of_a_system_is_not_removed(quadrant: Runner, settled: Cluster) -> None:
    result = quadrant("down", "--system", SYSTEM, "--stack", "prod", "--yes")
    assert result.code == 2, "the cluster holds dev"
    assert f"holds {SYSTEM} of the stack {SYSTEM}-dev" in result.err, "the message names it"
    assert settled.objects, "nothing was changed"


def test_what_does_not_go_is_reported_with_what_holds_it(quadrant: Runner, settled: Cluster) -> None:
    key = settled.find("Service")[0]
    space, name = key.split("|")[2:]
    settled.configure(held={key: ["example.com/guard"]})
    result = quadrant("down", *STACK, "--yes")
    assert result.code == 2, "the cluster is not as it should be"
    assert f"Service {space}/{name}: held by example.com/guard; " in result.err, "the object and its finalizer"
    assert f"patch service {name} --namespace {space} --type=merge" in result.err, "the command that helps"
    assert f"Namespace {space}: Some resources are remaining: services. has 1" in result.err, (
        "the namespace's own words"
    )
    assert "timed out" not in result.err, "kubectl's text adds nothing"
    assert "run the same command to go on" in result.err, "the user reads what is left to do"
    settled.configure(held={})
    assert quadrant("down", *STACK, "--yes").code == 0, "what was held is found again"
    assert settled.objects == {}, "and nothing is left"


def test_what_went_late_is_no_error(quadrant: Runner, settled: Cluster, tmp_path: Path) -> None:
    kubectl = tmp_path / "bin" / "kubectl"
    late = "echo 'error: timed out waiting for the condition on namespaces/late' >&2; exit 1"
    text = kubectl.read_text().replace("exec ", "") + f'case "$*" in *" --wait "*) {late};; esac\n'
    kubectl.write_text(text)
    result = quadrant("down", *STACK, "--yes")
    assert result.code == 0, f"all of it is gone: {result.err}"


def test_a_refused_deletion_is_reported_in_the_clusters_words(
    quadrant: Runner, settled: Cluster, tmp_path: Path
) -> None:
    kubectl = tmp_path / "bin" / "kubectl"
    refusal = "echo 'Error from server (Forbidden): namespaces is forbidden' >&2; exit 1"
    kubectl.write_text(kubectl.read_text().replace("exec", f'case "$*" in *" --wait "*) {refusal};; esac\nexec', 1))
    result = quadrant("down", *STACK, "--yes")
    assert result.code == 2, "the cluster refused"
    assert "namespaces is forbidden" in result.err, "in its own words"
    assert "not gone after" not in result.err, "there was no wait"
    assert "not everything is gone" in result.err, "the user reads what is left to do"


def leaving(kind: str, **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "example.com/v1", "kind": kind, "metadata": {"name": "one", "namespace": "shop", **metadata}}


def line_of(one: dict[str, Any]) -> str:
    [line] = explain_lingering([one], Kubectl("kubectl", Path("kubeconfig"), "far"))
    return line


def test_what_kubernetes_itself_holds_is_never_forced() -> None:
    line = line_of(leaving("Disk", finalizers=["kubernetes.io/pvc-protection"]))
    assert "held by kubernetes.io/pvc-protection" in line, "the reason"
    assert "describe disk.example.com one --namespace shop" in line, "who uses it is seen there"
    assert "--context far" in line, "in the cluster of the stack"
    assert "patch" not in line, "it goes by itself when its user is gone"


def test_a_way_out_by_force_leaves_kubernetes_own_finalizers() -> None:
    line = line_of(leaving("Disk", finalizers=["kubernetes.io/pvc-protection", "example.com/guard"]))
    assert """'{"metadata": {"finalizers": ["kubernetes.io/pvc-protection"]}}'""" in line, "only the strange one goes"
    assert "the controller of example.com/guard has to run" in line, "which is the better way"


def test_what_nothing_holds_is_still_ending() -> None:
    assert "no finalizer holds it" in line_of(leaving("Pod")), "such as a pod of a node that does not answer"


@pytest.mark.usefixtures("cluster")
def test_a_lab_that_is_not_there_is_no_error(quadrant: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    removed: list[str] = []
    monkeypatch.delenv("KUBECONFIG")
    monkeypatch.setattr("quadrant_platform.lab.lifecycle.cluster.down", lambda _home, _say: removed.append("lab"))
    assert quadrant("down", *STACK).code == 0, "there is nothing that could be lost"
    assert removed == ["lab"], "what an interrupted start left goes too"
