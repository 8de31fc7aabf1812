"""The one cluster that a stack names."""

from pathlib import Path

from quadrant_platform.preflight.facts import ClusterFacts
from quadrant_platform.program.recorder import Recorded
from tests.components.stack.programs import CONFIG, run

UID = "0d5a3c6f-8e11-4b52-9f0e-5c1f0f9e3b7a"


def provider(folder: Path, facts: ClusterFacts | None = None, name: str = "kubernetes", **settings: str) -> Recorded:
    """A provider of a stack with some settings."""
    config = {**CONFIG, **{f"quadrant:{key}": value for key, value in settings.items()}}
    resources = run(folder, "Kubernetes('cluster', configured_plan())", config, facts)
    [found] = [one for one in resources if (one.type, one.name) == ("pulumi:providers:kubernetes", name)]
    return found


def test_a_named_kubeconfig_is_the_one_that_is_used(tmp_path: Path) -> None:
    found = provider(tmp_path, kubeconfig="/etc/cluster.yaml", context="lab").inputs
    assert (found["kubeconfig"], found["context"]) == ("/etc/cluster.yaml", "lab"), "path and context of the stack"


def test_the_identity_is_the_clusters_own_however_it_is_reached(tmp_path: Path) -> None:
    first = provider(tmp_path, ClusterFacts(UID), kubeconfig="/etc/cluster.yaml").inputs
    moved = provider(tmp_path, ClusterFacts(UID), kubeconfig="/home/me/config", context="lab").inputs
    assert first["clusterIdentifier"] == moved["clusterIdentifier"] == UID, "a moved file is the same cluster"


def test_a_recording_without_a_cluster_has_a_placeholder_for_its_identity(tmp_path: Path) -> None:
    assert provider(tmp_path).inputs["clusterIdentifier"] == "offline", "no cluster has such a UID"


def test_what_others_changed_of_our_fields_is_taken_back(tmp_path: Path) -> None:
    assert provider(tmp_path).inputs["enablePatchForce"] in (True, "true"), "a scaled workload would be a conflict"


def test_only_claims_are_taken_over_where_they_exist(tmp_path: Path) -> None:
    own, claims = provider(tmp_path).inputs, provider(tmp_path, name="claims").inputs
    assert claims["upsertExistingObjects"] in (True, "true"), "a StatefulSet's controller may have made one"
    assert "upsertExistingObjects" not in own, "whatever else exists is somebody else's"
    rest = {key: value for key, value in claims.items() if key != "upsertExistingObjects"}
    assert rest == own, "both are the one cluster's"


def test_objects_are_applied_by_the_server(tmp_path: Path) -> None:
    assert provider(tmp_path).inputs["enableServerSideApply"] in (True, "true"), "others' fields are left alone"
