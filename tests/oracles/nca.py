"""network-config-analyzer: a Python implementation by other authors, which computes with sets of connections."""

import json
import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from quadrant_platform.reachability import Connection, Pod
from tests.oracles.questions import Questions
from tests.oracles.sockets import Manifest, Socket

TWIN = "--replica"
_LINE = re.compile(r"(?P<source>\S+) => (?P<target>\S+) : (?P<connections>.+)")
_CUBE = re.compile(r"\{protocols:(?P<protocols>[A-Z, ]+?)(?:,dst_ports:(?P<ports>[\d,-]+))?\}")


def program() -> Path:
    """The executable: QUADRANT_NCA, or the one that `make oracles` installs."""
    return Path(os.environ.get("QUADRANT_NCA") or Path(__file__).parents[2] / ".venv-nca" / "bin" / "nca")


def allowed(questions: Questions) -> set[Connection]:
    """The connections that it allows, among those asked."""
    with TemporaryDirectory() as folder:
        files = {
            "-n": [_namespace(name, labels) for name, labels in questions.namespaces.items()],
            "-p": list(_pods(questions)),
            "--connectivity": questions.policies,
        }
        command = [str(program()), "-o", "txt_no_fw_rules", "--output_endpoints", "pods", "--print_ipv6", "--return_0"]
        for flag, documents in files.items():
            path = Path(folder, f"{flag.strip('-')}.yaml")
            path.write_text("\n---\n".join(json.dumps(document) for document in documents))
            command += [flag, str(path)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode or "cluster has" not in run.stdout:
        raise RuntimeError(f"nca answered {run.returncode}: {run.stderr[-2000:]}")
    return set(_edges(run.stdout.splitlines(), questions))


def _edges(lines: Iterable[str], questions: Questions) -> Iterator[Connection]:
    numbers = {address: ip_address(address) for address in questions.addresses}
    names = {pod.id for pod in questions.pods}
    for line in lines:
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        pairs = _pairs(_ends(found["source"], names, numbers), _ends(found["target"], names, numbers))
        for source, target in pairs:
            if source in questions.workloads or target in questions.workloads:
                sockets = _sockets(found["connections"], questions.sockets.between(source, target))
                yield from (Connection(source, target, *socket) for socket in sockets)


def _ends(text: str, names: set[str], numbers: Mapping[str, IPv4Address | IPv6Address]) -> list[str]:
    """A pod, its replica, or the asked addresses of a range."""
    if text.removesuffix(TWIN) in names:
        return [text]
    first, _, last = text.partition("-")
    low, high = ip_address(first), ip_address(last or first)
    return [
        name
        for name, number in numbers.items()
        if number.version == low.version and int(low) <= int(number) <= int(high)
    ]


def _pairs(sources: list[str], targets: list[str]) -> Iterator[tuple[str, str]]:
    """Pairs to report: a replica counts only as the target of its own twin."""
    for source in sources:
        for target in targets:
            if target == source + TWIN:
                yield source, source
            elif not source.endswith(TWIN) and not target.endswith(TWIN):
                yield source, target


def _sockets(connections: str, asked: Iterable[Socket]) -> Iterator[Socket]:
    if connections == "All connections":
        yield from asked
        return
    cubes = list(_CUBE.finditer(connections))
    if ",".join(cube[0] for cube in cubes) != connections:
        raise RuntimeError(f"nca gave connections in an unknown form: {connections}")
    for cube in cubes:
        protocols = cube["protocols"].split(", ")
        yield from (one for one in asked if one[0] in protocols and _covers(cube["ports"], one[1]))


def _covers(ports: str | None, port: int) -> bool:
    if ports is None:
        return True
    ranges = (part.partition("-") for part in ports.split(","))
    return any(int(first) <= port <= int(last or first) for first, _, last in ranges)


def _namespace(name: str, labels: Mapping[str, str]) -> Manifest:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": dict(labels)}}


def _pods(questions: Questions) -> Iterator[Manifest]:
    for pod in questions.pods:
        name = pod.id.partition("/")[2]
        yield _pod(pod, name)
        if pod.id in questions.workloads:
            yield _pod(pod, name + TWIN)


def _pod(pod: Pod, name: str) -> dict[str, Any]:
    ports = [
        {"containerPort": port.number, "protocol": port.protocol} | ({"name": port.name} if port.name else {})
        for port in pod.ports
    ]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": pod.namespace, "labels": dict(pod.labels)},
        "spec": {"containers": [{"name": "main", "image": "none", "ports": ports}]},
    }
