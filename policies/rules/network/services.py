"""Services: which are public, and whether each leads to the pods of one workload, on a declared port."""

from collections.abc import Iterator, Mapping
from itertools import permutations

from quadrant_platform.policies.core import Finding, Node, Object, ResourcePolicy, StackIndex, StackPolicy, Subject
from quadrant_platform.policies.core.policy import CONSISTENCY, Severity
from quadrant_platform.policies.core.workload_pods import WorkloadPod
from quadrant_platform.policies.rules.workloads.applications import ADDED, POD_NAME, is_one_application
from quadrant_platform.policies.rules.workloads.workload_selectors import takes
from quadrant_platform.reachability import Selector


def service_exposure(subject: Subject) -> Iterator[Finding]:
    """Check that services are ClusterIP; only the public ones are a LoadBalancer, on the public ports."""
    spec = subject.node.at("spec")
    kind = spec.at("type").text() or "ClusterIP"
    if kind == "LoadBalancer":
        yield from _load_balancer(subject, spec)
    elif kind not in {"ClusterIP", "ExternalName"}:  # another policy judges aliases
        yield Finding(f"spec.type is {kind}", "type")
    if any(True for _ in spec.at("externalIPs").items()):
        yield Finding("spec.externalIPs is set", "externalIPs")


def _load_balancer(subject: Subject, spec: Node) -> Iterator[Finding]:
    if subject.obj.name not in subject.config.public_services:
        yield Finding("spec.type is LoadBalancer", "type")
    for port in spec.at("ports").items():
        if port.at("port").integer() not in subject.config.public_ports:
            yield Finding(f"port {port.at('port').integer()} ({port.path}) is public", "public-port")


def services_resolve(stack: StackIndex) -> Iterator[Finding]:
    """Check that a Service's selector matches the pods of one application, which declare its target ports."""
    for service in stack.of_kind("Service"):
        wanted = service.node.at("spec", "selector").texts()
        if wanted and service.node.at("spec", "type").text() != "ExternalName":
            yield from _judged(stack, service, wanted)
    for obj in stack.of_kind("StatefulSet"):
        name = obj.node.at("spec", "serviceName").text()
        if (
            name
            and ("Service", obj.namespace, name) not in stack.by_name
            and stack.is_complete(obj.namespace, "Service")
        ):
            yield Finding(f"spec.serviceName: there is no Service {name!r}", "service-name", obj)


def _judged(stack: StackIndex, service: Object, wanted: Mapping[str, str]) -> Iterator[Finding]:
    pods = [pod for pod in stack.pods_beside(service) if _matches(wanted, pod)]
    if not pods and not stack.may_be_made(Selector(frozenset(wanted.items())), service.namespace):
        yield from _without_pods(stack, service, [pod for pod in stack.pods if _matches(wanted, pod)])
    names = sorted(pod.workload.identity for pod in pods)
    if len(names) > 1 and not is_one_application(pods) and not any(takes(*pair) for pair in permutations(pods, 2)):
        yield Finding(f"its selector matches {len(names)} workloads: {', '.join(names)}", "unique", service)
    for port in service.node.at("spec", "ports").items():
        for pod in pods:
            yield from _target(service, port, pod)


def _matches(wanted: Mapping[str, str], pod: WorkloadPod) -> bool:
    given = {key: value for key, value in wanted.items() if key not in ADDED}
    obj, single = pod.workload, wanted.get(POD_NAME)
    if single is not None:
        name, _, ordinal = single.rpartition("-")
        number = obj.node.at("spec", "replicas").integer()
        replicas = 1 if number is None else number
        if (obj.kind, obj.name) != ("StatefulSet", name) or not ordinal.isdigit() or int(ordinal) >= replicas:
            return False
    return given.items() <= pod.labels.items()


def _without_pods(stack: StackIndex, service: Object, matching: list[WorkloadPod]) -> Iterator[Finding]:
    """Yield a Service without pods; alone it may belong to pods of other manifests."""
    elsewhere = [pod.workload.namespace for pod in matching if pod.workload.namespace != service.namespace]
    if elsewhere:
        yield Finding(f"its selector matches pods of namespace {elsewhere[0]} only", "pod", service)
    elif stack.pods_beside(service):
        yield Finding("its selector matches no pod", "pod", service)


def _target(service: Object, port: Node, pod: WorkloadPod) -> Iterator[Finding]:
    """Yield a target port that no container declares; a pod may declare no port at all."""
    declared = [(one.at("containerPort").integer(), one.at("name").text(), one.at("protocol").text() or "TCP")
                for container in pod.containers for one in container.ports]  # fmt: skip
    target = port.at("targetPort").scalar() or port.at("port").required().integer()
    protocol = port.at("protocol").text() or "TCP"
    known = {(one, kind) for number, name, kind in declared for one in (number, name)}
    if declared and (target, protocol) not in known:
        where = f"{port.path}: target port {target!r}/{protocol}"
        yield Finding(f"{where} is no port of {pod.workload.identity}", "target-port", service)


POLICIES = (
    ResourcePolicy(
        name="service-exposure", title="Only Traefik is public, on 80 and 443",
        severity=Severity.CRITICAL, tags=("NSA-2",), kinds=frozenset({"Service"}), predicate=service_exposure,
        why="Every other LoadBalancer, NodePort, external address or alias is a way past the entry point.",
        remedy="Use ClusterIP and give the workload a route; the dashboard's 8080 is never public.",
    ),
    StackPolicy(
        name="services-resolve", title="Services lead to pods",
        severity=Severity.HIGH, tags=("reliability",), group=CONSISTENCY, predicate=services_resolve,
        why="A selector or a port that matches nothing fails at the first request, and one that matches two "
        "applications fails at every second.",
        remedy="Correct the selector to the labels of one application's pods, and targetPort to a port that they "
        "declare.",
    ),
)  # fmt: skip
