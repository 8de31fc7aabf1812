"""Redis under Sentinel: a master that dies is replaced within seconds, and nothing that it acknowledged is lost."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.cluster import Cluster, eventually
from tests.cluster.partial_system import CLIENT, Part, client, part, ready
from tests.cluster.processes import find, kill
from tests.evidence.plugin import Figure

pytestmark = pytest.mark.lab
SYSTEM, CACHE, SENTINELS = "carbon254", "redis", "redis-sentinel"
STORES, SERVICES = f"{SYSTEM}-database", f"{SYSTEM}-backend"
WRITER = Path(__file__).with_name("redis_writer.py")
BOUND = 10.0
"""Seconds within which writers go on."""
TURNS = [pytest.param(turn, marks=pytest.mark.prove("data")) for turn in range(2, 6)]
TURNS.insert(0, pytest.param(1, marks=pytest.mark.prove("data", short=True)))


@pytest.fixture(scope="module")
def cache(cluster: Cluster) -> Iterator[Part]:
    """Three servers, three Sentinels, and a service's pod that may use them. In dev, one node is enough."""
    with part(cluster, SYSTEM, ["database", "backend"], [CACHE, SENTINELS]) as applied:
        cluster.apply([client(applied.one("Deployment", "normalization"))])
        ready(cluster, STORES, f"statefulset/{CACHE}", f"statefulset/{SENTINELS}")
        ready(cluster, SERVICES, f"pod/{CLIENT}")
        eventually(lambda: len(replicas(applied, master(applied))) == 2, "two copies follow the master", period=1)
        # Sentinels ask the master for its copies every 10 s, and elect none that they have not met.
        eventually(lambda: known_copies(applied) == [2, 2, 2], "every Sentinel has both copies", period=1)
        yield applied


def asked(cache: Part, pod: str, port: int, *question: str) -> list[str]:
    """What Redis or a Sentinel answers in its pod, line by line."""
    script = 'REDISCLI_AUTH=$(cat /run/secrets/redis-password) exec redis-cli -p "$@"'
    done = cache.cluster.ask(
        "exec", f"--namespace={STORES}", pod, "--", "sh", "-c", script, "redis-cli", str(port), *question
    )
    return done.out.splitlines()


def master(cache: Part) -> str:
    """The pod that the first Sentinel holds for the master; pods are known by their names."""
    return asked(cache, f"{SENTINELS}-0", 26379, "sentinel", "get-master-addr-by-name", CACHE)[0]


def replicas(cache: Part, pod: str) -> set[str]:
    """The copies that follow a server."""
    lines = asked(cache, pod, 6379, "info", "replication")
    pairs = (line.partition("ip=")[2].split(",") for line in lines if line.startswith("slave") and "online" in line)
    return {pair[0] for pair in pairs}


def known_copies(cache: Part) -> list[int]:
    """How many copies with a whole link to the master each Sentinel has."""
    answers = (asked(cache, f"{SENTINELS}-{n}", 26379, "sentinel", "replicas", CACHE) for n in range(3))
    return [[*zip(lines[::2], lines[1::2], strict=False)].count(("master-link-status", "ok")) for lines in answers]


def killed_under_a_writer(cache: Part, before: str) -> dict[str, Any]:
    """Kill the master while a service writes, wait until it follows another, and return what the writer met."""
    processes = find(cache.cluster, STORES, before, "redis-server")
    if not processes:
        pytest.skip("needs lab: the pods of this cluster run on another machine, where no process of theirs is killed")
    with cache.python(WRITER, SERVICES, SENTINELS, CACHE) as writer:
        try:
            assert writer.stdout is not None, "it was opened as a pipe"
            assert writer.stdout.readline() == "writing\n", "the writer finds the master through the Sentinels"
            kill(processes[0])
            eventually(lambda: master(cache) != before, "the Sentinels name another master", period=1)
            eventually(lambda: before in replicas(cache, master(cache)), f"{before} follows the new master", period=1)
            result: dict[str, Any] = json.loads(writer.communicate(input="", timeout=60)[0])
        except subprocess.TimeoutExpired:
            writer.kill()
            raise
    return result


def test_three_servers_and_three_sentinels_are_ready_on_one_node(cache: Part) -> None:
    pods = cache.cluster.items("pods", f"--namespace={STORES}")
    found = sorted(one["metadata"]["name"] for one in pods)
    expected = [*(f"{CACHE}-{n}" for n in range(3)), *(f"{SENTINELS}-{n}" for n in range(3))]
    assert found == expected, "single copies of the other stores are no part of this test"
    others = asked(cache, f"{SENTINELS}-0", 26379, "sentinel", "ckquorum", CACHE)
    assert others[0].startswith("OK 3 usable Sentinels"), f"the Sentinels know each other, and say {others}"


@pytest.mark.demand("CAC-13")
@pytest.mark.parametrize("turn", TURNS)
def test_writers_go_on_within_seconds_of_the_masters_death_and_lose_nothing(
    cache: Part, turn: int, figure: Figure
) -> None:
    before = master(cache)
    result = killed_under_a_writer(cache, before)
    print(f"\nturn {turn}: {before} killed, {result['pause']:.1f} s without an acknowledged write, {result}")
    figure("seconds without an acknowledged write", round(result["pause"], 1))
    figure("acknowledged writes", result["acknowledged"])
    assert result["lost"] == [], f"of {result['acknowledged']} acknowledged writes, the new master lacks some"
    assert result["pause"] < BOUND, f"writers waited for {result['pause']:.1f} s"
