"""What pulumi's state records of a stack: its cluster, and the objects in it."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quadrant_platform.applier.applying.pulumi_cli import PulumiStack

Resource = dict[str, Any]
_PROVIDER = "pulumi:providers:kubernetes"
_OWNED = "kubernetes:"


@dataclass(frozen=True, slots=True)
class RecordedCluster:
    """A cluster as the state names it."""

    uid: str
    kubeconfig: str
    context: str | None

    def __str__(self) -> str:
        """Write the identity, and how the cluster was reached."""
        context = f", context {self.context}" if self.context else ""
        return f"{self.uid} (reached by {self.kubeconfig}{context})"


@dataclass(frozen=True, slots=True)
class StateRecord:
    """The exported state of a stack; empty where nothing was applied yet."""

    document: dict[str, Any]

    @property
    def resources(self) -> list[Resource]:
        """The resources, those that are still to be deleted too."""
        return list(self.document.get("deployment", {}).get("resources") or ())

    @property
    def pending(self) -> list[dict[str, Any]]:
        """The operations that a run began and did not end."""
        return list(self.document.get("deployment", {}).get("pending_operations") or ())

    @property
    def clusters(self) -> list[RecordedCluster]:
        """The clusters that hold objects of the stack."""
        used = {one["provider"] for one in self.objects()}
        return [_cluster(one) for one in self.resources if one["type"] == _PROVIDER and _reference(one) in used]

    def objects(self) -> Iterator[Resource]:
        """Yield the objects in clusters."""
        yield from (one for one in self.resources if one["type"].startswith(_OWNED) and "provider" in one)

    def without(self, uid: str) -> "StateRecord":
        """Return the record without a cluster and all that is in it; generated values stay."""
        providers = {_reference(one) for one in self.resources if one["type"] == _PROVIDER and _cluster(one).uid == uid}
        gone = {one["urn"] for one in self.objects() if one["provider"] in providers}
        gone |= {reference.rpartition("::")[0] for reference in providers}
        deployment = self.document["deployment"]
        kept = [_detached(one, gone) for one in self.resources if one["urn"] not in gone]
        pending = [one for one in self.pending if one["resource"].get("provider") not in providers]
        return StateRecord(
            {**self.document, "deployment": {**deployment, "resources": kept, "pending_operations": pending}}
        )

    def settled(self, found: Mapping[str, Mapping[str, Any]]) -> "StateRecord":
        """Return the record without begun creations; those of objects that exist became resources, by URN."""
        deployment = self.document["deployment"]
        begun = [one["resource"] for one in self.pending if one["type"] == "creating"]
        made = [
            one | {"id": _identity(one), "outputs": dict(found[one["urn"]])} for one in begun if one["urn"] in found
        ]
        pending = [one for one in self.pending if one["type"] != "creating"]
        changed = {"resources": [*self.resources, *made], "pending_operations": pending}
        return StateRecord({**self.document, "deployment": {**deployment, **changed}})


def _identity(resource: Resource) -> str:
    """Return the id that the provider gives to an object."""
    metadata = resource["inputs"]["metadata"]
    return "/".join(metadata[key] for key in ("namespace", "name") if key in metadata)


def read_record(stack: PulumiStack) -> StateRecord:
    """Return what the state of a stack records; empty for a stack that pulumi does not know."""
    answer = stack.ask("stack", "export", "--stack", stack.name)
    if answer.code != 0 and "no stack named" in answer.err:
        return StateRecord({})
    return StateRecord(json.loads(stack.need("stack", "export", "--stack", stack.name) if answer.code else answer.out))


def write_record(stack: PulumiStack, record: StateRecord) -> None:
    """Replace the state of a stack; BadInput where pulumi refuses it."""
    # It holds secrets in their encrypted form only.
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "state.json")
        file.write_text(json.dumps(record.document), encoding="utf-8")
        stack.need("stack", "import", "--stack", stack.name, "--file", str(file))


def _cluster(provider: Mapping[str, Any]) -> RecordedCluster:
    inputs = provider.get("inputs", {})
    uid, file = inputs.get("clusterIdentifier", ""), inputs.get("kubeconfig") or "no kubeconfig"
    return RecordedCluster(uid, file, inputs.get("context"))


def _reference(provider: Mapping[str, Any]) -> str:
    return f"{provider['urn']}::{provider['id']}"


def _detached(one: Resource, gone: set[str]) -> Resource:
    """Return a resource without its ties to those that go."""
    ties = {"dependencies": [urn for urn in one.get("dependencies") or () if urn not in gone]}
    properties = {
        key: [urn for urn in urns or () if urn not in gone]
        for key, urns in (one.get("propertyDependencies") or {}).items()
    }
    return one | {
        key: value for key, value in {**ties, "propertyDependencies": properties}.items() if value or key in one
    }
