"""The server as a process: several ports, and a stop that loses no request."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest

from quadrant_platform.lab.sample.server import listeners
from tests.style.sources import ROOT

START = 400
"""Tries of a tenth of a second, each ended early by an answer."""


def free_ports(count: int) -> list[int]:
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in taken]
    for one in taken:
        one.close()
    return ports


def await_status(url: str, status: int) -> None:
    """Ask until the answer has a status; a connection that is refused is asked for again."""
    seen: object = None
    transport = httpx.HTTPTransport(retries=8)
    with httpx.Client(trust_env=False, transport=transport) as client:
        for _ in range(START):
            try:
                seen = client.get(url).status_code
            except httpx.TransportError as error:
                seen = error
            if seen == status:
                return
    raise AssertionError(f"{url} never answered {status}, at last {seen!r}")


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    command = [
        sys.executable,
        "-m",
        "quadrant_platform.lab.sample",
        "serve",
        "--name=shop",
        "--bind=127.0.0.1",
        *arguments,
    ]
    environment = {"PATH": os.environ["PATH"], "SECRETS_DIR": str(folder)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_stop_answers_what_is_in_flight_and_exits_with_0(tmp_path: Path) -> None:
    http, metrics = free_ports(2)
    base = f"http://127.0.0.1:{http}"
    ports = (f"--port=http={http}", f"--port=metrics={metrics}", "--metrics=metrics:/metrics")
    with running(tmp_path, *ports, "--drain=600", "--grace=900") as process:
        await_status(f"{base}/health/ready", 200)
        await_status(f"http://127.0.0.1:{metrics}/metrics", 200)
        slow = HTTPConnection("127.0.0.1", http)
        slow.request("GET", "/delay/3")
        process.send_signal(signal.SIGTERM)
        await_status(f"{base}/health/ready", 503)
        late = httpx.get(f"{base}/api/late", trust_env=False)
        process.send_signal(signal.SIGTERM)  # ends the drain early
        answer = slow.getresponse()
        slow.close()
        output, errors = process.communicate()
    assert late.status_code == 200, "routers that have not noticed yet are still served"
    assert answer.status == 200, "a request in flight gets its answer"
    assert process.returncode == 0, f"the pod ends as completed: {errors}"
    lines = [json.loads(line) for line in output.splitlines()]
    assert lines[-1]["message"] == "stopped", "it ended by itself, not by a kill"
    assert {line["service"] for line in lines} == {"shop"}, "every line is JSON and names the service"


def test_one_signal_is_enough_to_stop(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    with running(tmp_path, f"--port=http={port}", "--drain=0") as process:
        await_status(f"http://127.0.0.1:{port}/health/ready", 200)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate()
    assert process.returncode == 0, f"the kubelet need not kill it: {errors}"


def test_a_taken_port_is_reported_in_one_line(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        running(tmp_path, f"--port=http={taken.getsockname()[1]}") as process,
    ):
        _, errors = process.communicate()
    assert process.returncode == 2, "the manifest must change"
    assert "cannot listen" in errors, errors
    assert "Traceback" not in errors, errors


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="needs ipv6: the machine has none")
def test_without_an_address_both_families_are_served() -> None:
    (port,) = free_ports(1)
    (listener,) = listeners({"http": port}, "")
    with listener:
        assert listener.family is socket.AF_INET6, "pods may have addresses of either family"
        with socket.create_connection(("127.0.0.1", port)) as connected:
            assert connected.getpeername()[1] == port, "the older one is served by the same socket"
