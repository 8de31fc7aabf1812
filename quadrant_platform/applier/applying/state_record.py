"""What pulumi's state records of a stack: its cluster, and the objects in it."""

import json
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quadrant_platform.applier.applying import engine_complaints
from quadrant_platform.applier.applying.pulumi_cli import PulumiStack

Resource = dict[str, Any]
_PROVIDER = "pulumi:providers:kubernetes"
_OWNED = "kubernetes:"
_IDENTITY = "random:index/randomUuid:RandomUuid", "state"
"""Type and name of the resource by which the state knows itself."""


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
    def identity(self) -> str | None:
        """What the state calls itself on the namespaces that come from it; None before it made any."""
        return next((str(one["outputs"]["result"]) for one in self._identities()), None)

    @property
    def home(self) -> str | None:
        """The cluster of the state's first run; None before that."""
        return next((str(one["outputs"]["keepers"]["cluster"]) for one in self._identities()), None)

    def _identities(self) -> Iterator[Resource]:
        yield from (one for one in self.resources if (one["type"], one["urn"].rpartition("::")[2]) == _IDENTITY)

    @property
    def clusters(self) -> list[RecordedCluster]:
        """The clusters that hold objects of the stack."""
        used = {one["provider"] for one in self.objects()}
        return [_cluster(one) for one in self.resources if one["type"] == _PROVIDER and _reference(one) in used]

    def objects(self) -> Iterator[Resource]:
        """Yield the objects in clusters."""
        yield from (one for one in self.resources if one["type"].startswith(_OWNED) and "provider" in one)

    def objects_in(self, uid: str) -> Iterator[Resource]:
        """Yield the objects in one cluster."""
        providers = self._providers(uid)
        yield from (one for one in self.objects() if one["provider"] in providers)

    def without(self, uid: str) -> "StateRecord":
        """Return the record without a cluster and all that is in it; generated values stay."""
        providers = self._providers(uid)
        gone = {one["urn"] for one in self.objects_in(uid)}
        gone |= {one["urn"] for one in self._identities() if self.home == uid}
        gone |= {reference.rpartition("::")[0] for reference in providers}
        kept = [_detached(one, gone) for one in self.resources if one["urn"] not in gone]
        pending = [one for one in self.pending if one["resource"].get("provider") not in providers]
        return self._changed(kept, pending)

    def provider(self, name: str) -> str | None:
        """Return the reference of the provider with a name; None where no run has come to it."""
        named = (one for one in self.resources if one["type"] == _PROVIDER and one["urn"].endswith(f"::{name}"))
        return next(map(_reference, named), None)

    def _providers(self, uid: str) -> set[str]:
        """Return the references of the providers that lead to a cluster."""
        return {_reference(one) for one in self.resources if one["type"] == _PROVIDER and _cluster(one).uid == uid}

    def settled(self, made: Collection[Resource]) -> "StateRecord":
        """Return the record without begun creations, and with those that were made."""
        pending = [one for one in self.pending if one["type"] != "creating"]
        return self._changed([*self.resources, *made], pending)

    def _changed(self, resources: list[Resource], pending: list[dict[str, Any]]) -> "StateRecord":
        changed = {"resources": resources, "pending_operations": pending}
        return StateRecord({**self.document, "deployment": {**self.document["deployment"], **changed}})


def read_record(stack: PulumiStack) -> StateRecord:
    """Return what the state of a stack records; empty for a stack that pulumi does not know.

    BadInput where pulumi cannot reach or read the state.
    """
    answer = stack.ask("stack", "export", "--stack", stack.name)
    if answer.code != 0 and "no stack named" in answer.err:
        return StateRecord({})
    if answer.code != 0:
        engine_complaints.refuse(answer.err.splitlines(), stack.name)
    return StateRecord(json.loads(answer.out))


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
