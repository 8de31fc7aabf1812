"""A stack that lives through changes, and what its cluster says of it."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from quadrant_platform.program.stacks import stack_name
from tests.engine.api_server import ApiServer
from tests.engine.engine import POLICIES, Engine, Run

OURS = "app.kubernetes.io/managed-by=quadrant"
DERIVED = ("events", "endpoints", "endpointslices")
"""Resources to which a controller copies our label."""
LEDGERS = Path(__file__).parent / "ledgers.yaml"


@dataclass(frozen=True)
class Life:
    """One stack of a user in one cluster."""

    engine: Engine
    server: ApiServer
    system: str
    stage: str
    prefix: str = ""
    """Of an installation beside others: then the stack has its name, and it sees its own objects alone."""

    @classmethod
    def begun(cls, engine: Engine, server: ApiServer, system: str, stage: str) -> Self:
        """Return the stack of a system, initialized and not applied."""
        begun = cls(engine, server, system, stage)
        file = engine.checkout / f"Pulumi.{begun.stack}.yaml"
        if not file.exists():
            file.write_text(f"config:\n  quadrant:system: {system}\n  quadrant:environment: {stage}\n", "utf-8")
        engine.stack(begun.stack, server.kubeconfig)
        return begun

    @classmethod
    def of_ledgers(cls, engine: Engine, server: ApiServer, stage: str) -> Self:
        """Return the stack of the small system, which the checkout gets."""
        file = engine.checkout / "systems" / LEDGERS.stem / "system.yaml"
        file.parent.mkdir()
        shutil.copyfile(LEDGERS, file)
        return cls.begun(engine, server, LEDGERS.stem, stage)

    def beside(self, name: str) -> Self:
        """Return another installation of the system in the same cluster, not applied yet."""
        other = replace(self, prefix=f"{name}-")
        head = f"config:\n  quadrant:system: {self.system}\n  quadrant:environment: {self.stage}\n"
        (self.engine.checkout / f"Pulumi.{other.stack}.yaml").write_text(head, "utf-8")
        self.engine.stack(other.stack, self.server.kubeconfig)
        other.override("namespacePrefix", other.prefix)
        return other

    @property
    def stack(self) -> str:
        """The name of the stack."""
        return self.prefix.removesuffix("-") or stack_name(self.system, self.stage)

    def up(self, *options: str) -> Run:
        """Apply what the checkout says now; it must succeed, and no policy may speak."""
        done = self.engine.pulumi("up", "--yes", "--skip-preview", "--stack", self.stack, *POLICIES, *options)
        assert done.code == 0, f"up fails:\n{done.tail}"
        assert not done.violations, f"policies speak: {done.violations}"
        return done

    def configure(self, key: str, value: str) -> None:
        """Set a setting of the stack."""
        self.engine.need("pulumi", "config", "set", key, value, "--stack", self.stack)

    def override(self, key: str, value: str) -> None:
        """Set an override of the stack."""
        self.engine.need("pulumi", "config", "set", "--path", f"quadrant:overrides.{key}", value, "--stack", self.stack)

    def edit(self, old: str, new: str) -> None:
        """Replace a text in the system's file wherever it stands."""
        path = self.engine.checkout / "systems" / self.system / "system.yaml"
        text = path.read_text("utf-8")
        assert old in text, f"{path} has changed: {old!r} is not in it"
        path.write_text(text.replace(old, new), "utf-8")

    def unchanged(self) -> None:
        """Check that the engine finds nothing to do, also after a look at the cluster, and that no policy speaks."""
        words = ("--stack", self.stack, *POLICIES, "--refresh", "--expect-no-changes", "--diff")
        done = self.engine.pulumi("preview", *words)
        assert done.code == 0, f"a preview right after `up` finds changes or fails:\n{done.tail}"
        assert not done.violations, f"policies speak: {done.violations}"

    def one(self, kind: str, namespace: str, name: str) -> dict[str, Any]:
        """Return an object of the cluster."""
        (found,) = self.server.kubectl.objects("get", kind, name, "-n", namespace)
        return found

    def objects(self) -> list[dict[str, Any]]:
        """Return everything in the cluster that carries our label and has no owner there."""
        kinds = self.server.kubectl.need("api-resources", "--verbs=list", "--output=name").split()
        wanted = ",".join(kind for kind in kinds if not kind.startswith(DERIVED))
        found = self.server.kubectl.objects("get", wanted, "--all-namespaces", "-l", OURS)
        ours = (one for one in found if _place(one["metadata"]).startswith(self.prefix))
        return [one for one in ours if "ownerReferences" not in one["metadata"]]

    def standing(self) -> set[tuple[str, str]]:
        """Return kind and place of what stands in the cluster."""
        return {(one["kind"], _place(one["metadata"])) for one in self.objects()}

    def recorded(self) -> set[tuple[str, str]]:
        """Return kind and place of what the state says that stands."""
        found = (one for one in self.engine.exported(self.stack) if one["type"].startswith("kubernetes:"))
        return {(one["type"].rpartition(":")[2], one["id"]) for one in found}

    def claims(self) -> dict[str, str]:
        """Return the identity of each claim: a claim with another one is another, empty volume."""
        claims = (one["metadata"] for one in self.objects() if one["kind"] == "PersistentVolumeClaim")
        return {_place(one): one["uid"] for one in claims}

    def versions(self) -> dict[tuple[str, str, str], int]:
        """Return the generation of each of our objects that has one: it grows with each change of a specification."""
        return {
            (one["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"]): one["metadata"]["generation"]
            for one in self.objects()
            if "generation" in one["metadata"]
        }

    def templates(self) -> dict[tuple[str, str], Any]:
        """Return the pod template of each workload; pods roll when it changes."""
        return {
            (one["kind"], one["metadata"]["name"]): one["spec"]["template"]
            for one in self.objects()
            if one["kind"] in ("Deployment", "StatefulSet")
        }


def _place(metadata: Mapping[str, str]) -> str:
    return f"{metadata['namespace']}/{metadata['name']}" if "namespace" in metadata else metadata["name"]
