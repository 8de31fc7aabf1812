"""Kubernetes files, read as objects with their line numbers; what is none is skipped and named."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.policies.core.objects import Object
from quadrant_platform.program.foreign_files import foreign_reason, is_no_object, template_reason
from quadrant_platform.program.kustomizations import changed_files
from quadrant_platform.program.manifest_documents import MAX_OBJECTS, LocatedDocument, documents
from quadrant_platform.program.manifest_sources import files_of, text_of

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


@dataclass
class Reading:
    """The objects of a file or folder, and what was skipped: why, and where."""

    objects: list[Object] = field(default_factory=list)
    skipped: list[Problem] = field(default_factory=list)


def read_manifests(path: Path) -> list[Object]:
    """Return the objects of a file, or of all files below a folder, as they are written.

    Raises BadInput where there is none.
    """
    return _read(path, lambda _: {}).objects


def read_path(path: Path) -> Reading:
    """Read a file, or all files below a folder.

    A file that cannot be read, is no manifest, or is changed by a kustomization before it is applied, is skipped.
    BadInput names each where nothing else is left.
    """
    return _read(path, changed_files)


def _read(path: Path, changed_of: Callable[[list[Path]], dict[Path, Problem]]) -> Reading:
    found, others = Reading(), list[tuple[Path, LocatedDocument]]()
    files = files_of(path, found.skipped)
    changed = changed_of(files)
    found.skipped += changed.values()
    for file in (one for one in files if one not in changed):
        try:
            _read_file(file, found, others)
        except BadInput as error:
            found.skipped += error.problems
    if not (found.objects or changed):  # then what is of no shape of an object may be meant as one
        found.objects = [_located(Object(one.value, str(file), one.line)) for file, one in others]
    else:
        named = {file: one.line for file, one in reversed(others)}
        found.skipped += [Problem((), "no Kubernetes object", "", file, line) for file, line in named.items()]
    if not found.objects:
        nothing = Problem((), f"there is no object in {path}", "name a file or folder that has some")
        raise BadInput(found.skipped or [nothing])
    return found


def read_text(text: str, source: str) -> Reading:
    """Read the output of a program, such as that of `helm template`. Raises BadInput where there is no object."""
    objects = [_object(source, one) for one in documents(text, Path(source)) if not is_no_object(one.value)]
    if not objects:
        raise BadInput([Problem((), f"there is no object in {source}", "give the output of `helm template`")])
    return Reading(objects)


def _read_file(file: Path, found: Reading, others: list[tuple[Path, LocatedDocument]]) -> None:
    """Add the objects of a file, or why it has none. Raises BadInput where it cannot be read."""
    every, reason = _documents(file)
    if reason:
        found.skipped.append(Problem((), reason, "", file, 1))
    elif all(is_no_object(one.value) for one in every):
        others += [(file, one) for one in every]
    elif len(found.objects) + len(every) > MAX_OBJECTS:
        found.skipped.append(Problem((), f"with it there are over {MAX_OBJECTS} objects", "judge it alone", file, 1))
    else:
        found.objects += [_object(str(file), one) for one in every]


def _documents(file: Path) -> tuple[list[LocatedDocument], str]:
    """Return the documents of a file, and why they are no objects; a template need not be YAML."""
    text = text_of(file)
    try:
        every = documents(text, file)
    except BadInput:
        if reason := template_reason(file, text):
            return [], reason
        raise
    return every, foreign_reason(file, [one.value for one in every])


def _object(file: str, found: LocatedDocument) -> Object:
    return _located(Object(found.value, file, found.line, repeated=found.repeated))


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
