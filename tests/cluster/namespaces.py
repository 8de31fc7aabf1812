"""Pods' network namespaces, entered from the machine that the node runs on."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

SCRIPT = Path(__file__).with_name("sockets.py")
SOURCES_AT_ONCE = 6


class Target(NamedTuple):
    """Where a packet goes."""

    protocol: str
    address: str
    port: int


@dataclass(frozen=True)
class Place:
    """A network namespace, by the process or the name that holds it."""

    enter: tuple[str, ...]

    @classmethod
    def named(cls, name: str) -> "Place":
        """A namespace of `ip netns`."""
        return cls(("ip", "netns", "exec", name))

    def command(self, *arguments: str) -> list[str]:
        """A command that runs inside."""
        return [*self.enter, *arguments]


def of_addresses() -> dict[str, Place]:
    """Every network namespace of this machine that a process is in, by its IPv4 addresses."""
    seen = dict[str, Place]()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            seen.setdefault(str((entry / "ns" / "net").readlink()), Place(("nsenter", f"--net={entry}/ns/net")))
        except OSError:
            continue
    return {address: place for place in seen.values() for address in _addresses(place)}


def _addresses(place: Place) -> Iterator[str]:
    shown = subprocess.run(
        place.command("ip", "-json", "-4", "address", "show", "scope", "global"),
        capture_output=True,
        text=True,
        check=False,
    )
    for link in json.loads(shown.stdout or "[]"):
        yield from (one["local"] for one in link.get("addr_info", ()))


def connect(place: Place, targets: Sequence[Target]) -> list[str]:
    """What came of each target, tried from inside a namespace: `open`, `closed` or `silent`."""
    done = subprocess.run(
        place.command(sys.executable, "-S", str(SCRIPT), "connect"),
        input=json.dumps(targets) + "\n",
        capture_output=True,
        text=True,
        check=True,
    )
    answers: list[str] = json.loads(done.stdout)
    return answers


def connect_all(work: dict[str, tuple[Place, list[Target]]]) -> dict[tuple[str, Target], str]:
    """What came of the targets of every source."""
    with ThreadPoolExecutor(SOURCES_AT_ONCE) as pool:
        answers = pool.map(lambda source: connect(*work[source]), work)
        return {
            (source, target): answer
            for source, found in zip(work, answers, strict=True)
            for target, answer in zip(work[source][1], found, strict=True)
        }


@contextmanager
def watching(place: Place, targets: Sequence[Target]) -> Iterator[set[str]]:
    """Addresses that answered at any time during the block; they are known when it has ended."""
    seen = set[str]()
    with running(place, "watch") as (given, printed):
        given.write(json.dumps(targets) + "\n")
        given.flush()
        assert printed.readline() == "watching\n", f"no watcher starts in {place.enter}"
        yield seen
        given.close()
        seen.update(json.loads(printed.readline()))


@contextmanager
def running(place: Place, mode: str) -> Iterator[tuple[IO[str], IO[str]]]:
    """The input and the output of a script inside a namespace, which ends with its input."""
    command = place.command(sys.executable, "-S", str(SCRIPT), mode)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None, "it was opened as a pipe"
        assert process.stdout is not None, "it was opened as a pipe"
        yield process.stdin, process.stdout


@contextmanager
def listening(places: Iterable[tuple[Place, list[tuple[str, int]]]]) -> Iterator[None]:
    """Listeners on ports inside namespaces, which end with the block."""
    with ExitStack() as stack:
        for place, ports in places:
            given, printed = stack.enter_context(running(place, "listen"))
            given.write(json.dumps(ports) + "\n")
            given.flush()
            assert printed.readline() == "listening\n", f"no listener starts in {place.enter}"
        yield
