"""Objects that hold data, which goes when they go."""

from collections.abc import Mapping
from typing import Any

DATA_KINDS: frozenset[tuple[str, str]] = frozenset(
    {
        ("", "PersistentVolume"),
        ("", "PersistentVolumeClaim"),
        ("snapshot.storage.k8s.io", "VolumeSnapshot"),
        ("postgresql.cnpg.io", "Cluster"),
        ("postgresql.cnpg.io", "Database"),
        ("postgresql.cnpg.io", "Backup"),
        ("postgresql.cnpg.io", "ScheduledBackup"),
        ("clickhouse.altinity.com", "ClickHouseInstallation"),
        ("clickhouse-keeper.altinity.com", "ClickHouseKeeperInstallation"),
        ("kafka.strimzi.io", "Kafka"),
        ("kafka.strimzi.io", "KafkaNodePool"),
        ("kafka.strimzi.io", "KafkaTopic"),
        ("minio.min.io", "Tenant"),
        ("objectbucket.io", "ObjectBucketClaim"),
    }
)
"""Group and kind. An operator deletes what it made of such an object: claims, topics, buckets, the list of backups."""


def holds_data(manifest: Mapping[str, Any]) -> bool:
    """Return whether an object takes data along when it goes; a namespace does by what is in it, and is no such object.

    A StatefulSet leaves its claims behind, unless it says otherwise.
    """
    group, kind = manifest["apiVersion"].rpartition("/")[0], manifest["kind"]
    if (group, kind) == ("apps", "StatefulSet"):
        policy = manifest.get("spec", {}).get("persistentVolumeClaimRetentionPolicy") or {}
        return "Delete" in policy.values()
    return (group, kind) in DATA_KINDS
