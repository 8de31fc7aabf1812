"""Sizes and classes of claims that exist: what Kubernetes would refuse, or would accept and never do."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from quadrant_platform.documents.problems import Problem
from quadrant_platform.places import place_of
from quadrant_platform.preflight.facts import Claim, ClusterFacts
from quadrant_platform.quantities import parse_quantity

Manifest = Mapping[str, Any]

COPY = "declare a new store, copy the data, and remove the old one when nothing uses it"


def problems(facts: ClusterFacts, manifests: Iterable[Manifest]) -> list[Problem]:
    """Return what no change of a claim can do: shrink, grow where its class or its state forbids it, or move."""
    there = facts.claims or {}
    return [
        problem
        for manifest in manifests
        for place, wanted in _wanted(manifest, there)
        for problem in _refused(place, there[place], wanted, facts)
    ]


def _wanted(manifest: Manifest, there: Mapping[str, Claim]) -> Iterator[tuple[str, Claim]]:
    """Yield the claims of an object that exist, as they are wanted: itself, or those that its operator made."""
    metadata, spec = manifest["metadata"], manifest.get("spec", {})
    place = place_of(metadata)
    if manifest["kind"] == "PersistentVolumeClaim" and place in there:
        size = spec["resources"]["requests"]["storage"]
        yield place, Claim(size, spec.get("storageClassName"), tuple(spec["accessModes"]))
    if manifest["kind"] == "Cluster" and manifest["apiVersion"].startswith("postgresql.cnpg.io/"):
        numbered = re.compile(rf"{re.escape(place)}-\d+")
        # The operator makes the next instance with another class or mode, so a change of them is no mistake.
        yield from ((one, Claim(spec["storage"]["size"], None)) for one in there if numbered.fullmatch(one))


def _refused(place: str, claim: Claim, wanted: Claim, facts: ClusterFacts) -> Iterator[Problem]:
    name = f"PersistentVolumeClaim {place}"
    change = parse_quantity(wanted.size) - parse_quantity(claim.size)
    if change < 0 and not _takes_back_growth(claim, wanted):
        what = f"{name} has {claim.size}, and {wanted.size} is declared: no volume shrinks"
        remedy = f"declare {claim.size} (`storage` or `size` in the system's file, `storageLimit` in the environment)"
        yield Problem((), what, f"{remedy}, or {COPY}; nothing was changed")
    elif change > 0 and not claim.bound:
        what = f"{name} is not bound yet, and Kubernetes lets only bound claims grow from {claim.size} to {wanted.size}"
        remedy = f"without a volume it holds no data: {_delete(place)}, then try again"
        yield Problem((), what, f"{remedy}; nothing was changed")
    elif change > 0 and (why := _fixed(claim, facts)):
        what = f"{name} has {claim.size}, and {wanted.size} is declared: {why}"
        yield Problem((), what, f"{_allow(claim, facts)}declare {claim.size}, or {COPY}; nothing was changed")
    yield from _moved(name, claim, wanted)


def _takes_back_growth(claim: Claim, wanted: Claim) -> bool:
    """Return whether a smaller size is still more than the volume has, as its growth has not happened."""
    return claim.capacity is not None and parse_quantity(wanted.size) > parse_quantity(claim.capacity)


def _moved(name: str, claim: Claim, wanted: Claim) -> Iterator[Problem]:
    """Yield what Kubernetes never changes in a claim, and the declaration asks for."""
    if wanted.storage_class not in (None, claim.storage_class):
        what = f"{name} is of the class {claim.storage_class!r}, and {wanted.storage_class!r} is declared"
        yield Problem((), what, f"no volume changes its class: name the old one, or {COPY}; nothing was changed")
    if claim.access_modes and wanted.access_modes and set(claim.access_modes) != set(wanted.access_modes):
        what = f"{name} has {' and '.join(claim.access_modes)}, and {' and '.join(wanted.access_modes)} is wanted"
        yield Problem((), what, f"no claim changes its access modes: {COPY}; nothing was changed")


def _fixed(claim: Claim, facts: ClusterFacts) -> str:
    """Return why a claim may not grow; empty where it may, or where the cluster does not show its classes."""
    found = (facts.storage_classes or {}).get(claim.storage_class or "")
    if facts.storage_classes is None or (found is not None and found.expands):
        return ""
    if found is None:
        return f"there is no class {claim.storage_class!r} to grow it" if claim.storage_class else "it has no class"
    return f"its class {claim.storage_class!r} does not allow it"


def _allow(claim: Claim, facts: ClusterFacts) -> str:
    if claim.storage_class not in (facts.storage_classes or {}):
        return ""
    patch = """--patch '{"allowVolumeExpansion": true}'"""
    return f"where its driver can, `kubectl patch storageclass {claim.storage_class} {patch}`; else "


def _delete(place: str) -> str:
    namespace, _, name = place.partition("/")
    return f"`kubectl --namespace {namespace} delete persistentvolumeclaim {name}`"
