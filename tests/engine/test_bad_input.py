"""Settings and states that lead nowhere: each is refused with what, why and remedy, and nothing changes."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest

from quadrant_platform.places import place_of
from tests.engine.api_server import ApiServer
from tests.engine.conftest import Serve
from tests.engine.credentials import ended_token, expired_certificate
from tests.engine.engine import POLICIES, Engine, Run, new_engine
from tests.engine.life import Life

pytestmark = pytest.mark.engine

PLAIN = ("pulumi", "up", "--yes", "--skip-preview", "--non-interactive", *POLICIES)
CIPHER = re.compile(r'"ciphertext": "[^"]*"')


@pytest.fixture(scope="module")
def applied(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> "Applied":
    """The small system, applied once; after each test it is as it was."""
    life = Life.of_ledgers(new_engine(tmp_path_factory.mktemp("refused")), serve("refused"), "dev")
    life.up()
    return Applied.of(life)


@pytest.fixture
def life(applied: "Applied") -> Iterator[Life]:
    """The stack, for a test that must not change it."""
    yield applied.life
    applied.unchanged()


@dataclass(frozen=True)
class Applied:
    """A stack, and all that it had when it had been applied."""

    life: Life
    state: str
    objects: Mapping[tuple[str, str], int]

    @classmethod
    def of(cls, life: Life) -> Self:
        """Look at a stack."""
        return cls(life, state_of(life), generations(life))

    def refused(self, way: str, engine: Engine | None = None, **variables: str) -> str:
        """Return what a command says that must be refused without a change of cluster or state."""
        done = up(engine or self.life.engine, self.life, way, **variables)
        assert done.code != 0, f"it is refused:\n{done.tail}"
        assert "Traceback" not in done.text, f"in words for people:\n{done.tail}"
        return done.text

    def unchanged(self) -> None:
        """Check that cluster and state are as they were."""
        assert generations(self.life) == self.objects, "the cluster has the same objects, and nobody wrote one"
        assert state_of(self.life) == self.state, "the state is the same"


def state_of(life: Life) -> str:
    """Return what the state says, without secrets, which each run encrypts anew."""
    return CIPHER.sub("", json.dumps(life.engine.exported(life.stack)))


def generations(life: Life) -> dict[tuple[str, str], int]:
    """Return the generation of each object, which grows with each change of a specification; 0 where it has none."""
    found = (one["metadata"] | {"kind": one["kind"]} for one in life.objects())
    return {(one["kind"], place_of(one)): one.get("generation", 0) for one in found}


def up(engine: Engine, life: Life, way: str, **variables: str) -> Run:
    """Return how an `up` ends, plain or by quadrant."""
    if way == "pulumi":
        return engine.run(*PLAIN, "--stack", life.stack, **variables)
    return engine.quadrant("up", "--system", life.system, "--stack", life.stage, **variables)


def gone(_: ApiServer, file: Path) -> None:
    """Name a file that is not there."""
    assert not file.exists()


def empty(_: ApiServer, file: Path) -> None:
    """Write nothing."""
    file.write_text("", "utf-8")


@pytest.mark.parametrize("way", ["pulumi", "quadrant"])
@pytest.mark.parametrize(
    ("made", "words"),
    [
        (gone, "does not exist"),
        (empty, "is empty: it names no cluster"),
        (expired_certificate, "the credentials are wrong or have expired; renew them"),
        (ended_token, "the credentials are wrong or have expired; renew them"),
    ],
)
def test_a_kubeconfig_that_leads_nowhere_is_refused(
    life: Life, applied: Applied, tmp_path: Path, made: Callable[[ApiServer, Path], None], words: str, way: str
) -> None:
    file = tmp_path / "kubeconfig"
    made(life.server, file)
    life.configure("quadrant:kubeconfig", str(file))
    text = applied.refused(way)
    life.configure("quadrant:kubeconfig", str(life.server.kubeconfig))
    assert words.split(";", maxsplit=1)[0] in text, f"why: {text[-3000:]}"
    assert words.rsplit("; ", maxsplit=1)[-1] in text, "and what to do"
    assert str(file) in text, "where"
    assert "nothing was changed" in text, "and what became of the rest"


@pytest.mark.parametrize("way", ["pulumi", "quadrant"])
def test_a_kubeconfig_of_another_cluster_is_refused(life: Life, applied: Applied, serve: Serve, way: str) -> None:
    other = serve("other")
    life.configure("quadrant:kubeconfig", str(other.kubeconfig))
    text = applied.refused(way)
    life.configure("quadrant:kubeconfig", str(life.server.kubeconfig))
    assert re.search(r"records the cluster [0-9a-f-]{36}.* its settings lead to the cluster [0-9a-f-]{36}", text), text
    assert "set quadrant:kubeconfig back" in text, "the first way out"
    assert "`quadrant forget" in text, "and the last one"
    assert not other.kubectl.objects("get", "namespaces", "-l", "quadrant.dev/system"), "the other cluster is untouched"


def test_a_context_without_a_file_names_no_cluster(life: Life, applied: Applied) -> None:
    life.engine.need("pulumi", "config", "rm", "quadrant:kubeconfig", "--stack", life.stack)
    life.configure("quadrant:context", "blue")
    text = applied.refused("pulumi")
    life.engine.need("pulumi", "config", "rm", "quadrant:context", "--stack", life.stack)
    life.configure("quadrant:kubeconfig", str(life.server.kubeconfig))
    assert "quadrant:context is 'blue', and the stack names no cluster" in text, text
    assert "`pulumi config set quadrant:kubeconfig PATH`" in text, "the remedy"


@pytest.mark.parametrize("way", ["pulumi", "quadrant"])
def test_a_stack_name_that_another_backend_has_is_refused(
    life: Life, applied: Applied, tmp_path: Path, way: str
) -> None:
    state = tmp_path / "state"
    state.mkdir()
    elsewhere = Engine(life.engine.checkout, {**life.engine.environment, "PULUMI_BACKEND_URL": state.as_uri()})
    elsewhere.need("pulumi", "stack", "select", "--create", life.stack)
    text = applied.refused(way, elsewhere)
    assert "ledgers-backend and ledgers-database came from another state of a stack ledgers-dev" in text, text
    assert "PULUMI_BACKEND_URL" in text, "the first way out"
    assert "namespacePrefix" in text, "and another"
    made = {one["type"] for one in elsewhere.exported(life.stack)}
    assert not [one for one in made if one.startswith("kubernetes:")], "it recorded no object"


@pytest.mark.parametrize("way", ["pulumi", "quadrant"])
def test_a_wrong_passphrase_is_refused(life: Life, applied: Applied, way: str) -> None:
    text = applied.refused(way, PULUMI_CONFIG_PASSPHRASE="another one")
    assert "incorrect passphrase" in text, text
    if way == "quadrant":
        assert "set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the one" in text, "the remedy"


@pytest.mark.parametrize("way", ["pulumi", "quadrant"])
@pytest.mark.parametrize("url", ["file:///nowhere/at/all", "http://127.0.0.1:9"])
def test_a_backend_that_does_not_answer_is_refused(life: Life, applied: Applied, way: str, url: str) -> None:
    text = applied.refused(way, PULUMI_BACKEND_URL=url, PULUMI_ACCESS_TOKEN="a-token")
    assert url.rpartition("/")[2] in text, f"pulumi's own words: {text}"
    if way == "quadrant":
        assert "keeps the state of ledgers-dev does not answer; correct PULUMI_BACKEND_URL" in text, text


@pytest.mark.parametrize("way", ["pulumi", "quadrant"])
def test_a_state_of_a_newer_version_is_refused(life: Life, applied: Applied, way: str) -> None:
    root = Path(life.engine.environment["PULUMI_BACKEND_URL"].removeprefix("file://"))
    [file] = root.glob(f".pulumi/stacks/*/{life.stack}.json")
    ours = file.read_text("utf-8")
    file.write_text(json.dumps(json.loads(ours) | {"version": 99}), "utf-8")
    done = up(life.engine, life, way)
    newer = json.loads(file.read_text("utf-8"))["version"]
    file.write_text(ours, "utf-8")
    assert done.code != 0, f"an older pulumi would lose what it does not know:\n{done.tail}"
    assert newer == 99, "and did not write it"
    if way == "quadrant":
        assert "by a newer version of pulumi than the one on PATH; install that version" in done.text, done.tail
