"""A real Traefik on loopback, with an entry point as a stack has it, before a backend that tells what arrived."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from quadrant_platform.lab.machine.home import Home

PATIENCE = 60
POINT = "websecure"
READY = "ready"
LOOPBACK = "127.0.0.1"
SERVED = "X-Served-By"
"""The header by which the backend learns the route."""


@dataclass(frozen=True)
class Answer:
    """What a client got: the status, and from the backend what arrived there."""

    status: int
    served: str | None = None
    path: str | None = None


class Backend(BaseHTTPRequestHandler):
    """Answers with what arrived."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with route and path."""
        body = json.dumps({"served": self.headers.get(SERVED), "path": self.path}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@dataclass(frozen=True)
class Server:
    """A running Traefik."""

    port: int

    def ask(self, host: str, path: str, before: bytes = b"", peer: str = LOOPBACK, **headers: str) -> Answer:
        """Send a path as it is, which clients in libraries would change; `before` goes first on the connection.

        `peer` is the address of loopback from which the connection comes.
        """
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        with socket.create_connection((LOOPBACK, self.port), PATIENCE, source_address=(peer, 0)) as connection:
            connection.sendall(before + "\r\n".join([*lines, "", ""]).encode())
            response = HTTPResponse(connection)
            response.begin()
            body = response.read()
        told = json.loads(body) if response.status == 200 else {}
        return Answer(response.status, told.get("served"), told.get("path"))


def program() -> Path:
    """Return the lab's Traefik."""
    return Home.here().bin / "traefik"


def free_port() -> int:
    """Return a port of loopback that nobody has."""
    with socket.socket() as one:
        one.bind((LOOPBACK, 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def running(folder: Path, point: Mapping[str, Any], routers: Mapping[str, Any], **parts: Any) -> Iterator[Server]:
    """Run a Traefik with one entry point and some routers, each of which leads to the backend.

    TLS is left out, as it ends before a path is read. `parts` are further parts of the dynamic file.
    """
    backend = ThreadingHTTPServer((LOOPBACK, 0), Backend)
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    port, dynamic, static = free_port(), folder / "dynamic.yml", folder / "static.yml"
    own = {name: {"headers": {"customRequestHeaders": {SERVED: name}}} for name in routers}
    known = {**own, **parts.get("middlewares", {})}
    led = {
        name: {**router, "service": "backend", "middlewares": [name, *router.get("middlewares", ())]}
        for name, router in routers.items()
    }
    led[READY] = {"rule": f"Path(`/{READY}`)", "priority": 1, "entryPoints": [POINT], "service": "backend"}
    services = {"backend": {"loadBalancer": {"servers": [{"url": f"http://{LOOPBACK}:{backend.server_port}"}]}}}
    dynamic.write_text(yaml.safe_dump({"http": {"routers": led, "middlewares": known, "services": services}}))
    http = {key: value for key, value in point["http"].items() if key not in ("tls", "middlewares")}
    points = {POINT: {**point, "address": f"{LOOPBACK}:{port}", "http": http}}
    settings = {"entryPoints": points, "providers": {"file": {"filename": str(dynamic), "watch": False}}}
    static.write_text(yaml.safe_dump(settings))
    log = folder / "log"
    with log.open("wb") as written:
        process = subprocess.Popen([str(program()), f"--configFile={static}"], stdout=written, stderr=written)
    try:
        server = Server(port)
        _wait(process, server, log)
        yield server
    finally:
        process.terminate()
        process.wait(PATIENCE)
        backend.shutdown()
        backend.server_close()


def _wait(process: subprocess.Popen[bytes], server: Server, log: Path) -> None:
    """Wait until Traefik has its routes; it listens before."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError):
            if server.ask("localhost", f"/{READY}").status != 404:
                return
        time.sleep(0.1)
    raise AssertionError(f"Traefik did not start: {log.read_text()[-2000:]}")
