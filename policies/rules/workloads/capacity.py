"""The capacity that containers take of a node: CPU, memory and disk."""

from collections.abc import Iterator

from quadrant_platform.policies.configuration.pod_switches import Ceiling
from quadrant_platform.policies.core import Finding, Node, ResourcePolicy, Severity, Subject
from quadrant_platform.policies.core.workload_pods import WORKLOADS, Container
from quadrant_platform.quantities import parse_quantity
from quadrant_platform.vocabulary import TIER_LABEL

_SIDES = ("requests", "limits")
_STORAGE = "ephemeral-storage"
_CPU_LIMIT = ("limits", "cpu")


def _amount(container: Container, side: str, resource: str) -> float:
    return container.node.at("resources", side, resource).quantity()


def _sized(subject: Subject) -> Iterator[Container]:
    """Yield the containers that may have resources; the API server refuses resources on ephemeral ones."""
    for container in subject.containers:
        if container.role != "ephemeral container":
            yield container


def requests_and_limits(subject: Subject) -> Iterator[Finding]:
    """Check that every container, init ones included, requests and limits CPU and memory, or its pod does."""
    cpu_limits = subject.config.cpu_limits
    wanted = [(side, resource) for side in _SIDES for resource in ("cpu", "memory")]
    if cpu_limits != "required":
        wanted.remove(_CPU_LIMIT)
    if (subject.obj.namespace or "default") in subject.config.limit_range_namespaces:
        wanted = []
    for container in _sized(subject):
        for side, resource in (amount for amount in wanted if not _stated(container, *amount)):
            yield Finding(f"{container.where} has no resources.{side}.{resource}", f"{side}.{resource}")
        if cpu_limits == "forbidden":
            yield from _slowed(container)


def _slowed(container: Container) -> Iterator[Finding]:
    if _stated(container, *_CPU_LIMIT):
        yield Finding(f"{container.where} has resources.limits.cpu, which slows it down", "limits.cpu")


def _stated(container: Container, side: str, resource: str) -> float:
    return _amount(container, side, resource) or container.pod.spec.at("resources", side, resource).quantity()


def tier_ceilings(subject: Subject) -> Iterator[Finding]:
    """Check that no container exceeds its tier, far exceeds its request, or takes an unbounded part of a disk."""
    if subject.pod is None:
        return
    ceilings, tier = subject.config.ceilings, subject.pod.labels.get(TIER_LABEL, "other")
    ceiling = ceilings.get(tier) or ceilings.get("other") or Ceiling()
    for container in _sized(subject):
        yield from _above(container, ceiling)
        yield from _far_apart(container, ceiling)
        if subject.config.bounded_storage:
            yield from _unbounded(container)
    for volume in subject.pod.volumes:
        yield from _empty_dir(volume, ceiling)


def _above(container: Container, ceiling: Ceiling) -> Iterator[Finding]:
    for resource, most in (("cpu", ceiling.cpu), ("memory", ceiling.memory), (_STORAGE, ceiling.ephemeral_storage)):
        if max(_amount(container, side, resource) for side in _SIDES) > parse_quantity(most):
            yield Finding(f"{container.where} takes more {resource} than {most}", "max")


def _far_apart(container: Container, ceiling: Ceiling) -> Iterator[Finding]:
    for resource in ("cpu", "memory"):
        request, limit = (_amount(container, side, resource) for side in _SIDES)
        if request and limit / request > ceiling.ratio:
            message = f"limits {resource} at {limit / request:.0f} times its request, more than {ceiling.ratio:g}"
            yield Finding(f"{container.where} {message}", "ratio")


def _unbounded(container: Container) -> Iterator[Finding]:
    for side in _SIDES:
        if not _amount(container, side, _STORAGE):
            yield Finding(f"{container.where} has no resources.{side}.{_STORAGE}", _STORAGE)


def _empty_dir(volume: Node, ceiling: Ceiling) -> Iterator[Finding]:
    """Yield an emptyDir without a limit or above its ceiling; a volume without a source is an emptyDir."""
    sources = [key for key, node in volume.entries() if key != "name" and node.present()]
    if sources not in ([], ["emptyDir"]):
        return
    limit = volume.at("emptyDir", "sizeLimit")
    in_memory = volume.at("emptyDir", "medium").text() == "Memory"
    most = ceiling.memory if in_memory else ceiling.ephemeral_storage
    if not limit.quantity():
        yield Finding(f"{volume.path} is an emptyDir without a sizeLimit", "emptyDir")
    elif limit.quantity() > parse_quantity(most):
        yield Finding(f"{limit.path} is more than {most}", "max")


POLICIES = (
    ResourcePolicy(
        name="requests-and-limits", title="Every container requests and limits CPU and memory",
        severity=Severity.HIGH, tags=("NSA-4", "CIS-5.7"), kinds=WORKLOADS, predicate=requests_and_limits,
        why="Without them one container starves its neighbours and the scheduler places pods blindly.",
        remedy="Set resources.requests and resources.limits for cpu and memory, on init containers too; a platform "
        "without CPU limits sets cpuLimits.",
    ),
    ResourcePolicy(
        name="tier-ceilings", title="No container takes more than its tier may",
        severity=Severity.MEDIUM, tags=("NSA-4",), kinds=WORKLOADS, predicate=tier_ceilings,
        why="A limit far above the request promises what the node does not have, and a disk that fills up evicts "
        "every pod of the node.",
        remedy="Lower the limit or raise the request, set requests and limits of ephemeral-storage and a sizeLimit on "
        "every emptyDir; or raise the ceiling of the tier in ceilings.",
    ),
)  # fmt: skip
