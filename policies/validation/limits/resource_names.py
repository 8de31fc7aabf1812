"""The names of resources, such as cpu, and which of them may stand where."""

from typing import Final

from quadrant_platform.policies.validation import formats

_HUGE: Final = "hugepages-"
_CONTAINER: Final = frozenset({"cpu", "memory", "ephemeral-storage"})
_COUNTED: Final = frozenset({
    "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps", "persistentvolumeclaims",
    "services.nodeports", "services.loadbalancers",
})  # fmt: skip
_QUOTA: Final = _CONTAINER | _COUNTED | {"requests.storage"} | {
    f"{side}.{name}" for side in ("requests", "limits") for name in _CONTAINER
}  # fmt: skip
_STANDARD: Final = _QUOTA | {"storage"}
_ALL_WORDS: Final = "must be a resource that Kubernetes knows, or have a domain before a '/'"


def _is_huge(name: str) -> bool:
    return name.startswith((_HUGE, f"requests.{_HUGE}"))


def is_native(name: str) -> bool:
    """Return whether a resource is one of Kubernetes' own."""
    return "/" not in name or "kubernetes.io/" in name


def is_extended(name: str) -> bool:
    """Return whether a resource is one of others, such as a GPU."""
    return not is_native(name) and not name.startswith("requests.") and not formats.qualified_name(f"requests.{name}")


def may_be_overcommitted(name: str) -> bool:
    """Return whether limits of a resource may be above its requests."""
    return is_native(name) and not name.startswith(_HUGE)


def is_whole(name: str) -> bool:
    """Return whether a resource has no fractions."""
    return name in _COUNTED or is_extended(name)


def is_of_quotas(name: str) -> bool:
    """Return whether quotas know a resource by name."""
    return name in _QUOTA or _is_huge(name)


def resource_name(name: str) -> str | None:
    """Check the name of any resource."""
    if wrong := formats.qualified_name(name):
        return wrong
    return None if "/" in name or name in _STANDARD or _is_huge(name) else _ALL_WORDS


def container_resource_name(name: str) -> str | None:
    """Check the name of a resource that containers ask for."""
    if wrong := formats.qualified_name(name):
        return wrong
    if "/" not in name:
        known = name in _CONTAINER or name.startswith(_HUGE)
        return None if known else "must be cpu, memory, ephemeral-storage, huge pages, or have a domain before a '/'"
    return None if is_native(name) or is_extended(name) else "must not begin with requests."


def quota_resource_name(name: str) -> str | None:
    """Check the name of a resource in a quota."""
    return resource_name(name) or (None if "/" in name or is_of_quotas(name) else "must be a resource of quotas")
