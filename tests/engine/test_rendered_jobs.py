"""Folders that `render` writes, applied one after the other by kubectl alone to a real API server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from quadrant_platform.components.base.component import Address
from quadrant_platform.components.workload.job import Job, JobInputs
from quadrant_platform.program.rendering import files, write
from tests.components.sample import Manifest, planned
from tests.engine import api_server
from tests.engine.api_server import ApiServer
from tests.engine.conftest import say

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """A cluster with the job's namespace."""
    if found := api_server.problems():
        pytest.skip("needs lab: " + "; ".join(map(str, found)))
    with api_server.serving(tmp_path_factory.mktemp("jobs"), say) as running:
        yield running


def migration(script: str) -> list[Manifest]:
    """Return the objects of the shop's migration, which runs a script."""
    some = planned("prod", {"jobs": {"migrate": {"files": {"schema.sql": script}}}})
    return list(Job.manifests(JobInputs(some.jobs["migrate"], {"orders-db": Address("orders-db", 5432)})))


def applied(server: ApiServer, folder: Path, texts: dict[str, str], *options: str) -> tuple[bool, str]:
    """Return whether kubectl applies a folder, and what it says."""
    folder.mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text)
    found = server.kubectl.run("apply", *options, "-f", str(folder))
    return found.code == 0, f"{found.out}{found.err}"


@pytest.mark.parametrize("options", [(), ("--server-side",)], ids=["client", "server"])
def test_a_migration_that_changed_runs_again(server: ApiServer, tmp_path: Path, options: tuple[str, ...]) -> None:
    way = "server" if options else "client"
    first, second = migration(f"select '{way} one';\n"), migration(f"select '{way} two';\n")
    namespace = first[0]["metadata"]["namespace"]
    server.kubectl.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}])
    for step, objects in enumerate((first, first, second)):
        done, said = applied(server, tmp_path / str(step), files(objects), *options)
        assert done, said
    jobs = server.kubectl.need("get", "jobs", "-n", namespace, "-o", "name").split()
    assert len(jobs) == 2, "what did not change did not run again, and what changed did"

    plain = {f"{index}.yaml": write(one) for index, one in enumerate(first)}
    assert applied(server, tmp_path / "plain", plain, *options)[0], "under a plain name the first run is made too"
    changed = {f"{index}.yaml": write(one) for index, one in enumerate(second)}
    done, said = applied(server, tmp_path / "changed", changed, *options)
    assert not done, "and the second is refused"
    assert "field is immutable" in said, said
    server.kubectl.need("delete", "jobs", "--all", "-n", namespace)
