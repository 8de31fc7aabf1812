"""Each dependency is checked in its own protocol, and the report keeps secrets out."""

import asyncio
import json
import socket
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from quadrant_platform.lab.sample.checks import report
from quadrant_platform.lab.sample.dependencies import Dependency, DependencyKind
from tests.lab.sample.servers import postgresql, redis, running

ROLE = "*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n"
Report = dict[str, Any]


def checked(dependency: Dependency, *secrets: str) -> Report:
    (found,) = asyncio.run(report([dependency], secrets)).values()
    return found


def at(kind: DependencyKind, port: int, **login: str) -> Dependency:
    return Dependency("127.0.0.1", port, kind, url=f"http://127.0.0.1:{port}/", login=login)


def closed_port() -> int:
    """A port at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def http(status: int) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.mark.parametrize(("status", "good"), [(200, True), (404, True), (500, False), (503, False)])
def test_a_url_is_good_unless_its_server_fails(status: int, good: bool) -> None:
    with running(http(status)) as server:
        found = checked(at("http", server.port))
    assert found["ok"] is good, "a store that asks for credentials answers too"
    assert f"HTTP {status}" in found["detail"], "the status distinguishes a wrong path from a dead server"


def test_redis_is_asked_for_its_role_after_the_password() -> None:
    heard: list[list[str]] = []

    def answer(words: list[str]) -> str:
        heard.append(words)
        return ROLE if words[0] == "ROLE" else "+OK\r\n"

    with running(redis(answer)) as server:
        found = checked(at("redis", server.port, password="hush"))
    assert found["ok"], found
    assert found["detail"] == f"Redis master at 127.0.0.1:{server.port}", "a client must see which server it writes to"
    assert ["AUTH", "hush"] in heard, "the password is presented"


def test_a_sentinel_leads_to_the_master_past_one_that_is_down() -> None:
    with running(redis(lambda words: ROLE if words[0] == "ROLE" else "+OK\r\n")) as master:
        place = f"*2\r\n$9\r\n127.0.0.1\r\n${len(str(master.port))}\r\n{master.port}\r\n"
        with running(redis(lambda words: place if words[0] == "SENTINEL" else "+OK\r\n")) as sentinel:
            watch = (("127.0.0.1", closed_port()), ("127.0.0.1", sentinel.port))
            found = checked(Dependency("main", sentinel.port, "sentinel", sentinels=watch))
    assert found["detail"] == f"Redis master at 127.0.0.1:{master.port}", "the address comes from the Sentinel"


def test_a_master_that_no_sentinel_knows_is_an_error() -> None:
    with running(redis(lambda words: "*-1\r\n" if words[0] == "SENTINEL" else "+OK\r\n")) as sentinel:
        watch = (("127.0.0.1", sentinel.port),)
        found = checked(Dependency("main", sentinel.port, "sentinel", sentinels=watch))
    assert not found["ok"], "there is no master to write to"
    assert "'main'" in found["detail"], "the name may be the mistake"


def test_postgresql_runs_a_query_and_tells_its_version() -> None:
    handler = postgresql()
    with running(handler) as server:
        found = checked(at("postgresql", server.port, user="clerk", dbname="shop", sslmode="disable"))
    assert found["ok"], found
    assert found["detail"] == "PostgreSQL 17.6, plain", "the version, and whether the way is encrypted"
    assert any("SELECT 1" in statement for statement in handler.statements), "a pooler answers without its server"


def test_a_connection_is_all_that_an_unknown_protocol_gives() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = checked(at("tcp", server.getsockname()[1]))
    assert (found["ok"], found["detail"]) == (True, "connection accepted"), found


@pytest.mark.parametrize("kind", ["http", "postgresql", "redis", "tcp"])
def test_a_closed_port_is_an_error_with_its_reason(kind: DependencyKind) -> None:
    found = checked(at(kind, closed_port()))
    assert not found["ok"], "the port is closed"
    assert "Error" in found["detail"], "the reader learns what failed"


def test_no_secret_is_in_a_report() -> None:
    with running(postgresql(refuse="password hush-hush of token-1 is wrong")) as server:
        found = checked(at("postgresql", server.port, password="hush-hush", sslmode="disable"), "token-1")
    assert not found["ok"], "the server refused"
    assert "wrong" in found["detail"], "the rest of the message stays"
    assert not [secret for secret in ("hush-hush", "token-1") if secret in json.dumps(found)], "anybody may read it"
