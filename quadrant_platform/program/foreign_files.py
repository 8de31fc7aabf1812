"""Files beside manifests that are none: what they are, and how they can be judged."""

import re
from pathlib import Path
from typing import Any

from quadrant_platform.program.kustomizations import GROUP, KUSTOMIZATION_FILES, is_kustomization

_KUSTOMIZATION = "a kustomization: give its folder to --kustomize"
_BY_NAME = (
    ("|".join(map(re.escape, KUSTOMIZATION_FILES)), _KUSTOMIZATION),
    (r"Chart\.ya?ml|requirements\.ya?ml", "it describes a Helm chart: pipe `helm template` into --helm-output -"),
    (r"(docker-)?compose([.-].+)?\.ya?ml", "a compose file"),
    (r"(package|package-lock|composer|tsconfig.*|renovate|angular|deno)\.json|pnpm-lock\.yaml", "a package file"),
    (r"skaffold\.ya?ml|\.?pre-commit-config\.ya?ml|mkdocs\.ya?ml|dependabot\.ya?ml", "a tool's settings"),
)
_VALUES = re.compile(r"(.*[.-])?values([.-].*)?\.(ya?ml|json)")
_PROGRAMS = frozenset({
    "apiserver.config.k8s.io", "apiserver.k8s.io", "audit.k8s.io", "client.authentication.k8s.io",
    "config.istio.io", "credentialprovider.kubelet.k8s.io", "eksctl.io", "install.istio.io", "k3d.io",
    "kind.x-k8s.io", "kubeadm.k8s.io", "kubelet.config.k8s.io", "kubeproxy.config.k8s.io",
    "kubescheduler.config.k8s.io", "skaffold",
})  # fmt: skip
"""Groups of settings that programs read from files."""
_OF_CORE = frozenset({("v1", "Config"), ("v1", "Policy"), ("v1", "EncryptionConfig")})
"""Settings of kubectl and of older parts of Kubernetes, which look like objects of the core group."""
_RENDER = "pipe `helm template` into --helm-output -"


def template_reason(file: Path, text: str) -> str:
    """Return why a file is a template; empty for any other."""
    in_chart = "templates" in file.parts and any((folder / "Chart.yaml").is_file() for folder in file.parents)
    if in_chart:
        return f"a Helm template: {_RENDER}"
    return f"a template: {_RENDER}" if re.search(r"\{\{[^}\n]*\}\}|<%", text) else ""


def foreign_reason(file: Path, values: list[Any]) -> str:
    """Return why the documents of a file are no objects; empty where one is, or may be meant to be."""
    if any(is_kustomization(file, value) for value in values):
        return _KUSTOMIZATION
    if any(isinstance(value, dict) and ("kind" in value or "apiVersion" in value) for value in values):
        return _kustomization(values) or _settings(values) or _unfilled(values)
    for pattern, reason in _BY_NAME:
        if re.fullmatch(pattern, file.name):
            return reason
    if _VALUES.fullmatch(file.name):
        return f"values of a Helm chart: {_RENDER}"
    return ""


def is_no_object(value: Any) -> bool:
    """Return whether a document has neither a kind nor a version."""
    return not isinstance(value, dict) or not value.keys() & {"kind", "apiVersion"}


def _kustomization(values: list[Any]) -> str:
    groups = {str(value.get("apiVersion")).partition("/")[0] for value in values if isinstance(value, dict)}
    if groups == {GROUP}:
        return _KUSTOMIZATION
    charts = [value for value in values if isinstance(value, dict) and "kind" not in value]
    is_chart = len(charts) == len(values) and all(str(one.get("apiVersion")) in {"v1", "v2"} for one in charts)
    return f"it describes a Helm chart: {_RENDER}" if is_chart and all("version" in one for one in charts) else ""


def _settings(values: list[Any]) -> str:
    """Return that every document is for a program: it has the form of an object, and no name."""
    return "a program's settings" if values and all(map(_is_settings, values)) else ""


def _is_settings(value: Any) -> bool:
    if not isinstance(value, dict) or value.get("metadata"):
        return False
    version, kind = str(value.get("apiVersion")), str(value.get("kind"))
    return version.partition("/")[0] in _PROGRAMS or (version, kind) in _OF_CORE


def _unfilled(values: list[Any]) -> str:
    """Return that a name is a template's, in quotes, so that the file is YAML."""
    metadata = [value.get("metadata") for value in values if isinstance(value, dict)]
    names = [str(one.get("name")) for one in metadata if isinstance(one, dict)]
    return f"a template: {_RENDER}" if any("{{" in name for name in names) else ""
