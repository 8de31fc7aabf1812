"""The start scripts, run by a POSIX shell with stand-ins for the engines' programs."""

import json
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from quadrant_platform.components.builders.workload import SCRIPTS

ALL = sorted(SCRIPTS.glob("*.sh"))
PASSWORD = 'a"b\\c:d'
SENTINELS = ("session-sentinel-0", "session-sentinel-1", "session-sentinel-2")
REDIS_CLI = """#!/bin/sh
# Answers for Sentinels: `votes` holds a host a Sentinel, "-" for one that does not answer.
case $2 in
  *-sentinel-*) n=${2##*-}; n=$((n + 1)); vote=$(sed -n "${n}p" @votes@)
    [ "$vote" = - ] || printf '%s\\n6379\\n' "$vote" ;;
esac
"""

pytestmark = pytest.mark.skipif(shutil.which("sh") is None, reason="needs a POSIX shell")


class Container:
    """A directory in place of a container's file system."""

    def __init__(self, root: Path, host: str) -> None:
        self.root = root
        for path in ("bin", "data", "etc/redis", "run/redis", "run/pgbouncer"):
            (root / path).mkdir(parents=True)
        (root / "etc/hostname").write_text(f"{host}\n")
        (root / "password").write_text(PASSWORD)
        self.program("redis-server", 'cp "$1" @root@/started\n')
        self.program("sleep", "exit 0\n")

    def program(self, name: str, body: str) -> None:
        """Put a stand-in on PATH."""
        path = self.root / "bin" / name
        path.write_text(body if body.startswith("#!") else f"#!/bin/sh\n{body.replace('@root@', str(self.root))}")
        path.chmod(0o755)

    def run(self, script: str, *args: str) -> None:
        """Run a script whose places lie in this directory."""
        text = (SCRIPTS / script).read_text()
        for place in ("/data", "/etc", "/run"):
            text = text.replace(f"{place}/", f"{self.root}{place}/")
        for shared in SCRIPTS.glob("*.sh"):
            if f". /scripts/{shared.name}\n" in text:
                own = shared.read_text().replace("/data/", f"{self.root}/data/").replace("/run/", f"{self.root}/run/")
                text = text.replace(f". /scripts/{shared.name}\n", own)
        environment = {"PATH": f"{self.root}/bin:/usr/bin:/bin"}
        subprocess.run(["sh", "-c", text, script, *args], check=True, env=environment, timeout=30)

    def read(self, path: str) -> str:
        """A file's text."""
        return (self.root / path).read_text()


def redis(
    tmp_path: Path, host: str, votes: tuple[str, ...] = (), kept: str | None = None, later: tuple[str, ...] = ()
) -> str:
    """The configuration with which a copy starts, given the Sentinels' answers and its own file."""
    container = Container(tmp_path, host)
    (tmp_path / "etc/redis/redis.conf").write_text("port 6379\n")
    (tmp_path / "votes").write_text("".join(f"{vote}\n" for vote in votes))
    if later:
        (tmp_path / "later").write_text("".join(f"{vote}\n" for vote in later))
        container.program("sleep", "cp @root@/later @root@/votes\n")
    container.program("redis-cli", REDIS_CLI.replace("@votes@", str(tmp_path / "votes")))
    if kept is not None:
        (tmp_path / "data/redis.conf").write_text(kept)
    watched = ("session", *SENTINELS) if votes else ()
    file = str(tmp_path / "password")
    container.run("redis-start.sh", "6379", file, "120", "session-0" if votes else "session", *watched)
    lines = container.read("started").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(("user ", "masterauth ")))


@pytest.mark.parametrize("script", ALL, ids=lambda path: path.name)
def test_every_script_is_posix_and_stops_at_the_first_error(script: Path) -> None:
    subprocess.run(["sh", "-n", str(script)], check=True, timeout=30)
    assert "set -eu\n" in script.read_text(), "a half-made configuration must not start a server"


def test_redis_gets_any_password_quoted_and_its_exporter_one_of_the_pods_own(tmp_path: Path) -> None:
    container = Container(tmp_path, "session-0")
    container.run("redis-files.sh", "6379")
    own = container.read("run/redis/own").strip()
    assert json.loads(container.read("run/redis/exporter.json"))["redis://own@127.0.0.1:6379"] == own, (
        "the exporter looks its password up by address"
    )
    (tmp_path / "etc/redis/redis.conf").write_text("port 6379\n")
    container.run("redis-start.sh", "6379", str(tmp_path / "password"), "120", "session")
    started = container.read("started")
    assert 'masterauth "a\\"b\\\\c:d"\n' in started, "quotes and backslashes are escaped"
    assert f"user default on #{sha256(PASSWORD.encode()).hexdigest()} " in started, "the server knows a hash"
    assert f"user own on #{sha256(own.encode()).hexdigest()} " in started, "probes log in as the pod's own user"


