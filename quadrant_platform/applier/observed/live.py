"""What a cluster holds of a stack."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from quadrant_platform.applier.observed import applyset
from quadrant_platform.applier.observed.object_keys import ObjectKey, Objects, by_key, key_of
from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.kubectl import Kubectl, listed, parsed
from quadrant_platform.model.stack_file import OVERRIDES
from quadrant_platform.preflight.serving import Served
from quadrant_platform.program.rendering import Manifest
from quadrant_platform.vocabulary import MANAGED_BY_LABEL, NAME_LABEL, OWNER, PART_OF_LABEL

GroupKind = tuple[str, str]
"""Group and name of a kind."""
_IMMUTABLE = ("field is immutable", "updates to statefulset spec")


@dataclass(frozen=True, slots=True)
class LiveSystem:
    """An installation in a cluster: its parent object, None before the first `up`, and its members."""

    parent: Mapping[str, Any] | None
    members: Objects


def parents(kubectl: Kubectl, table: Served) -> dict[str, dict[str, Any]]:
    """Return the parent objects of all installations in a cluster, by name."""
    if not any(kind == applyset.KIND and version.startswith(applyset.GROUP) for version, kind in table):
        return {}
    return {found["metadata"]["name"]: found for found in kubectl.objects("get", applyset.RESOURCE)}


def read(kubectl: Kubectl, table: Served, installation: str, wanted: Collection[Manifest]) -> LiveSystem:
    """Return the live members of an installation, and whatever else has the name of a wanted object."""
    parent = parents(kubectl, table).get(installation)
    kinds = {(manifest["apiVersion"].rpartition("/")[0], manifest["kind"]) for manifest in wanted}
    found = members(kubectl, table, installation, kinds | (applyset.kinds_of(parent) if parent else set()))
    missing = [manifest for manifest in wanted if key_of(manifest) not in found]
    return LiveSystem(parent, {**found, **_named(kubectl, missing)})


def members(kubectl: Kubectl, table: Served, installation: str, kinds: Collection[GroupKind]) -> Objects:
    """Return the members of an installation's set.

    Controllers copy labels to what they make, such as a Service's to its EndpointSlices: those are no members.
    """
    asked = arguments(table, kinds)
    if not asked:
        return {}
    selector = f"{applyset.MEMBER}={applyset.identity(installation)}"
    found = kubectl.objects("get", ",".join(asked), "--all-namespaces", "--selector", selector, "--show-managed-fields")
    owners = ((one, one["metadata"].get("ownerReferences", ())) for one in found)
    return by_key(one for one, those in owners if not any(owner.get("controller") for owner in those))


def arguments(table: Served, kinds: Collection[GroupKind]) -> list[str]:
    """Return one resource for each kind, in the first version that the cluster lists."""
    listed_last = reversed(list(table.items()))
    chosen = {(version.rpartition("/")[0], kind): one.argument for (version, kind), one in listed_last}
    return sorted(chosen[kind] for kind in set(kinds) & chosen.keys())


def _named(kubectl: Kubectl, wanted: Collection[Manifest]) -> Objects:
    there = {one["metadata"]["name"] for one in kubectl.objects("get", "namespaces")}
    asked = [one for one in wanted if one["metadata"].get("namespace", "") in there | {""}]
    if not asked:
        return {}
    return by_key(kubectl.objects("get", "--ignore-not-found", "-f", "-", stdin=listed(asked)))


def check_owner(live: Objects, wanted: Objects) -> None:
    """Raise BadInput with every object that has a wanted name and is another installation's, or not Quadrant's."""
    foreign = [key for key, one in wanted.items() if key in live and not _is_ours(live[key], one)]
    remedy = f"delete it, or give the stack a namespacePrefix under {OVERRIDES}; nothing was changed"
    if foreign:
        raise BadInput([Problem((), f"{key} exists already and is {_holder(live[key])}", remedy) for key in foreign])


def _holder(found: Manifest) -> str:
    return "another installation's" if applyset.MEMBER in found["metadata"].get("labels", {}) else "not Quadrant's"


def _is_ours(found: Manifest, wanted: Manifest) -> bool:
    """Return whether this installation has an object, or the controller of its StatefulSet, which labels claims so.

    One that is in no set may come from `pulumi` or from a rendered folder.
    """
    labels: Mapping[str, str] = found["metadata"].get("labels", {})
    if applyset.MEMBER in labels:
        return bool(labels[applyset.MEMBER] == wanted["metadata"]["labels"][applyset.MEMBER])
    selector = {key: wanted["metadata"].get("labels", {}).get(key) for key in (NAME_LABEL, PART_OF_LABEL)}
    claimed = wanted["kind"] == "PersistentVolumeClaim" and selector.items() <= labels.items()
    return claimed or labels.get(MANAGED_BY_LABEL) == OWNER


def check_leaving(live: Objects, wanted: Collection[ObjectKey], options: str) -> None:
    """Raise BadInput with every wanted object that is being deleted, as after an interrupted `down`."""
    leaving = [key for key in wanted if key in live and "deletionTimestamp" in live[key]["metadata"]]
    remedy = f"let `quadrant down {options}` finish first; nothing was changed"
    if leaving:
        raise BadInput([Problem((), f"{key} is being deleted", remedy) for key in leaving])


def merged(kubectl: Kubectl, manifests: Collection[Manifest]) -> Objects:
    """Return what the API server would make of live objects; BadInput with all that it refuses."""
    if not manifests:
        return {}
    answer = kubectl.run(
        "apply", *kubectl.owning(), "--dry-run=server", "-o", "json", "-f", "-", stdin=listed(manifests)
    )
    found = by_key(parsed(answer.out))
    if answer.code != 0 or len(found) != len(manifests):
        complaints = answer.complaints() or ["the API server gave no reason"]
        raise BadInput([Problem((), f"the API server refuses: {text}", _remedy(text)) for text in complaints])
    return found


def _remedy(text: str) -> str:
    if any(sign in text for sign in _IMMUTABLE):
        return (
            "Kubernetes never changes this field: undo the edit, or save the data, delete the object and try again "
            "(`kubectl delete --cascade=orphan` leaves pods and claims in place); nothing was changed"
        )
    return "nothing was changed"


def check_stack(parent: Mapping[str, Any] | None, stack: str, stage: str) -> None:
    """Raise BadInput where a cluster holds the installation of another stack: both would have the same namespaces."""
    if parent is None:
        return
    spec, name = parent["spec"], parent["metadata"]["name"]
    # A parent from before stacks had names of their own tells the stage alone.
    there, wanted = (spec["stack"], stack) if "stack" in spec else (spec["stage"], stage)
    if there != wanted:
        renamed = (
            f'`kubectl patch {applyset.RESOURCE} {name} --type merge --patch \'{{"spec":{{"stack":"{stack}"}}}}\'`'
        )
        remedy = (
            f"give this stack a namespacePrefix under {OVERRIDES}, run `quadrant down --system {spec['system']} "
            f"--stack {there}` first, or take another cluster; if the stack was renamed, {renamed}; nothing was changed"
        )
        raise BadInput([Problem((), f"this cluster holds {name} of the stack {there}", remedy)])
