"""Kubernetes files read as objects with the line where each begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, SequenceNode

from model.errors import BadInput, Problem
from model.loading.bounds import ExcessError, check_aliases, check_text
from policies.pack import Object

MAX_DEPTH = 100
SUFFIXES = (".yaml", ".yml", ".json")
CLUSTER_SCOPED = frozenset(
    "APIService CSIDriver CSINode CertificateSigningRequest ClusterIssuer ClusterRole ClusterRoleBinding "
    "ClusterSecretStore ClusterExternalSecret ComponentStatus CustomResourceDefinition DeviceClass FlowSchema "
    "GatewayClass IngressClass IPAddress MutatingAdmissionPolicy MutatingAdmissionPolicyBinding "
    "MutatingWebhookConfiguration Namespace Node NodePool PersistentVolume PriorityClass "
    "PriorityLevelConfiguration ResourceSlice RuntimeClass SelfSubjectAccessReview SelfSubjectReview "
    "SelfSubjectRulesReview ServiceCIDR StorageClass StorageVersion StorageVersionMigration SubjectAccessReview "
    "TokenReview ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration "
    "VolumeAttachment VolumeAttributesClass VolumeSnapshotClass VolumeSnapshotContent".split()
)
"""Kinds without a namespace, of Kubernetes and of the operators that a platform uses."""


class Loader(yaml.CSafeLoader):
    """Reads what looks like a date as text, as Kubernetes does."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":value"))]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


@dataclass(frozen=True)
class Found:
    """A document, or an item of a List, and its line."""

    value: Any
    line: int


def read_manifests(path: Path) -> list[Object]:
    """Return the objects of a file, or of all files below a folder; BadInput with every unreadable file."""
    if not path.exists():
        raise BadInput([Problem((), f"{path} does not exist", "name a folder or file with Kubernetes objects")])
    files = sorted(_files(path)) if path.is_dir() else [path]
    if not files:
        raise BadInput([Problem((), f"there is no {', '.join(SUFFIXES)} file in {path}", "name another folder")])
    objects, problems = list[Object](), list[Problem]()
    for file in files:
        try:
            objects += [Object(_located(found.value), str(file), found.line) for found in _documents(file)]
        except BadInput as error:
            problems += error.problems
    if problems:
        raise BadInput(problems)
    return objects


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix in SUFFIXES and path.is_file() and not hidden:
            yield path


def _documents(file: Path) -> Iterator[Found]:
    text = _text(file)
    try:
        check_text(text, MAX_DEPTH)
        loader = Loader(text)
        while (node := loader.get_node() if loader.check_node() else None) is not None:
            check_aliases(node, MAX_DEPTH)
            value = loader.construct_document(node)
            yield from _unfolded(Found(value, node.start_mark.line + 1), node)
    except ExcessError as error:
        raise BadInput([Problem((), error.what, error.remedy, file, error.line)]) from None
    except yaml.YAMLError as error:
        raise BadInput([_problem(file, error)]) from None
    except (RecursionError, TypeError, ValueError) as error:
        raise BadInput([Problem((), f"not a Kubernetes document: {error}", "write plain YAML", file, 1)]) from None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadInput([Problem((), f"not UTF-8 text ({error.reason})", "save it as UTF-8", file, 1)]) from None
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise BadInput([Problem((), what, "name a file that can be read", file, 1)]) from None


def _problem(file: Path, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
    remedy = "correct the line, or the one above"
    return Problem((), f"not YAML: {what}", remedy, file, mark.line + 1 if mark else 1)


def _unfolded(found: Found, node: Node) -> Iterator[Found]:
    """Yield a document, or the items of a List; an empty document is no object."""
    value = found.value
    items = value.get("items") if isinstance(value, dict) and str(value.get("kind")).endswith("List") else None
    if isinstance(items, list):
        lines = _item_lines(node) or [found.line] * len(items)
        yield from (Found(item, line) for item, line in zip(items, lines, strict=True))
    elif value is not None:
        yield found


def _item_lines(node: Node) -> list[int]:
    """Return the lines of a List's items; none where they come from a merged mapping."""
    pairs = node.value if isinstance(node, MappingNode) else ()
    sequences = [value for key, value in pairs if key.value == "items" and isinstance(value, SequenceNode)]
    return [item.start_mark.line + 1 for item in sequences[-1].value] if sequences else []


def _located(manifest: Any) -> Any:
    """Write out the namespace that Kubernetes assumes."""
    if not isinstance(manifest, dict) or str(manifest.get("kind")) in CLUSTER_SCOPED:
        return manifest
    metadata = manifest.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("namespace") is not None:
        return manifest
    return {**manifest, "metadata": {**metadata, "namespace": "default"}}
