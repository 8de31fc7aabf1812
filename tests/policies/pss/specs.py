"""Pods of every shape that the API's types can hold: a base, and changes to what a check may look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from quadrant_platform.policies.pss.baseline import CAPABILITIES, SYSCTLS_1_37
from quadrant_platform.vocabulary import POD_TEMPLATES

Json = dict[str, Any]
Change = tuple[tuple[str | int, ...], Any]

FLAGS = (True, False, None)
EMPTY: tuple[Any, ...] = (None, {})
EMPTY_LIST: tuple[Any, ...] = (None, [])
PROFILE_TYPES = ("RuntimeDefault", "Localhost", "Unconfined", "runtimedefault", "", None)
PROFILES = (None, {}, {"localhostProfile": "x"}, *({"type": kind} for kind in PROFILE_TYPES))
SOURCES = (
    "configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret "
    "awsElasticBlockStore azureDisk azureFile cephfs cinder fc flexVolume flocker gcePersistentDisk gitRepo glusterfs "
    "hostPath iscsi nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume".split()
)
SELINUX_TYPES = ("container_t", "container_init_t", "container_kvm_t", "container_engine_t", "spc_t", "", None)
PROBES = (("livenessProbe",), ("readinessProbe",), ("startupProbe",), ("lifecycle", "postStart"),
          ("lifecycle", "preStop"))  # fmt: skip
ACTIONS = (
    {"exec": {"command": ["true"]}}, {"httpGet": None}, None, {},
    *({action: {"port": 80, "host": host}} for action in ("httpGet", "tcpSocket") for host in ("10.0.0.1", "", None)),
    {"httpGet": {"port": "http"}, "tcpSocket": {"port": 80, "host": "node"}},
)  # fmt: skip

SHARED: dict[str, Sequence[Any]] = {
    "runAsNonRoot": FLAGS,
    "runAsUser": (0, 1, 65534, -1, None),
    "runAsGroup": (0, None),
    "seccompProfile": PROFILES,
    "appArmorProfile": PROFILES,
    "seLinuxOptions": (None, {}, {"level": "s0"}, {"user": "u"}, {"role": "r"}, {"user": "", "role": ""},
                       *({"type": kind} for kind in SELINUX_TYPES)),
    "windowsOptions": (None, {}, *({"hostProcess": flag} for flag in FLAGS)),
}  # fmt: skip
OF_POD = SHARED | {
    "sysctls": (None, [], [{"name": "kernel.msgmax", "value": "1"}], [{"name": "net/ipv4/tcp_syncookies", "value": ""}],
                *([{"name": name, "value": "1"}] for name in sorted(SYSCTLS_1_37)),
                [{"name": "kernel.shm_rmid_forced", "value": "1"}, {"name": "kernel.sem", "value": "1"}]),
    "fsGroup": (0, None),
}  # fmt: skip
OF_CONTAINER = SHARED | {
    "privileged": FLAGS,
    "allowPrivilegeEscalation": FLAGS,
    "procMount": ("Default", "Unmasked", "default", "", None),
    "capabilities": (None, {}),
    "readOnlyRootFilesystem": FLAGS,
}
CAPABILITY_LISTS: dict[str, Sequence[Any]] = {
    "drop": (None, [], ["ALL"], ["all"], ["NET_RAW"], ["NET_RAW", "ALL"], ["CAP_ALL"], [""]),
    "add": (None, [], ["ALL"], ["SYS_ADMIN"], ["NET_RAW"], ["net_bind_service"], ["CAP_CHOWN"], [""],
            ["NET_BIND_SERVICE", "SYS_TIME"], *([name] for name in sorted(CAPABILITIES))),
}  # fmt: skip
PORTS = (None, [], *([{"containerPort": 80, "hostPort": port}] for port in (80, 0, None)),
         [{"containerPort": 80}, {"containerPort": 81, "hostPort": 65535}])  # fmt: skip
ANNOTATIONS = ("", "runtime/default", "localhost/x", "localhost", "unconfined", "runtime/default2")
CONTAINERS = (("containers", 0), ("containers", 1), ("initContainers", 0), ("ephemeralContainers", 0))


def _of_container(place: tuple[str | int, ...]) -> Iterator[Change]:
    context = (*place, "securityContext")
    yield from ((context, empty) for empty in EMPTY)
    yield from (((*context, field), value) for field, values in OF_CONTAINER.items() for value in values)
    yield from (((*context, "capabilities", side), one) for side, all_ in CAPABILITY_LISTS.items() for one in all_)
    yield from (((*place, "ports"), value) for value in PORTS)
    yield from (((*place, *keys), action) for keys in PROBES for action in ACTIONS)


def _volumes() -> Iterator[list[Json]]:
    for source in SOURCES:
        yield [{"name": "v", source: {}}]
    yield [{"name": "v"}]
    yield [{"name": "v", "hostPath": None}]
    yield [{"name": "v", "hostPath": {"path": "/"}, "emptyDir": {}}]
    yield [{"name": "v", "nfs": {"server": "n", "path": "/"}, "secret": None}]
    yield [{"name": "v"}, {"name": "w", "hostPath": {"path": "/"}}]
    yield []


def _changes() -> Iterator[Change]:
    for place in CONTAINERS:
        yield from ((("spec", *path), value) for path, value in _of_container(place))
    context = ("spec", "securityContext")
    yield from ((context, empty) for empty in EMPTY)
    yield from (((*context, field), value) for field, values in OF_POD.items() for value in values)
    yield from ((("spec", "volumes"), value) for value in _volumes())
    for field in ("hostNetwork", "hostPID", "hostIPC", "hostUsers", "shareProcessNamespace"):
        yield from ((("spec", field), flag) for flag in FLAGS)
    for os in (None, {}, {"name": "windows"}, {"name": "linux"}, {"name": "Windows"}):
        yield ("spec", "os"), os
    for field in ("initContainers", "ephemeralContainers"):
        yield from ((("spec", field), empty) for empty in EMPTY_LIST)
    for value in ANNOTATIONS:
        yield ("metadata", "annotations", "container.apparmor.security.beta.kubernetes.io/a"), value
        yield ("metadata", "annotations", "container.seccomp.security.alpha.kubernetes.io/a"), value


CHANGES: tuple[Change, ...] = tuple(_changes())


def with_change(node: Any, path: Sequence[str | int], value: Any) -> Any:
    """Return a copy with the field set; objects on the way are made, and an element that is not there is left so."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(key, int):
        known = node or []
        return [with_change(one, rest, value) if index == key else one for index, one in enumerate(known)]
    fields: Mapping[str, Any] = node or {}
    return {**fields, key: with_change(fields.get(key), rest, value)}


