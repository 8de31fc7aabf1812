"""Kubernetes files, read as objects with their line numbers."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from quadrant_platform.documents.bounds import ExcessError, check_aliases, check_text
from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.policies.core.objects import Object, list_items

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


class ManifestLoader(yaml.CSafeLoader):
    """Reads dates and times of day as text, as Kubernetes does."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":value"))]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }

    def number(self, node: ScalarNode) -> Any:
        """Return a whole number, or the text of a time."""
        return node.value if ":" in str(node.value) else self.construct_yaml_int(node)


ManifestLoader.add_constructor("tag:yaml.org,2002:int", ManifestLoader.number)
ManifestLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)[eE][-+]?\d+\Z", re.ASCII), list("-+.0123456789")
)  # as JSON and Kubernetes write it, without a dot or a sign


@dataclass(frozen=True)
class LocatedDocument:
    """A document, or an item of a List, with its line."""

    value: Any
    line: int


def read_manifests(path: Path) -> list[Object]:
    """Return the objects of a file, or of all files below a folder.

    BadInput names every file that cannot be read, and refuses an input without any object.
    """
    objects, problems = list[Object](), list[Problem]()
    for file in _files(path):
        try:
            objects += [_located(Object(found.value, str(file), found.line)) for found in _documents(file)]
        except BadInput as error:
            problems += error.problems
    if not objects and not problems:
        problems = [Problem((), f"there is no object in {path}", "name a file or folder that has some")]
    if problems:
        raise BadInput(problems)
    return objects


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise BadInput([Problem((), f"{path} does not exist", "name a folder or file with Kubernetes objects")])
    files = sorted(_below(path)) if path.is_dir() else [path]
    if not files:
        raise BadInput([Problem((), f"there is no {', '.join(SUFFIXES)} file in {path}", "name another folder")])
    return files


def _below(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix in SUFFIXES and path.is_file() and not hidden:
            yield path


def _documents(file: Path) -> list[LocatedDocument]:
    text = _text(file)
    try:
        check_text(text, MAX_DEPTH)
        return list(_of_yaml(text))
    except ExcessError as error:
        raise BadInput([Problem((), error.what, error.remedy, file, error.line)]) from None
    except yaml.YAMLError as error:
        if file.suffix == ".json":  # which YAML understands but for some escapes, and with the lines of a List's items
            return _of_json(text, file)
        raise BadInput([_problem(file, error)]) from None
    except (RecursionError, TypeError, ValueError) as error:
        raise BadInput([Problem((), f"not a Kubernetes document: {error}", "write plain YAML", file, 1)]) from None


def _of_yaml(text: str) -> Iterator[LocatedDocument]:
    loader = ManifestLoader(text)
    while (node := loader.get_node() if loader.check_node() else None) is not None:
        check_aliases(node, MAX_DEPTH)
        value = loader.construct_document(node)
        yield from _unfolded(LocatedDocument(value, node.start_mark.line + 1), _item_lines(node))


def _of_json(text: str, file: Path) -> list[LocatedDocument]:
    decoder, found, at = json.JSONDecoder(), list[LocatedDocument](), 0
    try:
        while rest := text[at:].lstrip():
            begin = len(text) - len(rest)
            value, at = decoder.raw_decode(text, begin)
            found += _unfolded(LocatedDocument(value, text.count("\n", 0, begin) + 1), [])
    except json.JSONDecodeError as error:
        raise BadInput([Problem((), f"not JSON: {error.msg}", "correct the line", file, error.lineno)]) from None
    return found


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


def _unfolded(found: LocatedDocument, lines: list[int]) -> Iterator[LocatedDocument]:
    """Yield a document, or the items of a List; an empty document yields nothing."""
    items = list_items(found.value)
    if items is not None:
        places = lines if len(lines) == len(items) else [found.line] * len(items)
        yield from (LocatedDocument(item, line) for item, line in zip(items, places, strict=True))
    elif found.value is not None:
        yield found


def _item_lines(node: Node) -> list[int]:
    """Return the lines of a List's items; an empty list where a merged mapping holds them."""
    pairs = node.value if isinstance(node, MappingNode) else ()
    sequences = [value for key, value in pairs if key.value == "items" and isinstance(value, SequenceNode)]
    return [item.start_mark.line + 1 for item in sequences[-1].value] if sequences else []


def _located(obj: Object) -> Object:
    """Return an object with the namespace that Kubernetes assumes."""
    manifest = obj.manifest
    if not isinstance(manifest, dict) or str(manifest.get("kind")) in CLUSTER_SCOPED:
        return obj
    metadata = manifest.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("namespace") is not None:
        return obj
    placed = {**manifest, "metadata": {**metadata, "namespace": "default"}}
    return replace(obj, manifest=placed, namespace_assumed=True)
