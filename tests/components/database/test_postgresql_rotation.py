"""Real PostgreSQL and PgBouncer whose password's file changes: both agree in the end, and nothing restarts."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.components.database.test_pooler import own
from tests.components.database.test_postgresql import built
from tests.components.pods import Container, SecretVolume, eventually, free_port
from tests.components.sample import main_container, one, pod_spec

ACCOUNT = "postgres"
SERVER = next(iter(Path("/usr/lib/postgresql").glob("*/bin/initdb")), shutil.which("initdb"))

pytestmark = [
    pytest.mark.skipif(SERVER is None, reason="needs postgresql: no server's programs are on this machine"),
    pytest.mark.skipif(os.getuid() != 0, reason="needs root: the server runs as an account of its own"),
]


def admits(port: int, password: str, database: str = "orders", user: str = "shop") -> bool:
    """Whether a client gets in with a password."""
    address = f"host=127.0.0.1 port={port} dbname={database} user={user}"
    command = ["psql", "--no-psqlrc", "--quiet", address, "--command", "SELECT 1"]
    environment: dict[str, Any] = {**os.environ, "PGPASSWORD": password}
    return subprocess.run(command, env=environment, capture_output=True, check=False, timeout=30).returncode == 0


def shows(port: int, password: str) -> bool:
    """Whether PgBouncer shows its statistics to the exporter's user."""
    address = f"host=127.0.0.1 port={port} dbname=pgbouncer user=quadrant_exporter"
    command = ["psql", "--no-psqlrc", "-At", address, "--command", "SHOW POOLS"]
    environment: dict[str, Any] = {**os.environ, "PGPASSWORD": password}
    return subprocess.run(command, env=environment, capture_output=True, check=False, timeout=30).returncode == 0


class Database:
    """The database's container."""

    def __init__(self, root: Path) -> None:
        self.root, self.port = root, free_port()
        root.mkdir()
        places = {"/var/lib/postgresql/data": "data", "/var/run/postgresql": "run", "/etc/postgresql": "etc"}
        self.secret = SecretVolume(root / "secrets")
        self.container = Container(root, places, {"/run/secrets": str(self.secret.root)})
        objects = built()
        for name, text in one(objects, "ConfigMap", "orders-db-settings")["data"].items():
            (root / "etc" / name).write_text(text)
        changed = {"port": self.port, "unix_socket_directories": root / "run", "shared_buffers": "16MB"}
        with (root / "etc" / "postgresql.conf").open("a") as file:
            file.writelines(f"{key} = '{value}'\n" for key, value in changed.items())
        self.main = main_container(one(objects, "StatefulSet"))
        [exporter] = [one for one in pod_spec(one_of(objects))["containers"] if one["name"] == "exporter"]
        self.exporter = {entry["name"]: entry["value"] for entry in exporter["env"]}

    def words(self, words: list[str]) -> list[str]:
        """Return a command at this container's port."""
        return [word if word != "5432" else str(self.port) for word in words]

    def write(self, password: str) -> None:
        """Write the Secret's new value into the pod."""
        self.secret.write({"orders-password": password})
        subprocess.run(["chown", "-R", "--no-dereference", ACCOUNT, self.root], check=True)

    def start(self) -> None:
        """Start the container and wait until it is ready."""
        self.container.start(self.words(self.main["command"]), user=ACCOUNT)
        eventually(self.ready, "PostgreSQL answers", 180)

    def ready(self) -> bool:
        """Return the kubelet's verdict."""
        return self.container.run(self.words(self.main["readinessProbe"]["exec"]["command"])) == 0