def _container(name: str) -> Json:
    context = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    return {"name": name, "image": "x:1", "securityContext": context}


GOOD: Json = {
    "metadata": {},
    "spec": {
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "initContainers": [_container("i")],
        "containers": [_container("a"), _container("b")],
        "ephemeralContainers": [_container("e")],
    },
}
SINGLE: Json = {"metadata": {}, "spec": {**GOOD["spec"], "initContainers": None, "ephemeralContainers": [],
                                         "containers": [_container("a")]}}  # fmt: skip
BARE: Json = {"metadata": {}, "spec": {"containers": [{"name": "a", "image": "x:1"}, {"name": "b", "image": "x:1"}]}}


PLATFORMS: tuple[Json, ...] = ({}, {"hostUsers": False}, {"os": {"name": "windows"}})
"""Whole kinds of pods that checks relax for, so frequent since a relaxation shows only beside another change."""

Spec = tuple[str, Json]
"""A workload kind and the pod that it makes."""

_SLOTS = 8
_WIDTH = 3 + 2 * _SLOTS
CODES = st.binary(min_size=50 * _WIDTH, max_size=50 * _WIDTH)
"""Fifty workloads out of one draw, since each draw costs more than a judgement."""


def workloads(codes: bytes) -> Iterator[Spec]:
    """Yield the workloads that some bytes encode: each its base, its kind, and up to eight changes."""
    for at in range(0, len(codes), _WIDTH):
        yield _workload(codes[at : at + _WIDTH])


def _workload(code: bytes) -> Spec:
    """Return one workload. Zeros change nothing."""
    base = (GOOD, GOOD, SINGLE, BARE)[code[0] % 4]
    pod = {**base, "spec": base["spec"] | PLATFORMS[code[1] % len(PLATFORMS)]}
    for slot in range(3, len(code), 2):
        number, chosen = divmod(int.from_bytes(code[slot : slot + 2]), 8)
        if chosen > 4:
            pod = with_change(pod, *CHANGES[number % len(CHANGES)])
    return tuple(POD_TEMPLATES)[code[2] % len(POD_TEMPLATES)], pod
