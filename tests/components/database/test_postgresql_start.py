"""A real PostgreSQL reads its password when it starts, and then alone."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quadrant_platform.components.builders.workload import SCRIPTS
from tests.components.database.test_postgresql import built
from tests.components.sample import one

ACCOUNT = "postgres"
SERVER = next(iter(Path("/usr/lib/postgresql").glob("*/bin/initdb")), shutil.which("initdb"))
SECONDS = 60

pytestmark = [
    pytest.mark.skipif(SERVER is None, reason="needs postgresql: no server's programs are on this machine"),
    pytest.mark.skipif(os.getuid() != 0, reason="needs root: the server runs as an account of its own"),
]


class Server:
    """The database's container, with its places in a directory."""

    def __init__(self, root: Path) -> None:
        self.root, self.port = root, free_port()
        for path in ("data", "run", "etc"):
            (root / path).mkdir()
        settings = one(built(), "ConfigMap", "orders-db-settings")["data"]
        changed = {"port": self.port, "unix_socket_directories": root / "run", "shared_buffers": "16MB"}
        lines = "".join(f"{key} = '{value}'\n" for key, value in changed.items())
        (root / "etc" / "postgresql.conf").write_text(settings["postgresql.conf"] + lines)
        (root / "etc" / "pg_hba.conf").write_text(settings["pg_hba.conf"])
        places = {"/var/lib/postgresql/data": "data", "/var/run/postgresql": "run", "/etc/postgresql": "etc"}
        text = (SCRIPTS / "postgresql-start.sh").read_text()
        for place, folder in places.items():
            text = text.replace(place, str(root / folder))
        (root / "start.sh").write_text(text)

    def write(self, password: str) -> None:
        """Write the password's file, as the kubelet does when the Secret changes."""
        (self.root / "password").write_text(password)
        subprocess.run(["chown", "-R", ACCOUNT, self.root], check=True)

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the server and wait until it answers on its port."""
        command = ["sh", str(self.root / "start.sh"), "orders", "shop", str(self.root / "password")]
        with (self.root / "log").open("ab") as log:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                command, user=ACCOUNT, cwd=self.root, stdout=log, stderr=log
            )
        deadline = time.monotonic() + SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            if (
                subprocess.run(["pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)], check=False).returncode
                == 0
            ):
                return process
            time.sleep(0.2)
        process.kill()
        raise AssertionError(f"PostgreSQL does not start:\n{(self.root / 'log').read_text()[-2000:]}")

    def admits(self, password: str) -> bool:
        """Whether the owner gets in with a password."""
        address = f"host=127.0.0.1 port={self.port} dbname=orders user=shop"
        environment: dict[str, Any] = {**os.environ, "PGPASSWORD": password}
        command = ["psql", "--no-psqlrc", "--quiet", address, "--command", "SELECT 1"]
        return subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@pytest.fixture
def server() -> Iterator[Server]:
    """A server in a directory that its account may enter."""
    with tempfile.TemporaryDirectory(prefix="postgresql-") as folder:
        Path(folder).chmod(0o755)
        yield Server(Path(folder))


def test_a_running_server_keeps_its_password_and_a_restarted_one_takes_the_new(server: Server) -> None:
    server.write("first")
    running = server.start()
    try:
        assert (server.admits("first"), server.admits("second")) == (True, False), "the owner's password is in force"
        server.write("second")
        assert (server.admits("first"), server.admits("second")) == (True, False), "a file alone changes nothing"
    finally:
        running.terminate()
        running.wait(SECONDS)
    restarted = server.start()
    try:
        assert (server.admits("first"), server.admits("second")) == (False, True), "so pods that mount it have to roll"
    finally:
        restarted.terminate()
        restarted.wait(SECONDS)
