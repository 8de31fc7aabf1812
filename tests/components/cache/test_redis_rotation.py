"""Real servers and Sentinels whose password's file changes: nobody is cut off, nothing restarts."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.components.cache.test_redis import built, watchers
from tests.components.pods import Container, SecretVolume, eventually, free_port
from tests.components.sample import main_container, one, pod_spec

PLACES = {"/data": "data", "/run/redis": "run", "/etc/redis": "etc", "/etc/hostname": "hostname.d"}
SCRAPE = """
import http.client, sys
asked = http.client.HTTPConnection(sys.argv[1], int(sys.argv[2]))
asked.request("GET", "/metrics")
print(asked.getresponse().read().decode())
"""
EXPORTER = shutil.which("prometheus-redis-exporter")

pytestmark = [
    pytest.mark.skipif(shutil.which("redis-server") is None, reason="needs redis: no server is on this machine"),
    pytest.mark.skipif(
        os.getuid() != 0 or shutil.which("unshare") is None, reason="needs root: each test has a network of its own"
    ),
]


class Network:
    """A network namespace with loopback alone, and a table of hosts."""

    def __init__(self, root: Path, hosts: dict[str, str]) -> None:
        (root / "hosts").write_text("".join(f"{address} {host}\n" for host, address in hosts.items()))
        holder = f"ip link set lo up && mount --bind {root}/hosts /etc/hosts && echo up && exec sleep 600"
        self.process = subprocess.Popen(["unshare", "-m", "-n", "sh", "-c", holder], stdout=subprocess.PIPE)
        assert self.process.stdout is not None, "the holder's words come by a pipe"
        assert self.process.stdout.readline() == b"up\n", "the network comes up"
        self.inside = ("nsenter", f"--target={self.process.pid}", "--mount", "--net")

    def close(self) -> None:
        """End the namespace."""
        self.process.kill()
        self.process.wait()


class Member:
    """One pod of the rendered manifests, with its own copy of the Secret."""

    def __init__(self, root: Path, network: Network, name: str, address: str, manifests: list[dict[str, Any]]) -> None:
        self.network, self.address, self.root = network, address, root / name
        self.spec = pod_spec(one(manifests, "StatefulSet"))
        self.main = main_container(one(manifests, "StatefulSet"))
        self.port = 26379 if "sentinel" in name else 6379
        self.root.mkdir()
        (self.root / "hostname").write_text(f"{name}\n")
        self.secret = SecretVolume(self.root / "secrets")
        texts = {"127.0.0.1": address, "/run/secrets": str(self.secret.root)}
        texts["/etc/hostname"] = str(self.root / "hostname")
        places = {path: folder for path, folder in PLACES.items() if path != "/etc/hostname"}
        self.container = Container(self.root, places, texts)
        for config in (entry for entry in manifests if entry["metadata"]["name"].endswith("-settings")):
            for file, text in config["data"].items():
                (self.root / "etc" / file).write_text(f"{self.container.here(text)}bind {address}\n")

    def write(self, password: str) -> None:
        """Write the Secret's new value into the pod."""
        [source] = [volume for volume in self.spec["volumes"] if volume["name"] == "secrets"]
        [item] = (
            source["secret"]["items"] if "secret" in source else source["projected"]["sources"][0]["secret"]["items"]
        )
        self.secret.write({item["path"]: password})

    def start(self) -> None:
        """Start the pod's containers, the first ones first."""
        for init in self.spec.get("initContainers", ()):
            assert self.container.run(init["command"], self.network.inside) == 0, "an init container ends well"
        self.container.start(self.main["command"], before=self.network.inside)

    def restart(self) -> None:
        """Let the kubelet start the container anew, in the volumes that the pod has."""
        self.container.stop(signal.SIGKILL)
        self.container.start(self.main["command"], before=self.network.inside)

    def probe(self, kind: str = "liveness") -> bool:
        """Return the kubelet's verdict."""
        return self.container.run(self.main[f"{kind}Probe"]["exec"]["command"], self.network.inside) == 0

    def ask(self, password: str, *question: str) -> str:
        """Return what a client with this password hears."""
        command = [*self.network.inside, "redis-cli", "-h", self.address, "-p", str(self.port), *question]
        environment = {**os.environ, "REDISCLI_AUTH": password}
        found = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=20)
        return found.stdout.strip()

    def admits(self, password: str) -> bool:
        """Whether a client gets in."""
        return self.ask(password, "ping") == "PONG"

    def end_overlap(self) -> None:
        """Let the time pass for which the former password counts."""
        os.utime(self.root / "data" / "passwords" / "former", (0, 0))


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory with a short name, as sockets want it."""
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        yield Path(folder)


@pytest.fixture
def lone(place: Path) -> Iterator[Member]:
    """A single cache, started with the password `first`."""
    network = Network(place, {"counters-0": "127.0.1.11"})
    member = Member(place, network, "counters-0", "127.0.1.11", built("counters"))
    member.write("first")
    member.start()
    try:
        eventually(member.probe, "the server lives")
        yield member
    finally:
        member.container.stop(signal.SIGKILL)
        network.close()


def test_a_changed_file_cuts_nobody_off_and_restarts_nothing(lone: Member) -> None:
    assert (lone.admits("first"), lone.admits("second"), lone.probe("readiness")) == (True, False, True), "it began"
    lone.write("second")
    assert (lone.probe(), lone.probe("readiness")) == (True, True), "a file that changed is no reason to kill a server"
    eventually(lambda: lone.admits("second"), "the new password counts")
    assert (lone.admits("first"), lone.probe()) == (True, True), "clients whose file changes later are not cut off"
    lone.restart()
    eventually(lone.probe, "a container that starts again in the same pod lives")
    assert (lone.admits("first"), lone.admits("second")) == (True, True), "and remembers that the change is young"
    lone.end_overlap()
    eventually(lambda: not lone.admits("first"), "the former password ends")
    assert (lone.admits("second"), lone.probe(), lone.probe("readiness")) == (True, True, True), "the new one stays"


def test_a_change_while_the_server_was_down_lets_the_former_password_in_for_its_time(lone: Member) -> None:
    lone.container.stop()
    lone.write('sec"o\\nd $x')
    lone.container.start(lone.main["command"], before=lone.network.inside)
    eventually(lone.probe, "the server lives")
    assert (lone.admits("first"), lone.admits('sec"o\\nd $x')) == (True, True), "the claim remembers the former one"
    lone.write("")
    assert lone.probe(), "an empty file changes nothing"


@pytest.mark.skipif(EXPORTER is None, reason="needs redis_exporter: none is on this machine")
def test_the_exporter_sees_its_server_before_and_after(lone: Member) -> None:
    [exporter] = [found for found in lone.spec["containers"] if found["name"] == "exporter"]
    port = free_port()
    words = [str(EXPORTER), *exporter["command"][1:], f"--web.listen-address=127.0.0.1:{port}"]
    process = subprocess.Popen([*lone.network.inside, *(lone.container.here(word) for word in words)])
    scrape = [*lone.network.inside, sys.executable, "-c", SCRAPE, lone.address, str(port)]

    def up() -> bool:
        return b"\nredis_up 1\n" in subprocess.run(scrape, capture_output=True, check=False, timeout=20).stdout

    try:
        eventually(up, "the exporter sees the server")
        lone.write("second")
        eventually(lambda: lone.admits("second"), "the new password counts")
        lone.end_overlap()
        eventually(lambda: not lone.admits("first"), "the former password ends")
        lone.restart()
        eventually(lone.probe, "the server lives")
        assert up(), "it logs in anew, as a user whose password is that of the pod"
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def watched(place: Path) -> Iterator[dict[str, Member]]:
    """Three servers and three Sentinels, started with the password `first`."""
    names = [f"session{kind}-{ordinal}" for kind in ("", "-sentinel") for ordinal in range(3)]
    hosts = {name: f"127.0.1.{index + 11}" for index, name in enumerate(names)}
    network = Network(place, hosts)
    manifests = {"session": built("session"), "session-sentinel": watchers()}
    found = {
        name: Member(place, network, name, address, manifests[name.rpartition("-")[0]])
        for name, address in hosts.items()
    }
    try:
        for member in found.values():
            member.write("first")
            member.start()
        eventually(lambda: agree(found, "first"), "servers and Sentinels have found each other", 60)
        yield found
    finally:
        for member in found.values():
            member.container.stop(signal.SIGKILL)
        network.close()


def master(found: dict[str, Member], password: str) -> str:
    """Return the one that a Sentinel holds for the master."""
    return (
        found["session-sentinel-0"].ask(password, "sentinel", "get-master-addr-by-name", "session").partition("\n")[0]
    )


def agree(found: dict[str, Member], password: str) -> bool:
    """Whether every Sentinel can act, every copy is ready, and the master has two copies."""
    watching = [member for name, member in found.items() if "sentinel" in name]
    able = all(one.ask(password, "sentinel", "ckquorum", "session").startswith("OK 3 ") for one in watching)
    if not able or not all(member.probe("readiness") for member in found.values()):
        return False
    return "connected_slaves:2" in found[master(found, password)].ask(password, "info", "replication")


def waiting(found: dict[str, Member], password: str) -> None:
    """Watch the system for some rounds of all scripts: it stays whole, under the same master."""
    before = master(found, password)
    for _ in range(20):
        assert master(found, password) == before, "nothing failed, so nobody takes over"
        for name, member in found.items():
            assert member.probe("readiness"), f"{name} stays ready"


@pytest.mark.parametrize("first", ["session-sentinel", "session-0", "session-1"])
def test_copies_of_a_secret_that_change_one_after_the_other_bring_no_failover(
    watched: dict[str, Member], first: str
) -> None:
    early = [name for name in watched if name.startswith(first)]
    for name in early:
        watched[name].write("second")
    waiting(watched, "first")
    for name in watched.keys() - set(early):
        watched[name].write("second")
    eventually(lambda: agree(watched, "second") and agree(watched, "first"), "all take both passwords")
    eventually(
        lambda: all(
            "auth-pass session second" in (m.root / "data/sentinel.conf").read_text().replace('"', "")
            for n, m in watched.items()
            if "sentinel" in n
        ),
        "the Sentinels log in with the new one",
    )
    for member in watched.values():
        member.end_overlap()
    eventually(lambda: not any(member.admits("first") for member in watched.values()), "the former password ends")
    waiting(watched, "second")
    watched["session-2"].restart()
    eventually(lambda: agree(watched, "second"), "a copy that starts again follows by the new password", 60)
    watched["session-0"].container.stop(signal.SIGKILL)
    eventually(lambda: master(watched, "second") in ("session-1", "session-2"), "another copy takes over", 40)
