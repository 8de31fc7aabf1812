"""Claims and drift under the real engine: what exists is taken over, and what is ours is taken back."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.api_server import ApiServer
from tests.engine.conftest import Serve
from tests.engine.engine import POLICIES, Engine, Run, new_engine
from tests.engine.surroundings import prepare

pytestmark = pytest.mark.engine

SYSTEM, STACK = "motovault-phase4", "motovault-phase4-dev"
DATABASE, CLAIM = "motovault-phase4-database", "data-postgresql-0"
LIMIT = ("--path", "quadrant:overrides.storageLimit")


class Applied:
    """A stack in its cluster, and the user who applied it."""

    def __init__(self, engine: Engine, server: ApiServer) -> None:
        self.engine, self.server = engine, server

    def up(self, *options: str) -> Run:
        """Return how an update ends that first reads what is live."""
        return self.engine.pulumi("up", "--yes", "--refresh", "--skip-preview", "--stack", STACK, *POLICIES, *options)

    def need_up(self, *options: str) -> str:
        """Return what an update prints; it must succeed."""
        done = self.up(*options)
        assert done.code == 0, f"up fails:\n{done.tail}"
        return done.text

    def limit(self, size: str) -> None:
        """Set the upper bound of every claim."""
        self.engine.need("pulumi", "config", "set", *LIMIT, size, "--stack", STACK)

    def live(self, kind: str, name: str = "", namespace: str = DATABASE) -> Any:
        """Return an object of the cluster, or all of a kind."""
        chosen = (name,) if name else ()
        return json.loads(self.server.kubectl.need("get", kind, *chosen, "--namespace", namespace, "-o", "json"))

    def change(self, *words: str) -> None:
        """Change an object of the database's namespace as somebody with kubectl does."""
        self.server.kubectl.need(*words, "--namespace", DATABASE)


@pytest.fixture(scope="module")
def applied(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    """A dev stack, applied once; every test leaves it as declared."""
    engine, server = new_engine(tmp_path_factory.mktemp("changes") / "user"), serve("changes")
    prepare(server, SYSTEM, "dev")
    engine.stack(STACK, server.kubeconfig)
    made = Applied(engine, server)
    made.need_up()
    yield made
    engine.pulumi("stack", "rm", "--force", "--yes", STACK)


def sizes(applied: Applied) -> dict[str, str]:
    """Return what the claims of the database's namespace ask for."""
    found = applied.live("persistentvolumeclaims")["items"]
    return {one["metadata"]["name"]: one["spec"]["resources"]["requests"]["storage"] for one in found}


def test_a_claim_is_the_programs_and_its_stateful_set_uses_it(applied: Applied) -> None:
    names = {one["metadata"]["name"] for one in applied.live("persistentvolumeclaims")["items"]}
    assert {CLAIM, "data-redis-cluster-0"} <= names, "under the names that the controller looks for"
    assert len(names) == 4, "and the controller made no others"
    volumes = applied.live("pod", "postgresql-0")["spec"]["volumes"]
    [used] = [one["persistentVolumeClaim"]["claimName"] for one in volumes if one["name"] == "data"]
    assert used == CLAIM, "the pod has this one"


def test_a_claim_that_is_there_already_is_taken_over(applied: Applied) -> None:
    before = applied.live("persistentvolumeclaim", CLAIM)["metadata"]["uid"]
    applied.engine.forget(STACK, f":PersistentVolumeClaim::{DATABASE}/{CLAIM}")
    applied.change("label", f"persistentvolumeclaim/{CLAIM}", "quadrant.dev/tier-")
    applied.need_up()
    after = applied.live("persistentvolumeclaim", CLAIM)["metadata"]
    assert after["uid"] == before, "a StatefulSet's controller, or an earlier stack, made it and filled it"
    assert "quadrant.dev/tier" in after["labels"], "from now on it has what the program says"
    applied.need_up("--expect-no-changes")


def test_storage_of_a_class_that_does_not_expand_is_refused_before_anything_changes(applied: Applied) -> None:
    name = applied.live("persistentvolumeclaim", CLAIM)["spec"]["storageClassName"]
    patch = ("patch", "storageclass", name, "--patch")
    applied.server.kubectl.need(*patch, '{"allowVolumeExpansion": false}')
    before = sizes(applied)
    applied.limit("3Gi")
    refused = applied.up()
    applied.limit(before[CLAIM])
    applied.server.kubectl.need(*patch, '{"allowVolumeExpansion": true}')
    assert refused.code != 0, "the API server would refuse it midway"
    assert f"its class '{name}' does not allow it" in refused.text, refused.tail
    assert sizes(applied) == before, "nothing was changed"


@pytest.mark.parametrize(
    ("words", "kind", "name", "path"),
    [
        (
            ("label", "service/postgresql", "app.kubernetes.io/part-of=other", "--overwrite"),
            "service", "postgresql", "metadata.labels",
        ),
        (
            ("patch", "configmap/postgresql-settings", "--patch", '{"data": {"pg_hba.conf": "local all all trust"}}'),
            "configmap", "postgresql-settings", "data",
        ),
    ],
)  # fmt: skip
def test_drift_is_shown_and_taken_back(
    applied: Applied, words: tuple[str, ...], kind: str, name: str, path: str
) -> None:
    def value() -> Any:
        found = applied.live(kind, name)
        for key in path.split("."):
            found = found[key]
        return found

    declared = value()
    applied.change(*words)
    seen = applied.engine.pulumi("preview", "--refresh", "--diff", "--expect-no-changes", "--stack", STACK, *POLICIES)
    assert seen.code != 0, "a refreshed preview shows what others changed"
    applied.need_up()
    assert value() == declared, "it is as declared again"
    applied.need_up("--expect-no-changes")
