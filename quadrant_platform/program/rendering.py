"""Objects as YAML files with stable names, in the order of application."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

import yaml
from typing_extensions import override

from quadrant_platform.program.runs import named_by_content

Manifest = Mapping[str, Any]

_ORDER: tuple[tuple[str, ...], ...] = (
    ("Namespace",),
    ("CustomResourceDefinition", "PriorityClass", "StorageClass", "RuntimeClass", "IngressClass"),
    ("ResourceQuota", "LimitRange"),
    ("NetworkPolicy",),
    ("ServiceAccount",),
    ("ClusterRole", "Role"),
    ("ClusterRoleBinding", "RoleBinding"),
    ("ConfigMap",),
    ("Secret",),
    ("SecretStore", "ClusterSecretStore", "Issuer", "ClusterIssuer"),
    ("ExternalSecret", "Certificate"),
    ("PersistentVolumeClaim",),
    ("Service", "EndpointSlice"),
    ("Cluster", "Pooler", "StatefulSet", "Deployment", "Rollout", "DaemonSet"),
    ("Job", "CronJob"),
)
RANKS: dict[str, int] = {kind: rank for rank, kinds in enumerate(_ORDER) for kind in kinds}
"""The order in which kinds are applied; all others follow."""
_LAST = len(_ORDER)
_LEADING = ("apiVersion", "kind", "metadata", "spec")
_LOOKS_LIKE_NUMBER = re.compile(r"[-+]?\.?[0-9][0-9a-fA-FxXoObB_.:eE+-]*|[yYnN]")
"""Text that a YAML 1.1 or 1.2 reader may take for a number or a Boolean."""


class _Dumper(yaml.CSafeDumper):
    """Writes values without aliases, and text of several lines as a block."""

    @override
    def ignore_aliases(self, data: Any) -> bool:
        """Use no aliases."""
        return True


def _represent_text(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else "'" if _LOOKS_LIKE_NUMBER.fullmatch(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def files(manifests: Collection[Manifest]) -> dict[str, str]:
    """Return the text of every file by its name, in the order of application."""
    taken = Counter[str]()
    result: dict[str, str] = {}
    for manifest in in_order([named_by_content(one) for one in manifests]):
        name = _name(manifest)
        taken[name] += 1
        result[f"{name}{f'-{taken[name]}' if taken[name] > 1 else ''}.yaml"] = write(manifest)
    return result


def in_order(manifests: Collection[Manifest]) -> list[Manifest]:
    """Return objects in the order of application."""
    return sorted(manifests, key=_place)


def is_ground(manifest: Manifest) -> bool:
    """Return whether an object must exist before a pod may start: namespaces, limits, closed networks."""
    return RANKS.get(manifest["kind"], _LAST) <= RANKS["NetworkPolicy"]


def write(manifest: Manifest) -> str:
    """Return an object as YAML: its identity first, then the other keys by name."""
    leading = {key: manifest[key] for key in _LEADING if key in manifest}
    text: str = yaml.dump(
        leading | {key: manifest[key] for key in sorted(manifest) if key not in _LEADING},
        Dumper=_Dumper, sort_keys=False, default_flow_style=False, allow_unicode=True, width=120,
    )  # fmt: skip
    return text


def _rank(manifest: Manifest) -> int:
    """Return the rank of an object; a default deny goes before the policies that permit connections."""
    rank = RANKS.get(manifest["kind"], _LAST) * 10
    denies = manifest["kind"] == "NetworkPolicy" and manifest["metadata"]["name"] == "default-deny"
    return rank - 1 if denies else rank


def _place(manifest: Manifest) -> tuple[int, str, str, str, str]:
    metadata = manifest["metadata"]
    return _rank(manifest), metadata.get("namespace", ""), metadata["name"], manifest["kind"], manifest["apiVersion"]


def _name(manifest: Manifest) -> str:
    metadata = manifest["metadata"]
    parts = [f"{_rank(manifest):03}", manifest["kind"].lower(), metadata.get("namespace"), metadata["name"]]
    return re.sub(r"[^a-z0-9.-]", "_", "-".join(part for part in parts if part))
