"""A first `up` that is stopped anywhere is finished by the next `quadrant up`, with what it has made."""

import signal

import pytest

from tests.engine.conftest import Serve, say
from tests.engine.engine import POLICIES, new_engine
from tests.engine.interruption import finished, having_made, interrupted
from tests.engine.life import Life

pytestmark = pytest.mark.engine

# The way, the signal, and the number of made objects after which it comes; a whole run makes about 55.
MOMENTS = (
    ("quadrant", signal.SIGINT, 4), ("pulumi", signal.SIGKILL, 9), ("pulumi", signal.SIGINT, 17),
    ("quadrant", signal.SIGKILL, 24), ("quadrant", signal.SIGINT, 41), ("pulumi", signal.SIGKILL, 51),
)  # fmt: skip


@pytest.fixture(scope="module")
def first(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Life:
    """The small system; each turn is another installation of it, so that each begins with nothing."""
    return Life.of_ledgers(new_engine(tmp_path_factory.mktemp("first")), serve("interrupted"), "dev")


@pytest.mark.parametrize(("way", "number", "made"), MOMENTS)
def test_a_first_run_that_is_stopped_is_finished(
    first: Life, in_foreground: None, way: str, number: signal.Signals, made: int
) -> None:
    life = first.beside(f"first-{made}")
    up = ("up", "--system", life.system, "--stack", life.stack)
    told = interrupted(life.engine, _command(life, way, up), number, having_made(made))
    assert "Traceback" not in told.text, f"a person wants no traceback:\n{told.tail}"
    claims, begun = life.claims(), len(life.standing())
    assert begun or number is signal.SIGKILL, f"it was stopped too early to tell anything:\n{told.tail}"
    done = finished(life.engine, *up)
    say(f"{way}, {number.name} after {made}: {begun} objects stood, {done.code}")
    assert done.code == 0, f"the next `quadrant up` does not finish:\n{told.tail}\n---\n{done.tail}"
    assert life.recorded() == life.standing(), "record and cluster differ"
    assert claims.items() <= life.claims().items(), "a claim was made anew"
    life.unchanged()


def _command(life: Life, way: str, up: tuple[str, ...]) -> tuple[str, ...]:
    plain = ("pulumi", "up", "--yes", "--skip-preview", "--stack", life.stack, *POLICIES, "--non-interactive")
    return life.engine.quadrant_command(*up) if way == "quadrant" else plain


def test_what_the_cluster_made_and_the_state_never_heard_of_is_taken_over(first: Life) -> None:
    life = first.beside("unheard")
    life.up()
    before = {(one["kind"], one["metadata"]["name"]): one["metadata"]["uid"] for one in life.objects()}
    place = "ledgers-database"
    inside = ("NetworkPolicy", "default-deny"), ("Secret", "books-password"), ("StatefulSet", "books")
    forgotten = [f":{kind}::{place}/{name}" for kind, name in (*inside, ("PersistentVolumeClaim", "data-books-0"))]
    life.engine.forget(life.stack, *forgotten, ":PriorityClass::ledgers-critical")
    done = finished(life.engine, "up", "--system", life.system, "--stack", life.stack)
    assert done.code == 0, f"they exist already:\n{done.tail}"
    after = {(one["kind"], one["metadata"]["name"]): one["metadata"]["uid"] for one in life.objects()}
    assert after == before, "each of them is the very same object"
    assert life.recorded() == life.standing(), "and the state has it"
    life.unchanged()
