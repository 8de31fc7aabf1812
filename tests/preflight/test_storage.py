"""What no change of a claim can do is refused before anything changes."""

from typing import Any

import pytest

from quadrant_platform.preflight.facts import Claim, ClusterFacts, StorageClass
from quadrant_platform.preflight.storage import problems

PLACE = "shop-database/data-orders-0"
CLASSES = {"fast": StorageClass(expands=True, default=True), "local": StorageClass(expands=False, default=False)}


def cluster(claim: Claim, classes: dict[str, StorageClass] = CLASSES) -> ClusterFacts:
    return ClusterFacts("5c1f0f9e", storage_classes=classes, claims={PLACE: claim})


def claim(size: str, **more: Any) -> dict[str, Any]:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}, **more}
    namespace, _, name = PLACE.partition("/")
    metadata = {"namespace": namespace, "name": name}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec}


def refusals(facts: ClusterFacts, *manifests: dict[str, Any]) -> list[str]:
    return [str(problem) for problem in problems(facts, manifests)]


@pytest.mark.parametrize("size", ["10Gi", "11Gi", "10737418240"])
def test_a_claim_stays_or_grows_on_a_class_that_expands(size: str) -> None:
    assert not refusals(cluster(Claim("10Gi", "fast")), claim(size)), "Kubernetes accepts this"


def test_a_claim_that_is_not_there_is_never_refused() -> None:
    assert not refusals(ClusterFacts("5c1f0f9e"), claim("1Gi", storageClassName="fast")), "it is made as declared"


@pytest.mark.parametrize("class_", ["fast", "local", None])
def test_a_claim_that_would_shrink_is_refused(class_: str | None) -> None:
    [text] = refusals(cluster(Claim("10Gi", class_)), claim("1Gi"))
    assert f"{PLACE} has 10Gi, and 1Gi is declared" in text, "both sizes are named"
    assert "declare 10Gi" in text, "what takes it back"
    assert "copy the data" in text, "and what a smaller volume needs"


@pytest.mark.parametrize(
    ("class_", "why"),
    [("local", "does not allow it"), ("gone", "no class 'gone'"), ("", "no class"), (None, "no class")],
)
def test_a_claim_is_refused_growth_where_its_class_does_not_expand(class_: str | None, why: str) -> None:
    [text] = refusals(cluster(Claim("10Gi", class_)), claim("20Gi"))
    assert why in text, "the reason"
    assert ("kubectl patch storageclass local" in text) is (class_ == "local"), "the command, where there is a class"
    assert "declare 10Gi" in text, "and what takes it back"


def test_a_cluster_that_hides_its_classes_decides_itself() -> None:
    facts = ClusterFacts("5c1f0f9e", storage_classes=None, claims={PLACE: Claim("10Gi", "local")})
    assert not refusals(facts, claim("20Gi")), "who may not read them may still grow a claim"


def test_a_claim_without_a_volume_cannot_grow_and_is_deleted_without_loss() -> None:
    [text] = refusals(cluster(Claim("10Gi", "fast", bound=False)), claim("20Gi"))
    remedy = "kubectl --namespace shop-database delete persistentvolumeclaim data-orders-0"
    assert remedy in text, "then it is made anew"


def test_another_class_or_access_mode_is_refused() -> None:
    facts = cluster(Claim("10Gi", "local", ("ReadWriteMany",)))
    class_, modes = refusals(facts, claim("10Gi", storageClassName="fast"))
    assert "'local', and 'fast' is declared" in class_, "both classes are named"
    assert "ReadWriteMany, and ReadWriteOnce" in modes, "and both modes"
    assert not refusals(cluster(Claim("10Gi", "local")), claim("10Gi")), "the default class was chosen at its creation"


def test_a_cluster_of_an_operator_is_as_big_as_its_instances_claims() -> None:
    spec = {"instances": 2, "storage": {"size": "5Gi", "storageClass": "fast"}}
    metadata = {"namespace": "shop-database", "name": "orders"}
    manifest = {"apiVersion": "postgresql.cnpg.io/v1", "kind": "Cluster", "metadata": metadata, "spec": spec}
    there = {f"shop-database/{name}": Claim("10Gi", "local") for name in ("orders-1", "orders-2", "orders-archive")}
    facts = ClusterFacts("5c1f0f9e", storage_classes=CLASSES, claims=there)
    found = refusals(facts, manifest)
    assert [text.split()[1] for text in found] == ["shop-database/orders-1", "shop-database/orders-2"], "both shrink"
    assert all("no volume shrinks" in text for text in found), "another class is the next instance's alone"
    grown = refusals(facts, {**manifest, "spec": {**spec, "storage": {"size": "20Gi"}}})
    assert len(grown) == 2, "the operator would try for ever"


@pytest.mark.parametrize(("size", "refused"), [("12Gi", False), ("10Gi", True), ("9Gi", True)])
def test_growth_that_has_not_happened_may_be_taken_back_in_part(size: str, refused: bool) -> None:
    there = Claim("20Gi", "fast", capacity="10Gi")
    assert bool(refusals(cluster(there), claim(size))) is refused, "the volume itself never shrinks"