def test_pgbouncer_gets_any_password_quoted_and_its_exporter_one_of_the_pods_own(tmp_path: Path) -> None:
    container = Container(tmp_path, "pool")
    container.run("pgbouncer-files.sh")
    own = container.read("run/pgbouncer/exporter")
    container.run("pgbouncer-users.sh", "shop", str(tmp_path / "password"))
    assert container.read("run/pgbouncer/userlist.txt") == f'"shop" "a""b\\c:d"\n"quadrant_exporter" "{own}"\n', (
        "a quote is doubled"
    )
    assert container.read("run/pgbouncer/pgpass") == f"127.0.0.1:*:pgbouncer:quadrant_exporter:{own}\n", (
        "the exporter's library finds the password by address and user"
    )
    mode = (tmp_path / "run/pgbouncer/pgpass").stat().st_mode & 0o777
    assert mode == 0o600, "client libraries ignore a password file that others can read"


def test_a_lone_redis_is_master(tmp_path: Path) -> None:
    assert redis(tmp_path, "session-0") == "port 6379\n", "it follows no other copy"


def test_replicas_follow_the_masters_service(tmp_path: Path) -> None:
    assert redis(tmp_path, "session-1").endswith("replicaof session 6379\n"), (
        "the Service's name outlives the master's pod"
    )


@pytest.mark.parametrize(("host", "role"), [("session-0", ""), ("session-2", "replicaof session-0 6379\n")])
def test_at_first_start_the_first_copy_is_master(tmp_path: Path, host: str, role: str) -> None:
    found = redis(tmp_path, host, votes=("-", "-", "-"))
    assert found.endswith(f"replica-announce-ip {host}\nreplica-announce-port 6379\n{role}"), "all others follow it"


def test_a_restarted_master_follows_the_one_that_the_sentinels_elected(tmp_path: Path) -> None:
    found = redis(tmp_path, "session-0", votes=("session-2", "session-2", "-"), kept="port 6379\n")
    assert found.endswith("replicaof session-2 6379\n"), "two of three are a majority"


def test_a_master_that_died_waits_until_another_one_is_elected(tmp_path: Path) -> None:
    found = redis(tmp_path, "session-0", votes=("session-0",) * 3, kept="port 6379\n", later=("session-1",) * 3)
    assert found.endswith("replicaof session-1 6379\n"), "back at once, it would wipe what only its copies still have"


def test_a_master_that_died_goes_on_where_no_other_is_elected(tmp_path: Path) -> None:
    found = redis(tmp_path, "session-0", votes=("session-0",) * 3, kept="port 6379\n")
    assert "replicaof" not in found, "without a copy to elect, its log is the best that is left"


def test_the_elected_copy_is_master_whatever_its_claim_holds(tmp_path: Path) -> None:
    found = redis(tmp_path, "session-2", votes=("session-2",) * 3, kept="replicaof session-0 6379\n")
    assert "replicaof" not in found, "the Sentinels are right"


@pytest.mark.parametrize("votes", [("session-1", "-", "-"), ("session-1", "session-2", "-"), ("-", "-", "-")])
def test_without_a_majority_the_last_known_role_stays(tmp_path: Path, votes: tuple[str, ...]) -> None:
    found = redis(tmp_path, "session-0", votes=votes, kept="replicaof session-2 6379\n")
    assert found.endswith("replicaof session-2 6379\n"), "one Sentinel alone may be the one that was cut off"


def test_a_sentinel_keeps_what_it_learned_and_takes_new_settings_and_passwords(tmp_path: Path) -> None:
    container = Container(tmp_path, "session-sentinel-1")
    (tmp_path / "etc/redis/sentinel.conf").write_text("port 26379\nsentinel down-after-milliseconds session 3000\n")
    container.program("redis-cli", "#!/bin/sh\n")
    places = ("session-0:6379", "session-sentinel-0:26379")
    arguments = ("26379", str(tmp_path / "password"), "120", "session", "session-0", "6379", "2", *places)
    container.run("sentinel-start.sh", *arguments)
    first = container.read("started").splitlines()
    assert "sentinel monitor session session-0 6379 2" in first, "the first boot begins with the first master"
    assert "sentinel announce-ip session-sentinel-1" in first, "its name outlives its address"

    learned = [
        "sentinel myid 0123456789abcdef",
        "sentinel monitor session session-2 6379 2",
        "sentinel config-epoch session 4",
        "sentinel known-replica session session-0 6379",
    ]
    stale = ["sentinel down-after-milliseconds session 60000", 'requirepass "old"']
    (tmp_path / "data/sentinel.conf").write_text("\n".join([*learned, *stale, ""]))
    container.run("sentinel-start.sh", *arguments)
    second = container.read("started").splitlines()
    assert set(learned) <= set(second), "a Sentinel that forgets would bring back the old master"
    assert not set(stale) & set(second), "settings and password are those of the manifest"
