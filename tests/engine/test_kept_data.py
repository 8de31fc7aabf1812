"""Data in prod under the real engine, each test after the one before: it stays until the stack's file lets it go."""

import pytest

from tests.engine.conftest import Serve
from tests.engine.engine import Run, new_engine
from tests.engine.life import Life

pytestmark = pytest.mark.engine

JOB = """\
jobs:
  nightly:
    segment: database
    image: docker.io/library/postgres:17.6
    schedule: "0 2 * * *"
    command: [sh, -c, "true"]
    purpose: backup
    volumes:
      backups: {path: /backups, size: 5Gi, persistent: true}
"""
ROW = "  - {from: nightly, to: books, ports: [5432], why: copies the books}\n"
CLAIM = "ledgers-database/nightly-backups"


@pytest.fixture(scope="module")
def life(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Life:
    """The small system in prod, without an operator and without a vault, applied once."""
    life = Life.of_ledgers(new_engine(tmp_path_factory.mktemp("kept")), serve("life"), "prod")
    # A policy advises against one copy in prod.
    life.edit("ports: {http: 8080}", "ports: {http: 8080}\n    replicas: 2")
    life.override("databases", "statefulSet")
    life.override("secrets", "generated")
    life.up()
    assert {CLAIM, "ledgers-database/data-books-0", "ledgers-database/data-pages-0"} == set(life.claims()), "the data"
    return life


def refused(life: Life, verb: str = "preview") -> Run:
    """Return a plan of the engine that it refuses because of data."""
    yes = ("--yes",) if verb == "destroy" else ()
    done = life.engine.pulumi(verb, *yes, "--stack", life.stack)
    assert done.code != 0, f"data would go:\n{done.tail}"
    assert "because it is protected" in done.text, f"the reason is the data:\n{done.tail}"
    return done


def test_a_removed_row_keeps_its_data(life: Life) -> None:
    before = life.claims()
    life.edit(JOB, "")
    life.edit(ROW, "")
    done = refused(life)
    assert f"PersistentVolumeClaim::{CLAIM}" in done.text, "the message has the words of `quadrant:release`"
    life.edit("databases:\n", f"{JOB}databases:\n")
    life.edit("why: the books}\n", f"why: the books}}\n{ROW}")
    assert life.claims() == before, "nothing was changed"


def test_a_vault_takes_no_password_from_data_that_knows_no_other(life: Life) -> None:
    life.override("secrets", "vault")
    done = life.engine.pulumi("preview", "--stack", life.stack)
    life.override("secrets", "generated")
    assert done.code != 0, f"the password on the claim would be lost:\n{done.tail}"
    assert "::books-password/books-password" in done.text, f"the data is of no use without it:\n{done.tail}"


def test_destroy_is_refused_before_anything_goes(life: Life) -> None:
    before = life.standing()
    refused(life, "destroy")
    assert life.standing() == before, "all of it stands"


def test_a_renamed_database_keeps_its_claim_and_is_changed_in_place(life: Life) -> None:
    before, database = life.claims(), life.one("statefulset", "ledgers-database", "books")["metadata"]["uid"]
    life.edit("  books: {segment", "  ledger: {renamedFrom: books, segment")
    life.edit("to: books,", "to: ledger,")
    done = life.up()
    assert "replace" not in done.changes, f"{done.changes}"
    assert life.claims() == before, "the very same claims"
    assert life.one("statefulset", "ledgers-database", "books")["metadata"]["uid"] == database, "and the same pods' set"
    assert life.one("service", "ledgers-database", "ledger"), "clients find it by its new name"
    life.unchanged()


def test_a_job_that_becomes_a_service_keeps_its_account(life: Life) -> None:
    account = life.one("serviceaccount", "ledgers-database", "nightly")["metadata"]["uid"]
    life.engine.need("pulumi", "config", "set", "--path", "quadrant:release[0]", "nightly", "--stack", life.stack)
    life.up()
    life.engine.need("pulumi", "config", "rm", "quadrant:release", "--stack", life.stack)
    life.edit(JOB, "")
    service = "{segment: database, image: docker.io/library/busybox:1.37.0, ports: {http: 8081}, replicas: 2}"
    life.edit("services:\n", f"services:\n  nightly: {service}\n")
    life.up()
    assert life.one("serviceaccount", "ledgers-database", "nightly")["metadata"]["uid"] == account, "it was moved"
    assert CLAIM not in life.claims(), "what was let go went with the job"


def test_a_name_that_is_left_behind_is_refused(life: Life) -> None:
    life.engine.need("pulumi", "config", "set", "--path", "quadrant:release[0]", "nightly", "--stack", life.stack)
    done = life.engine.pulumi("preview", "--stack", life.stack)
    life.engine.need("pulumi", "config", "rm", "quadrant:release", "--stack", life.stack)
    assert done.code != 0, "it would let go of the next thing of that name"
    assert "nothing of this stack that holds data is called 'nightly'" in done.text, f"{done.tail}"


def test_a_stack_that_lets_everything_go_leaves_nothing(life: Life) -> None:
    life.engine.need("pulumi", "config", "set", "--path", "quadrant:release[0]", "*", "--stack", life.stack)
    life.up()
    done = life.engine.pulumi("destroy", "--yes", "--skip-preview", "--stack", life.stack)
    assert done.code == 0, f"destroy fails:\n{done.tail}"
    assert life.claims() == {}, "the word was said, and the state of the last `up` has it"
