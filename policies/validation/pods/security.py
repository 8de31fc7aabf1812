"""The security contexts of pods and containers."""

import re
from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.field_checks import known, required
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.pods.windows import windows_options

_PROFILES: Final = frozenset({"Localhost", "RuntimeDefault", "Unconfined"})
_LONGEST_PROFILE: Final = 4095
_SYSCTL = re.compile(r"([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?")
_SYSCTL_MOST: Final = 253
_IPC: Final = frozenset(
    f"kernel.{name}" for name in "sem shmall shmmax shmmni shm_rmid_forced shm msgmax msgmnb msgmni msg".split()
)
_POLICIES: Final = {
    "fsGroupChangePolicy": frozenset({"OnRootMismatch", "Always"}),
    "supplementalGroupsPolicy": frozenset({"Merge", "Strict"}),
    "seLinuxChangePolicy": frozenset({"Recursive", "MountOption"}),
}
_PROC_MOUNTS: Final = frozenset({"Default", "Unmasked"})


def pod_security(spec: Field) -> None:
    """Check the security context of a pod."""
    context = spec.at("securityContext")
    _ids(context, "fsGroup", "runAsUser", "runAsGroup")
    for group in context.items("supplementalGroups"):
        if group.value is None or isinstance(group.value, int):
            group.check(formats.user_id(group.value or 0))
    shared = spec.flag("shareProcessNamespace") and spec.flag("hostPID")
    context.placed("shareProcessNamespace", spec.get("shareProcessNamespace")).expect(
        not shared, "must not be set beside hostPID"
    )
    _sysctls(spec, context)
    for key, allowed in _POLICIES.items():
        context.at(key).one_of(allowed)
    _seccomp(context)
    windows_options(context)
    _app_armor(context)


def _ids(context: Field, *keys: str) -> None:
    for key in keys:
        if context.has(key):
            context.at(key).check(formats.user_id(context.number(key)))


def _sysctls(spec: Field, context: Field) -> None:
    seen = set[str]()
    for one in context.items("sysctls"):
        name = one.text("name")
        required(one, "name")
        if name and (formats.size(name) > _SYSCTL_MOST or not _SYSCTL.fullmatch(name)):
            one.at("name").invalid("must be the name of a sysctl")
        elif name in seen:
            one.at("name").duplicate(name)
        seen.add(name)
        plain = _normal(name).partition("*")[0]
        network = plain.startswith("net.") and spec.flag("hostNetwork")
        ipc = (plain in _IPC or plain.startswith("fs.mqueue.")) and spec.flag("hostIPC")
        one.at("name").expect(not network, "must not be set beside hostNetwork")
        one.at("name").expect(not ipc, "must not be set beside hostIPC")


def _normal(name: str) -> str:
    """Return the name of a sysctl with dots between its parts: the first separator says which one it has."""
    first = min((place for place in (name.find("."), name.find("/")) if place >= 0), default=-1)
    return name if first < 0 or name[first] == "." else name.translate({ord("."): "/", ord("/"): "."})


def container_security(container: Field, *, host_users: bool) -> None:
    """Check the security context of a container."""
    context = container.at("securityContext")
    _ids(context, "runAsUser", "runAsGroup")
    context.at("procMount").one_of(_PROC_MOUNTS)
    unmasked = host_users and context.text("procMount") == "Unmasked"
    context.at("procMount").expect(not unmasked, "needs hostUsers: false")
    _seccomp(context)
    if context.get("allowPrivilegeEscalation") is False:
        added = context.at("capabilities").texts("add")
        context.expect(not context.flag("privileged"), "must not forbid allowPrivilegeEscalation and be privileged")
        context.expect("CAP_SYS_ADMIN" not in added, "must not forbid allowPrivilegeEscalation and add CAP_SYS_ADMIN")
    windows_options(context)
    _app_armor(context)


def _seccomp(context: Field) -> None:
    profile = context.at("seccompProfile")
    if not context.has("seccompProfile"):
        return
    required(profile, "type")
    known(profile, "type", _PROFILES)
    path, place = profile.get("localhostProfile"), profile.at("localhostProfile")
    if profile.text("type") != "Localhost":
        place.expect(path is None or profile.is_unknown("type"), "must be set for the type Localhost only")
    elif path is None:
        place.required("must be set for the type Localhost")
    elif isinstance(path, str):
        place.check(formats.relative_path(path))


def _app_armor(context: Field) -> None:
    profile = context.at("appArmorProfile")
    if not context.has("appArmorProfile"):
        return
    required(profile, "type")
    known(profile, "type", _PROFILES)
    path, place = profile.get("localhostProfile"), profile.at("localhostProfile")
    if profile.text("type") == "Localhost":
        if path is None or path == "":
            place.required("must be set for the type Localhost")
        elif isinstance(path, str):
            place.expect(path == path.strip(), "must have no spaces around it")
            place.at_most(_LONGEST_PROFILE)
    elif profile.text("type") in _PROFILES:
        place.expect(path is None, "must be set for the type Localhost only")
