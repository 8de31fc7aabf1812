"""What is asked of pods by their operating system, and options for Windows."""

import re
from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.fields import Field

_CREDENTIALS_MOST: Final = 64 * 1024
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NET_BIOS = re.compile(r'[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}')
_LABEL: Final = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NOT_IN_NAMES = re.compile(r'["/\\:;|=,+*?<>@\[\]]')
_DOMAIN_MOST, _USER_MOST = 255, 104
_OF_LINUX_PODS: Final = (
    "appArmorProfile", "seLinuxOptions", "seccompProfile", "fsGroup", "fsGroupChangePolicy", "sysctls", "runAsUser",
    "runAsGroup", "supplementalGroups", "supplementalGroupsPolicy", "seLinuxChangePolicy",
)  # fmt: skip
_OF_LINUX_CONTAINERS: Final = (
    "appArmorProfile", "seLinuxOptions", "seccompProfile", "capabilities", "readOnlyRootFilesystem", "privileged",
    "allowPrivilegeEscalation", "procMount", "runAsUser", "runAsGroup",
)  # fmt: skip
_LISTS: Final = ("initContainers", "containers", "ephemeralContainers")


def windows_options(context: Field) -> None:
    """Check the options for Windows in a security context."""
    options = context.at("windowsOptions")
    options.at("gmsaCredentialSpecName").written(formats.subdomain)
    credentials = options.get("gmsaCredentialSpec")
    if isinstance(credentials, str):
        fits = 0 < formats.size(credentials) <= _CREDENTIALS_MOST
        options.at("gmsaCredentialSpec").expect(fits, "must have between 1 byte and 64 KiB")
    options.at("runAsUserName").written(_user_name)


def _user_name(text: str) -> str | None:
    domain, slash, user = text.rpartition("\\")
    in_domain = formats.size(domain) <= _DOMAIN_MOST and (_NET_BIOS.fullmatch(domain) or _DOMAIN.fullmatch(domain))
    named = user and formats.size(user) <= _USER_MOST and user.strip(". ") and not _NOT_IN_NAMES.search(user)
    if named and not _CONTROL.search(text) and "\\" not in domain and (in_domain or not slash):
        return None
    return "must be a user of Windows, with its domain and '\\' before it, if any"


def operating_system(spec: Field) -> None:
    """Check that a pod has no fields of another system than that which it names."""
    name, place = spec.at("os").text("name"), spec.at("os")
    if not spec.has("os"):
        return
    if not name:
        place.at("name").required()
    elif name == "linux":
        _linux(spec)
    elif name == "windows":
        _windows(spec)
    else:
        place.not_supported({"linux", "windows"})


def _linux(spec: Field) -> None:
    for holder in (spec, *(one for key in _LISTS for one in spec.items(key))):
        context = holder.at("securityContext")
        if context.has("windowsOptions"):
            context.at("windowsOptions").forbidden("must not be set in a pod for Linux")


def _windows(spec: Field) -> None:
    context = spec.at("securityContext")
    written = [context.at(key) for key in _OF_LINUX_PODS if context.has(key) and (key != "sysctls" or context.get(key))]
    written += [spec.at(key) for key in ("hostUsers", "shareProcessNamespace") if spec.has(key)]
    written += [spec.at(key) for key in ("hostPID", "hostIPC") if spec.flag(key)]
    for own in (one.at("securityContext") for listed in _LISTS for one in spec.items(listed)):
        written += [own.at(key) for key in _OF_LINUX_CONTAINERS if own.has(key)]
    for field in written:
        field.forbidden("must not be set in a pod for Windows")


def host_processes(spec: Field) -> None:
    """Check that containers that are processes of a Windows node are alone, and in its network."""
    of_pod = spec.at("securityContext", "windowsOptions").get("hostProcess")
    containers = [one for listed in _LISTS for one in spec.items(listed)]
    found = 0
    for one in containers:
        options = one.at("securityContext", "windowsOptions")
        own = options.get("hostProcess")
        differs = isinstance(of_pod, bool) and isinstance(own, bool) and own is not of_pod
        options.at("hostProcess").expect(not differs, "must be that of the pod")
        found += own is True or (own is None and of_pod is True)
    if found:
        spec.expect(found == len(containers), "must have only host processes for Windows, if it has one")
        spec.at("hostNetwork").expect(spec.flag("hostNetwork"), "must be true for host processes for Windows")
