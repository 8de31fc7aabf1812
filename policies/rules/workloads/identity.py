"""The identity of pods: their numbers on the node, and their account at the API server."""

from collections.abc import Iterator

from quadrant_platform.policies.core import (
    Finding,
    Level,
    Node,
    Object,
    ResourcePolicy,
    Severity,
    StackIndex,
    StackPolicy,
    Subject,
)
from quadrant_platform.policies.core.policy import OPERATIONS
from quadrant_platform.policies.core.workload_pods import WORKLOADS, WorkloadPod
from quadrant_platform.policies.rules.workloads.image_references import ImageReference

_OWN = ("runAsUser", "runAsGroup")
_OF_POD = (*_OWN, "fsGroup")


def high_uid_gid(subject: Subject) -> Iterator[Finding]:
    """Check that users and groups have numbers of no account of the node.

    A user that is not set is the image's, and a group that is not set is often root's. Windows has no numbers, and in a
    user namespace they are others on the node.
    """
    pod = subject.pod
    if pod is None or pod.is_windows or pod.has_user_namespace:
        return
    lowest = _lowest(pod, subject)
    for field, node in _stated(pod):
        number = node.integer()
        if number is not None and number < lowest:
            yield Finding(f"{node.path} is {number}, lower than {lowest}", field)
    unnamed = ((one, field) for one in pod.containers for field in _OWN if not one.effective(field).present())
    for container, field in unnamed if lowest else ():
        yield Finding(f"{container.where} and its pod set no {field}", field)


def _lowest(pod: WorkloadPod, subject: Subject) -> int:
    """Return the lowest number allowed; an image may fix its user, but not to root."""
    images = (ImageReference.parse(container.node.at("image").text()) for container in pod.containers)
    fixed = any(image.repository in subject.config.fixed_users for image in images)
    return min(subject.config.lowest_id, 1) if fixed else subject.config.lowest_id


def _stated(pod: WorkloadPod) -> Iterator[tuple[str, Node]]:
    yield from ((field, pod.security.at(field)) for field in _OF_POD)
    yield from (("supplementalGroups", node) for node in pod.security.at("supplementalGroups").items())
    yield from ((field, container.security.at(field)) for container in pod.containers for field in _OWN)


def service_account(stack: StackIndex) -> Iterator[Finding]:
    """Check that a pod has an account of its own, and sees its token only where it calls the API server."""
    for pod in stack.pods:
        spec, namespace = pod.spec, pod.workload.namespace
        name = spec.at("serviceAccountName").text() or spec.at("serviceAccount").text() or "default"
        if name == "default":
            yield Finding(f"{spec.path} runs as the default account of its namespace", "account", pod.workload)
        listed = {name, f"{namespace or 'default'}/{name}"} & stack.config.token_accounts
        account = stack.by_name.get(("ServiceAccount", namespace, name))
        if not listed and not _is_without_token(spec, account):
            message = f"neither {spec.path} nor its account sets automountServiceAccountToken to false"
            yield Finding(message, "token", pod.workload)


def _is_without_token(spec: Node, account: Object | None) -> bool:
    """Return whether the pod refuses the token, or says nothing and its account does."""
    own = spec.at("automountServiceAccountToken").flag()
    if own is None and account is not None:
        own = account.node.at("automountServiceAccountToken").flag()
    return own is False


POLICIES = (
    ResourcePolicy(
        name="high-uid-gid", title="Users and groups have high numbers", level=Level.ADVISORY,
        severity=Severity.LOW, tags=("NSA-1.6", "CIS-5.2"), kinds=WORKLOADS, predicate=high_uid_gid,
        why="A process that leaves its container is the node's user of the same number, and low numbers are taken.",
        remedy="Set runAsUser and runAsGroup to 10000 or more, on the pod or the container, and so fsGroup; an image "
        "that only runs as its own user is listed in fixedUsers.",
    ),
    StackPolicy(
        name="service-account", title="Every workload has its own account, and a token only where it needs one",
        severity=Severity.HIGH, tags=("NSA-1.11", "CIS-5.1.5", "CIS-5.1.6"), group=OPERATIONS,
        predicate=service_account,
        why="A token in a pod that does not call the API server serves only an intruder, and rights given to the "
        "default account are given to every pod of the namespace.",
        remedy="Name a ServiceAccount of the workload's own and set automountServiceAccountToken to false, in the pod "
        "or in the account; list an account that calls the API server in tokenAccounts.",
    ),
)  # fmt: skip
