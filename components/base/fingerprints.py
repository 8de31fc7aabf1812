"""Fingerprints of generated Secrets: a value that changes rolls the pods that read it when they start."""

import hashlib
from collections.abc import Iterable, Sequence

import pulumi

from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.vocabulary import SECRETS_ANNOTATION

ROLLED = frozenset({"Deployment", "StatefulSet"})
"""Kinds whose pods are replaced when their template changes; a job reads its files at every run."""


def fingerprint(parts: Iterable[pulumi.Input[str]]) -> pulumi.Output[str]:
    """Return a digest of some parts, none of which may be a value that could be guessed."""
    return pulumi.Output.unsecret(pulumi.Output.all(*parts).apply(_digest))


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256(b"".join(part.encode() + b"\0" for part in parts)).hexdigest()[:16]


def fingerprinted(manifest: Manifest, fingerprints: Sequence[pulumi.Output[str]]) -> Manifest:
    """Return a workload that rolls when one of the fingerprints changes; other objects as they are."""
    if not fingerprints or manifest["kind"] not in ROLLED:
        return manifest
    template = manifest["spec"]["template"]
    metadata = template["metadata"]
    annotations = {**metadata.get("annotations", {}), SECRETS_ANNOTATION: fingerprint(fingerprints)}
    marked = template | {"metadata": metadata | {"annotations": annotations}}
    return manifest | {"spec": manifest["spec"] | {"template": marked}}
