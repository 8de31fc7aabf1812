"""Clusters that go and ways to them that move: what is recorded is found again, or dropped on the stated word."""

import re
from pathlib import Path

import pytest

from tests.engine.api_server import ApiServer
from tests.engine.conftest import Serve
from tests.engine.engine import new_engine
from tests.engine.life import Life

pytestmark = pytest.mark.engine


def begun(serve: Serve, folder: Path, name: str) -> Life:
    """Return an installation of the small system, applied once by a kubeconfig that a test may remove."""
    life = Life.of_ledgers(new_engine(folder / "user"), serve("lost"), "dev").beside(name)
    life.configure("quadrant:kubeconfig", str(copied(life.server, folder / "first")))
    life.up()
    return life


def copied(server: ApiServer, file: Path) -> Path:
    """Return another kubeconfig of a cluster."""
    file.write_text(server.kubeconfig.read_text("utf-8"), "utf-8")
    return file


def password(server: ApiServer, life: Life) -> str:
    """Return a generated value as a cluster has it."""
    place = ("--namespace", f"{life.prefix}ledgers-database")
    [secret] = server.kubectl.objects("get", "secret", "books-password", *place)
    return str(secret["data"])


def test_a_cluster_that_is_gone_is_forgotten_on_the_word_and_passwords_stay(serve: Serve, tmp_path: Path) -> None:
    life = begun(serve, tmp_path, "gone")
    other, before, options = serve("other"), life.standing(), ("--system", life.system, "--stack", life.stack)
    (tmp_path / "first").unlink()
    life.configure("quadrant:kubeconfig", str(other.kubeconfig))
    refused = life.engine.quadrant("up", *options)
    assert refused.code == 2, f"another cluster is never taken for this one:\n{refused.tail}"
    uid = re.search(r"`quadrant forget ([0-9a-f-]{36})", refused.text)
    assert uid, f"the refusal names the way out:\n{refused.tail}"
    unsaid = life.engine.quadrant("forget", uid[1], *options)
    assert unsaid.code == 2, "the word is missing"
    assert "data-books-0" in unsaid.text, f"the data is named:\n{unsaid.tail}"
    assert life.recorded() == before, "nothing was dropped"
    said = life.engine.quadrant("forget", uid[1], *options, "--yes")
    assert said.code == 0, said.tail
    assert not life.recorded(), "the record of its objects is gone"
    assert life.standing() == before, "and nothing was deleted in it"
    life.up()
    assert password(other, life) == password(life.server, life), "restored data opens with the same password"
    gone = life.engine.pulumi("destroy", "--yes", "--skip-preview", "--stack", life.stack)
    assert gone.code == 0, gone.tail


@pytest.mark.parametrize("way", ["pulumi", "quadrant"])
def test_what_a_moved_kubeconfig_leads_to_is_removed_by_the_present_one(serve: Serve, tmp_path: Path, way: str) -> None:
    life = begun(serve, tmp_path, f"by-{way}")
    (tmp_path / "first").rename(tmp_path / "second")
    life.configure("quadrant:kubeconfig", str(tmp_path / "second"))
    if way == "pulumi":
        words = ("--yes", "--skip-preview", "--run-program")
        done = life.engine.pulumi("destroy", *words, "--stack", life.stack)
    else:
        done = life.engine.quadrant("down", "--system", life.system, "--stack", life.stack, "--yes")
    assert done.code == 0, f"the recorded file is gone:\n{done.tail}"
    assert not life.standing(), "the cluster has nothing of it any more"
    assert not life.recorded(), "nor has the state"
