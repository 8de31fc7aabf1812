"""Files beside manifests that are none: what they are, and how they can be judged."""

import re
from pathlib import Path
from typing import Any

_BY_NAME = (
    (r"kustomization\.ya?ml|Kustomization", "a kustomization: give its folder to --kustomize"),
    (r"Chart\.ya?ml|requirements\.ya?ml", "it describes a Helm chart: pipe `helm template` into --helm-output -"),
    (r"(docker-)?compose([.-].+)?\.ya?ml", "a compose file"),
    (r"(package|package-lock|composer|tsconfig.*|renovate|angular|deno)\.json|pnpm-lock\.yaml", "a package file"),
    (r"skaffold\.ya?ml|\.?pre-commit-config\.ya?ml|mkdocs\.ya?ml|dependabot\.ya?ml", "a tool's settings"),
)
_VALUES = re.compile(r"(.*[.-])?values([.-].*)?\.(ya?ml|json)")
_RENDER = "pipe `helm template` into --helm-output -"


def template_reason(file: Path, text: str) -> str:
    """Return why a file is a template; empty for any other."""
    in_chart = "templates" in file.parts and any((folder / "Chart.yaml").is_file() for folder in file.parents)
    if in_chart:
        return f"a Helm template: {_RENDER}"
    return f"a template: {_RENDER}" if re.search(r"\{\{[^}\n]*\}\}|<%", text) else ""


def foreign_reason(file: Path, values: list[Any]) -> str:
    """Return why the documents of a file are no objects; empty where one is, or may be meant to be."""
    if any(isinstance(value, dict) and ("kind" in value or "apiVersion" in value) for value in values):
        return _kustomization(values)
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
    if groups == {"kustomize.config.k8s.io"}:
        return "a kustomization: give its folder to --kustomize"
    charts = [value for value in values if isinstance(value, dict) and "kind" not in value]
    is_chart = len(charts) == len(values) and all(str(one.get("apiVersion")) in {"v1", "v2"} for one in charts)
    return f"it describes a Helm chart: {_RENDER}" if is_chart and all("version" in one for one in charts) else ""
