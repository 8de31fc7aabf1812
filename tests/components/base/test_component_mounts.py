"""What pods mount, and the objects that provide it."""

from __future__ import annotations

from typing import Any

import pytest

from quadrant_platform.components.base.component import MountSource, mounted, provides

VOLUMES: list[dict[str, Any]] = [
    {"name": "scratch", "emptyDir": {}},
    {"name": "files", "configMap": {"name": "web"}},
    {"name": "token", "secret": {"secretName": "token"}},
    {"name": "all", "projected": {"sources": [{"secret": {"name": "password"}}, {"configMap": {"name": "more"}}]}},
]
FILES = {("ConfigMap", "web"), ("Secret", "token"), ("Secret", "password"), ("ConfigMap", "more")}
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