def one_of(objects: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the workload."""
    return one(objects, "StatefulSet")


@pytest.fixture
def database() -> Iterator[Database]:
    """A server with the password `first`, in a directory that its account may enter."""
    with tempfile.TemporaryDirectory(prefix="postgresql-") as folder:
        Path(folder).chmod(0o755)
        found = Database(Path(folder) / "database")
        found.write("first")
        try:
            found.start()
            yield found
        finally:
            found.container.stop(signal.SIGINT)


def test_a_running_server_takes_a_changed_password_and_keeps_its_sessions(database: Database) -> None:
    assert (admits(database.port, "first"), admits(database.port, "second")) == (True, False), "the first is in force"
    address = f"host=127.0.0.1 port={database.port} dbname=orders user=shop password=first"
    session = subprocess.Popen(
        ["psql", "--no-psqlrc", "-At", address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert session.stdin is not None, "the session's questions go by a pipe"
    session.stdin.write("SELECT 1;\n")
    session.stdin.flush()
    database.write("second")
    assert database.ready(), "the probe needs no password"
    eventually(lambda: admits(database.port, "second"), "the new password is in force")
    assert not admits(database.port, "first"), "a role has one password"
    said, _ = session.communicate("SELECT 2;\n", timeout=30)
    assert said.split() == ["1", "2"], "sessions go on"
    database.container.stop(signal.SIGINT)
    database.write("third")
    database.start()
    assert (admits(database.port, "second"), admits(database.port, "third")) == (False, True), "a start reads it too"


def test_the_exporter_needs_no_password_and_nobody_else_has_its_role(database: Database) -> None:
    address = database.container.here(database.exporter["DATA_SOURCE_NAME"]).replace("5432", str(database.port))
    question = "SELECT current_user, count(*) > 0 FROM pg_stat_activity WHERE query IS NOT NULL"
    command = ["psql", "--no-psqlrc", "-At", address, "--command", question]
    found = subprocess.run(command, user=ACCOUNT, capture_output=True, text=True, check=False, timeout=30)
    assert found.stdout.strip() == "quadrant_exporter|t", f"the kernel vouches for it: {found.stderr}"
    refused = subprocess.run(command, user="nobody", capture_output=True, text=True, check=False, timeout=30)
    assert "Peer authentication failed" in refused.stderr, "another account on the same socket is refused"
    assert not admits(database.port, "", user="quadrant_exporter"), "and so is everybody on the network"


def settings_of_pooler(port: int, server: int) -> str:
    """Return the rendered settings without the certificate and without what Debian's version does not know yet."""
    text = one(own(), "ConfigMap", "orders-pool-settings")["data"]["pgbouncer.ini"]
    left_out = {"listen_port", "listen_addr", "orders", "max_prepared_statements"}
    left_out |= {word for word in text.split() if word.startswith("client_tls_")}
    lines = [line for line in text.splitlines() if line.partition(" = ")[0] not in left_out]
    lines.insert(1, f"orders = host=127.0.0.1 port={server} dbname=orders")
    return "\n".join([*lines, f"listen_port = {port}", "listen_addr = 127.0.0.1", ""])


@pytest.mark.skipif(shutil.which("pgbouncer") is None, reason="needs pgbouncer: it is not on this machine")
def test_pooler_and_server_agree_after_a_change_and_after_a_restart(database: Database) -> None:
    root = database.root.parent / "pooler"
    root.mkdir()
    secret = SecretVolume(root / "secrets")
    pooler = Container(root, {"/run/pgbouncer": "run", "/etc/pgbouncer": "etc"}, {"/run/secrets": str(secret.root)})
    spec, port = pod_spec(one(own(), "Deployment")), free_port()
    (root / "etc" / "pgbouncer.ini").write_text(pooler.here(settings_of_pooler(port, database.port)))

    def write(password: str) -> None:
        secret.write({"orders-password": password})
        subprocess.run(["chown", "-R", "--no-dereference", ACCOUNT, root], check=True)

    write("first")
    [init] = spec["initContainers"]
    assert pooler.run(init["command"]) == 0, "the init container ends well"
    write("first")
    command = spec["containers"][0]["command"]
    pooler.start(command, user=ACCOUNT, before=("prlimit", "--nofile=256:20000"))
    try:
        eventually(lambda: admits(port, "first"), "clients get through the pooler")
        assert "file descriptor limit: 1114 " in pooler.log, "1000 clients and 50 connections to the server have room"
        database.write("second")
        eventually(lambda: admits(database.port, "second"), "the server takes the new password")
        write("second")
        eventually(lambda: admits(port, "second"), "the pooler takes it from clients, and shows it to the server")
        assert not admits(port, "first"), "the former one is out"
        local = (root / "run" / "exporter").read_text()
        assert shows(port, local), "the exporter's user stays"
        pooler.stop()
        pooler.start(command, user=ACCOUNT)
        eventually(lambda: admits(port, "second"), "a restart in the same pod reads the file, not what it wrote before")
    finally:
        pooler.stop()
