"""PostgreSQL behind PgBouncer: many clients on few connections, committed rows that stay, and a dump that restores."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.cluster import Cluster
from tests.cluster.partial_system import CLIENT, Part, client, part, ready
from tests.cluster.processes import find, kill
from tests.evidence.plugin import Figure

pytestmark = pytest.mark.lab
SYSTEM, DATABASE, POOLER, BACKUP = "agents", "postgres-primary", "pgbouncer", "postgres-backup"
STORES, SERVICES, PLATFORM = (f"{SYSTEM}-{segment}" for segment in ("database", "backend", "platform"))
SERVER = f"{DATABASE}-0"
HERE = Path(__file__).parent
CLIENTS, SERVERS = 200, 25
MADE = """
SELECT count(*) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
  JOIN pg_namespace ON pg_namespace.oid = relnamespace
  WHERE nspname = 'public' AND indisvalid AND NOT indisprimary AND NOT indisunique;
SELECT matviewname FROM pg_matviews WHERE schemaname = 'public' ORDER BY 1;
"""
RESTORE = """
set -eu
export PGSERVICEFILE=/run/secrets/pg_service.conf PGOPTIONS='-c app.maintenance=on' GNUPGHOME=/tmp/gnupg
mkdir -p -m 700 "$GNUPGHOME"
set -- /backups/agents_*.dump.gpg
gpg --batch --quiet --pinentry-mode loopback --passphrase-file /run/secrets/backup-passphrase --decrypt "$1" |
  pg_restore --exit-on-error --enable-row-security --no-owner --no-comments --dbname='service=primary dbname=scratch'
"""


@pytest.fixture(scope="module")
def agents(cluster: Cluster) -> Iterator[Part]:
    """The database, migrated; one of the two instances that poolers have where copies are as declared; a service's pod.

    One instance alone holds half of the pool, which is the 25 connections that all its clients have to share.
    """
    segments, workloads = ["database", "backend", "platform"], [DATABASE, POOLER, "migrate"]
    with part(cluster, SYSTEM, segments, workloads, copies="declared") as applied:
        cluster.run("scale", f"--namespace={STORES}", f"deployment/{POOLER}", "--replicas=1")
        cluster.apply([client(applied.one("Deployment", "app"))])
        ready(cluster, STORES, f"statefulset/{DATABASE}", f"deployment/{POOLER}", "job/migrate")
        ready(cluster, SERVICES, f"pod/{CLIENT}")
        sql(applied, SYSTEM, (HERE / "postgresql_rows.sql").read_text())
        yield applied


def sql(agents: Part, database: str, text: str) -> list[str]:
    """The rows that statements return as the database's administrator, on the socket of its own pod."""
    psql = ("psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--file=-")
    place = ("--host=/var/run/postgresql", "--username=postgres", f"--dbname={database}")
    stdin = ("exec", "--stdin", f"--namespace={STORES}", SERVER, "--", *psql, *place)
    return agents.cluster.run(*stdin, given=text).splitlines()


@pytest.mark.prove("data")
@pytest.mark.demand("DBS-22")
def test_two_hundred_clients_share_twenty_five_connections(agents: Part, figure: Figure) -> None:
    with agents.python(HERE / "postgresql_clients.py", SERVICES, str(CLIENTS), "4") as clients:
        result = json.loads(clients.communicate(timeout=180)[0] or "{}")
    print(f"\n{result}")
    figure("connections of the pooler", result["servers"])
    assert result["clients"] == CLIENTS, "all were connected at the same time"
    assert result["transactions"] == 4, "every client finished"
    assert 1 < result["servers"] <= SERVERS, f"the server saw {result['servers']} connections of the pooler"


def deleted(agents: Part) -> None:
    """Have the pod replaced."""
    agents.cluster.run("delete", "pod", SERVER, f"--namespace={STORES}", "--wait")


def killed(agents: Part) -> None:
    """Kill the server, which then recovers from its log."""
    processes = find(agents.cluster, STORES, SERVER, "postgres")
    if not processes:
        pytest.skip("needs lab: the pods of this cluster run on another machine, where no process of theirs is killed")
    kill(processes[0])


@pytest.mark.parametrize("restart", [deleted, pytest.param(killed, marks=pytest.mark.prove("data"))])
def test_a_restart_of_the_database_loses_no_committed_row(
    agents: Part, restart: Callable[[Part], None], figure: Figure
) -> None:
    with agents.python(HERE / "postgresql_writer.py", SERVICES) as writer:
        try:
            assert writer.stdout is not None, "it was opened as a pipe"
            assert writer.stdout.readline() == "writing\n", "rows are committed through the pooler"
            restart(agents)
            ready(agents.cluster, STORES, f"pod/{SERVER}")
            result: dict[str, Any] = json.loads(writer.communicate(input="", timeout=90)[0])
        except subprocess.TimeoutExpired:
            writer.kill()
            raise
    print(f"\n{restart.__name__}: {result}")
    figure("committed rows", result["committed"])
    assert result["lost"] == [], f"of {result['committed']} rows whose commit was confirmed, some are gone"


@pytest.mark.demand("DBS-26")
def test_the_migration_left_its_indexes_and_views(agents: Part) -> None:
    made = sql(agents, SYSTEM, MADE)
    assert int(made[0]) >= 20, f"{made[0]} valid indexes beside those of the keys"
    assert made[1:] == ["pattern_frequency", "prediction_accuracy", "suggestion_acceptance"], "the expensive queries"


@pytest.mark.prove("data", short=True)
@pytest.mark.demand("BKP-23", "BKP-24")
def test_a_backup_restores_to_the_same_rows(agents: Part) -> None:
    cluster, cron = agents.cluster, agents.one("CronJob", BACKUP)
    source = sql(agents, SYSTEM, (HERE / "postgresql_contents.sql").read_text())
    cluster.apply([cron])
    cluster.run("create", "job", "backup", f"--from=cronjob/{BACKUP}", f"--namespace={PLATFORM}")
    ready(cluster, PLATFORM, "job/backup")
    sql(agents, "postgres", "CREATE DATABASE scratch OWNER agents;")
    sql(agents, "scratch", "CREATE EXTENSION pg_stat_statements;")
    cluster.apply([client(cron | {"spec": cron["spec"]["jobTemplate"]["spec"]})])
    ready(cluster, PLATFORM, f"pod/{CLIENT}")
    agents.run(PLATFORM, CLIENT, "sh", "-c", RESTORE)
    restored = sql(agents, "scratch", (HERE / "postgresql_contents.sql").read_text())
    print("", *restored, sep="\n")
    assert len(source) == 11, f"eight tables and three views are compared, not {source}"
    assert not [line for line in source if "|0|" in line], "empty tables are equal whatever is restored"
    assert restored == source, "rows and checksums differ between the source and what was restored from its dump"
