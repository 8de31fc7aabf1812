"""What is not ready is reported with the best reason that the cluster gives."""

from typing import Any

from quadrant_platform.applier.observed.object_keys import key_of
from quadrant_platform.applier.status.readiness import Observation, Unready, unready

LABELS = {"app": "api"}


def workload(kind: str = "Deployment", spec: dict[str, Any] | None = None, **status: Any) -> dict[str, Any]:
    selecting = {"replicas": 1, "selector": {"matchLabels": LABELS}}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": "api", "namespace": "n", "generation": 2},
        "spec": selecting if spec is None else spec,
        "status": {"observedGeneration": 2, **status},
    }


def pod(**status: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "api-1", "namespace": "n", "labels": LABELS},
        "status": status,
    }


def container(restarts: int = 0, **state: Any) -> dict[str, Any]:
    return {"name": "main", "state": state, "restartCount": restarts, "ready": False, "started": "running" in state}


def judged(one: dict[str, Any], *pods: dict[str, Any], warnings: dict[Any, str] | None = None) -> list[Unready]:
    return unready(Observation([one], pods, warnings or {}))


def test_a_workload_whose_pods_are_new_and_ready_is_ready() -> None:
    assert judged(workload(replicas=1, readyReplicas=1, updatedReplicas=1)) == [], "there is nothing to wait for"


def test_pods_of_an_older_template_do_not_count() -> None:
    assert judged(workload(replicas=1, readyReplicas=1, updatedReplicas=0))[0].why == "0 of 1 pods are ready", (
        "the old pod still serves"
    )
    assert judged(workload(replicas=2, readyReplicas=2, updatedReplicas=1)), "the old one is not gone yet"


def test_a_change_that_no_controller_has_seen_is_not_ready() -> None:
    one = workload(replicas=1, readyReplicas=1, updatedReplicas=1, observedGeneration=1)
    assert "controller has not handled" in judged(one)[0].why, "its status is about the earlier template"


def test_an_image_that_cannot_be_pulled_is_named() -> None:
    broken = pod(containerStatuses=[container(waiting={"reason": "ImagePullBackOff", "message": "no such image"})])
    assert judged(workload(), broken)[0].why == "api-1: ImagePullBackOff of main: no such image", "pod, reason, message"


def test_a_crash_loop_names_the_log_with_its_cause() -> None:
    broken = pod(containerStatuses=[container(restarts=3, waiting={"reason": "CrashLoopBackOff"})])
    found = judged(workload(), broken)[0]
    assert (found.pod, found.final) == ("n/api-1/main", False), "it may still recover, and its log shows the error"


def test_a_pod_without_a_reason_is_explained_by_a_warning() -> None:
    quiet = pod(containerStatuses=[container(waiting={"reason": "ContainerCreating"})])
    found = judged(workload(), quiet, warnings={key_of(quiet): 'secret "x" not found'})[0]
    assert found.why.endswith('ContainerCreating of main; secret "x" not found'), "the kubelet's event is more precise"


def test_a_pod_that_fits_nowhere_has_its_reason() -> None:
    unplaced = pod(conditions=[{"type": "PodScheduled", "status": "False", "message": "Insufficient memory"}])
    assert "not scheduled: Insufficient memory" in judged(workload(), unplaced)[0].why, "the scheduler's own words"


def test_pods_that_may_not_be_made_are_explained_by_the_workload() -> None:
    refused = workload(conditions=[{"type": "ReplicaFailure", "status": "True", "message": "exceeded quota"}])
    assert judged(refused)[0].why == "exceeded quota", "there is no pod to ask"
    stateful = workload("StatefulSet")
    assert judged(stateful, warnings={key_of(stateful): "violates PodSecurity"})[0].why == "violates PodSecurity", (
        "a StatefulSet reports it by an event"
    )


def test_a_container_that_runs_and_is_not_ready_is_reported() -> None:
    assert (
        "main runs and is not ready yet" in judged(workload(), pod(containerStatuses=[container(running={})]))[0].why
    ), "its probe has not passed"


def test_a_job_is_ready_when_it_is_complete_and_lost_when_it_failed() -> None:
    template = {"template": {"metadata": {"labels": LABELS}}}
    done = workload("Job", template, conditions=[{"type": "Complete", "status": "True"}])
    assert judged(done) == [], "it ran"
    failure = {"type": "Failed", "status": "True", "message": "backoff limit"}
    ended = pod(phase="Failed", containerStatuses=[container(terminated={"exitCode": 1})])
    found = judged(workload("Job", template, conditions=[failure]), ended)[0]
    assert (found.final, found.pod) == (True, "n/api-1/main"), "no wait helps; its log has the cause"


def test_a_certificate_waits_for_its_condition() -> None:
    pending = workload("Certificate", {}, conditions=[{"type": "Ready", "status": "False", "message": "no issuer"}])
    assert judged(pending)[0].why == "no issuer", "cert-manager's own words"
    assert judged(workload("Certificate", {}, conditions=[{"type": "Ready", "status": "True"}])) == [], "it is signed"


def test_an_operators_object_waits_for_its_phase() -> None:
    assert judged(workload("Rollout", {}, phase="Healthy")) == [], "Argo Rollouts reports it"
    assert judged(workload("Rollout", {}, phase="Degraded", message="aborted"))[0].why == "aborted", "and why not"


def test_a_pod_that_is_leaving_is_not_asked() -> None:
    leaving = pod(containerStatuses=[container(waiting={"reason": "ImagePullBackOff"})])
    leaving["metadata"]["deletionTimestamp"] = "now"
    assert judged(workload(), leaving)[0].why == "0 of 1 pods are ready", "it belongs to the past"
