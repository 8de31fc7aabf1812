"""What pods mount, and the objects that provide it."""

from __future__ import annotations

from typing import Any

import pytest

from quadrant_platform.components.base.mounts import MountSource, mounted, own_claims, provides

VOLUMES: list[dict[str, Any]] = [
    {"name": "scratch", "emptyDir": {}},
    {"name": "files", "configMap": {"name": "web"}},
    {"name": "token", "secret": {"secretName": "token"}},
    {"name": "dumps", "persistentVolumeClaim": {"claimName": "dumps"}},
    {"name": "all", "projected": {"sources": [{"secret": {"name": "password"}}, {"configMap": {"name": "more"}}]}},
]
FILES = {("ConfigMap", "web"), ("Secret", "token"), ("Secret", "password"), ("ConfigMap", "more")}
FILES |= {("PersistentVolumeClaim", "dumps")}
TEMPLATE = {"template": {"spec": {"volumes": VOLUMES}}}


def made(kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"namespace": "shop", "name": "web"}, "spec": spec}


@pytest.mark.parametrize(
    "workload", [made("Deployment", TEMPLATE), made("CronJob", {"jobTemplate": {"spec": TEMPLATE}})]
)
def test_every_file_of_a_pod_is_found_in_whatever_volume(workload: dict[str, Any]) -> None:
    found = {*mounted(workload)}
    assert found == {MountSource(kind, "shop", name) for kind, name in FILES}, (
        "and volumes of other sources are no files"
    )


@pytest.mark.parametrize(
    ("manifest", "file"),
    [
        (made("ConfigMap", {}), MountSource("ConfigMap", "shop", "web")),
        (made("Secret", {}), MountSource("Secret", "shop", "web")),
        (made("PersistentVolumeClaim", {}), MountSource("PersistentVolumeClaim", "shop", "web")),
        (made("Certificate", {"secretName": "web-tls"}), MountSource("Secret", "shop", "web-tls")),
        (made("ExternalSecret", {"target": {"name": "token"}}), MountSource("Secret", "shop", "token")),
    ],
)
def test_a_file_is_there_because_of_the_object_that_is_it_or_makes_it(
    manifest: dict[str, Any], file: MountSource
) -> None:
    assert [*provides(manifest)] == [file], "pods that mount it wait for this object"


def test_an_object_without_pods_mounts_and_provides_nothing() -> None:
    service = made("Service", {"ports": [{"port": 80}]})
    assert ([*mounted(service)], [*provides(service)]) == ([], []), "no object waits for it, and it waits for none"


@pytest.mark.parametrize(
    ("kind", "name", "own"),
    [
        ("PersistentVolumeClaim", "data-web-0", True),
        ("PersistentVolumeClaim", "data-web-12", True),
        ("PersistentVolumeClaim", "data-web-cache-0", False),
        ("PersistentVolumeClaim", "logs-web-0", False),
        ("Secret", "data-web-0", False),
    ],
)
def test_a_stateful_set_waits_for_the_claims_of_its_copies(kind: str, name: str, own: bool) -> None:
    workload = made("StatefulSet", {"volumeClaimTemplates": [{"metadata": {"name": "data"}}]})
    claim, foreign = MountSource(kind, "shop", name), MountSource(kind, "other", name)
    assert (claim in own_claims(workload, [claim])) is own, "its controller would make them small"
    assert foreign not in own_claims(workload, [foreign]), "nor those of another namespace"
