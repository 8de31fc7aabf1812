"""Which workloads are one application, such as a canary beside the stable version."""

from collections.abc import Collection

from quadrant_platform.policies.core.workload_pods import WorkloadPod
from quadrant_platform.policies.rules.workloads.image_references import ImageReference
from quadrant_platform.reachability import Selector
from quadrant_platform.vocabulary import NAME_LABEL

_APPLICATION = (NAME_LABEL, "app", "k8s-app")
"""Labels that name an application, whatever its versions are called."""
POD_NAME = "statefulset.kubernetes.io/pod-name"
ADDED = frozenset({
    POD_NAME, "apps.kubernetes.io/pod-index", "pod-template-hash", "controller-revision-hash",
    "rollouts-pod-template-hash", "batch.kubernetes.io/job-name", "job-name",
})  # fmt: skip
"""Labels that controllers add to the pods of a template."""


def is_one_application(pods: Collection[WorkloadPod]) -> bool:
    """Return whether the workloads are versions of one application."""
    for label in _APPLICATION:
        if names := {pod.labels.get(label, "") for pod in pods} - {""}:
            return len(names) == 1 and all(label in pod.labels for pod in pods)
    images = (frozenset(ImageReference.parse(one.node.at("image").text()).repository for one in pod.main_containers)
              for pod in pods)  # fmt: skip
    return len(set(images)) == 1


def of_template(selector: Selector) -> Selector:
    """Return a selector without the labels that are added to pods, which may be any."""
    items = frozenset(item for item in selector.items if item[0] not in ADDED)
    return Selector(items, frozenset(one for one in selector.requirements if one.key not in ADDED))


def selects_template(selector: Selector, pod: WorkloadPod) -> bool:
    """Return whether a selector matches a pod by the labels of its template."""
    return of_template(selector).matches(pod.labels)
