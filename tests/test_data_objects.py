"""What takes data along when it goes."""

from typing import Any

import pytest

from quadrant_platform.data_objects import holds_data


def of(version: str, kind: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "a"}, "spec": spec}


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        ("v1", "PersistentVolumeClaim"), ("postgresql.cnpg.io/v1", "Cluster"),
        ("postgresql.cnpg.io/v1", "ScheduledBackup"), ("kafka.strimzi.io/v1beta2", "Kafka"),
        ("clickhouse.altinity.com/v1", "ClickHouseInstallation"), ("objectbucket.io/v1alpha1", "ObjectBucketClaim"),
    ],
)  # fmt: skip
def test_claims_and_what_operators_make_claims_of_hold_data(version: str, kind: str) -> None:
    assert holds_data(of(version, kind)), "its deletion is the deletion of the data"


def test_a_cluster_of_another_group_is_none_of_ours() -> None:
    assert not holds_data(of("cluster.x-k8s.io/v1beta1", "Cluster")), "a kind is known by its group"


def test_a_stateful_set_holds_data_only_where_its_claims_go_with_it() -> None:
    assert not holds_data(of("apps/v1", "StatefulSet")), "Kubernetes leaves the claims by default"
    retain = {"whenDeleted": "Retain", "whenScaled": "Retain"}
    assert not holds_data(of("apps/v1", "StatefulSet", persistentVolumeClaimRetentionPolicy=retain)), "said aloud"
    for when in ("whenDeleted", "whenScaled"):
        deletes = of("apps/v1", "StatefulSet", persistentVolumeClaimRetentionPolicy=retain | {when: "Delete"})
        assert holds_data(deletes), "the claims go with the set, or with its last copies"
