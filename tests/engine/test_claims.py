"""Changes of claims: our refusal, before anything is applied, is the API server's own verdict."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from quadrant_platform.preflight import storage
from quadrant_platform.preflight.reading import read_facts
from tests.engine.api_server import ApiServer
from tests.engine.conftest import Serve

pytestmark = pytest.mark.engine

PLACE, CLASS, UNBOUND = "claims", "kwok-volume", "by-nobody"


def claim(name: str, size: str, of: str = CLASS, mode: str = "ReadWriteOnce") -> dict[str, Any]:
    """Return a claim."""
    spec = {"accessModes": [mode], "storageClassName": of, "resources": {"requests": {"storage": size}}}
    metadata = {"name": name, "namespace": PLACE}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec}


@pytest.fixture(scope="module")
def server(serve: Serve) -> Iterator[ApiServer]:
    """A cluster with a bound claim, one whose growth has not happened yet, and one without a volume."""
    found = serve("life")
    nobody = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": UNBOUND}}
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": PLACE}}
    expands = {"provisioner": "example.org/none", "allowVolumeExpansion": True}
    found.kubectl.apply([space, nobody | expands, claim("bound", "2Gi"), claim("grown", "2Gi"),
                         claim("unbound", "2Gi", UNBOUND)])  # fmt: skip
    bound = ("pvc/bound", "pvc/grown", "--for=jsonpath={.status.phase}=Bound", "--timeout=60s")
    found.kubectl.need("wait", *bound, "--namespace", PLACE)
    found.kubectl.apply([claim("grown", "5Gi")])
    yield found
    found.kubectl.need("delete", "namespace", PLACE)


@pytest.mark.parametrize(
    ("wanted", "expands"),
    [
        (claim("bound", "2Gi"), True), (claim("bound", "2048Mi"), True), (claim("bound", "3Gi"), True),
        (claim("bound", "3Gi"), False), (claim("bound", "1Gi"), True), (claim("bound", "1Gi"), False),
        (claim("bound", "2Gi", UNBOUND), True), (claim("bound", "2Gi", mode="ReadWriteMany"), True),
        (claim("grown", "6Gi"), True), (claim("grown", "3Gi"), True), (claim("grown", "2Gi"), True),
        (claim("grown", "1Gi"), True), (claim("grown", "5Gi"), False),
        (claim("unbound", "2Gi", UNBOUND), True), (claim("unbound", "3Gi", UNBOUND), True),
        (claim("unbound", "1Gi", UNBOUND), True), (claim("new", "1Gi"), True),
    ],
    ids=lambda value: value["metadata"]["name"] + value["spec"]["resources"]["requests"]["storage"]
    if isinstance(value, dict) else "",
)  # fmt: skip
def test_what_is_refused_is_what_the_api_server_refuses(
    server: ApiServer, wanted: dict[str, Any], expands: bool
) -> None:
    patch = ("patch", "storageclass", CLASS, "--patch")
    server.kubectl.need(*patch, json.dumps({"allowVolumeExpansion": expands}))
    ours = storage.problems(read_facts(server.kubectl), [wanted])
    tried = ("apply", "--dry-run=server", *server.kubectl.owning(), "-f", "-")
    theirs = server.kubectl.run(*tried, stdin=json.dumps(wanted))
    server.kubectl.need(*patch, json.dumps({"allowVolumeExpansion": True}))
    said = "; ".join(map(str, ours))
    assert bool(ours) == (theirs.code != 0), f"we say: {said or 'yes'}; the API server: {theirs.err or 'yes'}"
    if theirs.code != 0:
        assert "nothing was changed" in said, "before anything is applied"
