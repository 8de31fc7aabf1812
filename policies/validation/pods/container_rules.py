"""The containers of pods, of every sort."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.field_checks import known, required
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.pods.container_resources import container_resources, resize_policy
from quadrant_platform.policies.validation.pods.env import env
from quadrant_platform.policies.validation.pods.handlers import PROBES, lifecycle, probes
from quadrant_platform.policies.validation.pods.mounts import Volumes, devices, mounts
from quadrant_platform.policies.validation.pods.security import container_security

_PROTOCOLS: Final = frozenset({"TCP", "UDP", "SCTP"})
_PULL_POLICIES: Final = frozenset({"Always", "IfNotPresent", "Never"})
_MESSAGE_POLICIES: Final = frozenset({"File", "FallbackToLogsOnError"})
_NOT_OF_EPHEMERAL: Final = ("ports", "resources", "lifecycle", "resizePolicy", *PROBES)


@dataclass(frozen=True)
class PodAround:
    """What containers share: the pod's fields, and whether it is a Pod itself or made from a template."""

    spec: Field
    volumes: Volumes | None
    claims: frozenset[str]
    is_pod: bool

    @property
    def grace(self) -> int | None:
        """The seconds that a pod has to stop; nothing where they are unknown."""
        key = "terminationGracePeriodSeconds"
        return None if self.spec.is_unknown(key) else self.spec.number(key, 30)


def containers(pod: PodAround) -> None:
    """Check the containers of a pod."""
    main = pod.spec.items("containers")
    if not main:
        pod.spec.at("containers").required("must have a container")
    names = set[str]()
    for one in main:
        _common(one, pod)
        _unique(one, names)
        lifecycle(one, pod.grace)
        probes(one, pod.grace)
    _host_ports(pod, main)
    for one in pod.spec.items("initContainers"):
        _init(one, pod, names)
    _ephemeral(pod, names)


def _unique(one: Field, names: set[str]) -> None:
    name = one.text("name")
    if name and name in names:
        one.at("name").duplicate(name)
    names.add(name)


def _init(one: Field, pod: PodAround, names: set[str]) -> None:
    _common(one, pod)
    _unique(one, names)
    # The API server leaves the index out, since it looks at each init container by itself.
    _host_ports(pod, [pod.spec.at("initContainers").item(0, one.value)])
    if is_sidecar(one):
        lifecycle(one, pod.grace)
        probes(one, pod.grace)
        return
    for key in ("lifecycle", *PROBES):
        if one.has(key) and not one.is_unknown("restartPolicy"):
            one.at(key).forbidden("is for init containers with restartPolicy Always only")


def is_sidecar(one: Field) -> bool:
    """Return whether an init container keeps running."""
    return one.text("restartPolicy") == "Always"


def _ephemeral(pod: PodAround, names: set[str]) -> None:
    others = set(names)
    place = pod.spec.at("ephemeralContainers")
    for one in pod.spec.items("ephemeralContainers"):
        _common(one, pod)
        _unique(one, names)
        image = one.text("image")
        one.at("image").expect(image == image.strip(), "must have no spaces around it")
        target = one.text("targetContainerName")
        if target and target not in others:
            one.at("targetContainerName").not_found("must be the name of another container")
        _not_of_ephemeral(one)
    if pod.spec.items("ephemeralContainers"):
        place.forbidden("must be added to a running pod")


def _not_of_ephemeral(one: Field) -> None:
    written = [one.at(key) for key in _NOT_OF_EPHEMERAL if one.has(key) and (key != "resources" or one.get(key))]
    paths = [
        mount.at(key) for mount in one.items("volumeMounts") for key in ("subPath", "subPathExpr") if mount.text(key)
    ]
    for field in (*written, *paths):
        field.forbidden("must not be set for an ephemeral container")


def _common(one: Field, pod: PodAround) -> None:
    one.at("name").must(formats.dns_label)
    required(one, "image")
    known(one, "terminationMessagePolicy", _MESSAGE_POLICIES)
    known(one, "imagePullPolicy", _PULL_POLICIES)
    _ports(one)
    env(one)
    mounts(one, pod.volumes)
    devices(one, pod.volumes)
    container_resources(one, pod.claims, is_pod=pod.is_pod)
    resize_policy(one, pod.spec)
    container_security(one, host_users=pod.spec.get("hostUsers") is not False)


def _ports(one: Field) -> None:
    names = set[str]()
    for port in one.items("ports"):
        name = port.text("name")
        wrong = formats.port_name(name) if name else None
        port.at("name").check(wrong)
        if wrong is None and name in names:
            port.at("name").duplicate(name)
        names |= {name} - {""} if wrong is None else set()
        number, host = port.number("containerPort"), port.number("hostPort")
        if number:
            port.at("containerPort").check(formats.port_number(number))
        else:
            port.at("containerPort").required()
        port.at("hostPort").check(formats.port_number(host) if host else None)
        known(port, "protocol", _PROTOCOLS)


def host_port(pod: PodAround, port: Field) -> int:
    """Return the port of the node; in its network it is the container's own, unless a template leaves it open."""
    own = port.number("hostPort")
    return own or (port.number("containerPort") if pod.is_pod and pod.spec.flag("hostNetwork") else 0)


def _host_ports(pod: PodAround, listed: Iterable[Field]) -> None:
    """Check that no two containers that run together use the same port of the node."""
    seen = set[tuple[str, str, int]]()
    for port in (port for one in listed for port in one.items("ports")):
        number = host_port(pod, port)
        key = (port.text("protocol", "TCP"), port.text("hostIP"), number)
        if number and key in seen:
            port.at("hostPort").duplicate(number)
        seen.add(key)
