"""Lists and limits go by the client's address, whatever stands between, and whatever a client claims of itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from quadrant_platform.components.edge import middlewares, traefik_files
from quadrant_platform.model.schema.middleware import Middleware
from tests.components.sample import entry, planned
from tests.oracles.traefik.server import POINT, Server, program, running

pytestmark = pytest.mark.oracle

HOST = "shop.example.com"
PROXY, STRANGER = "127.0.0.9", "127.0.0.5"
INSIDE, OUTSIDE, CDN = "10.1.2.3", "203.0.113.8", "198.51.100.7"
DECLARED = {
    "list": {"allowList": ["10.0.0.0/8"]},
    "limit": {"rateLimit": {"average": 1, "period": "1h", "burst": 1, "source": "ip"}},
    "neighbours": {"allowList": ["127.0.0.9/32"]},
}


@contextmanager
def serving(folder: Path, **proxies: Any) -> Iterator[Server]:
    """Run the entry as it is rendered for some proxies before it; a path has the name of its middleware."""
    if not program().exists():
        pytest.skip("needs lab: its Traefik is not built, run `make up` or `python -m quadrant_platform.lab build`")
    edge = entry(planned("dev", overrides={"network": {"trustedProxies": proxies}}))
    made = {name: middlewares.spec(edge, Middleware.model_validate(one)) for name, one in DECLARED.items()}
    routers = {
        f"{name}-route": {"rule": f"Path(`/{name}`)", "priority": 9, "entryPoints": [POINT], "middlewares": [name]}
        for name in made
    }
    with running(folder, traefik_files.entry_points(edge)[POINT], routers, middlewares=made) as server:
        yield server


def through_balancer(source: str, family: str = "TCP4") -> bytes:
    """Return what a balancer writes before a client's bytes."""
    return f"PROXY {family} {source} {'::1' if family == 'TCP6' else '192.0.2.1'} 40000 443\r\n".encode()


def test_without_proxies_the_connection_tells_the_client(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert server.ask(HOST, "/neighbours", peer=PROXY).status == 200, "its own address is listed"
        assert server.ask(HOST, "/neighbours", peer=STRANGER).status == 403, "this one is not"
        assert server.ask(HOST, "/list", X_Forwarded_For=INSIDE).status == 403, "a header is a claim of the client"
        assert server.ask(HOST, "/limit", X_Forwarded_For="192.0.2.1").status == 200, "the first call"
        assert server.ask(HOST, "/limit", X_Forwarded_For="192.0.2.2").status == 429, "no other address by a claim"
        assert server.ask(HOST, "/list", through_balancer(INSIDE)).status == 400, "nobody speaks this protocol here"


def test_a_balancer_tells_the_client_by_the_proxy_protocol(tmp_path: Path) -> None:
    with serving(tmp_path, proxyProtocol=[f"{PROXY}/32"]) as server:
        assert server.ask(HOST, "/list", through_balancer(INSIDE), PROXY).status == 200, "the client is inside"
        assert server.ask(HOST, "/list", through_balancer(OUTSIDE), PROXY).status == 403, "this one is not"
        claim = server.ask(HOST, "/list", through_balancer(OUTSIDE), PROXY, X_Forwarded_For=INSIDE)
        assert claim.status == 403, "the balancer passes a client's own headers on, and nobody believes them"
        assert server.ask(HOST, "/list", through_balancer(INSIDE), STRANGER).status != 200, "no balancer of ours"


def test_a_limit_counts_a_block_of_ipv6_and_single_addresses_of_ipv4(tmp_path: Path) -> None:
    with serving(tmp_path, proxyProtocol=[f"{PROXY}/32"]) as server:

        def call(source: str) -> int:
            family = "TCP6" if ":" in source else "TCP4"
            return server.ask(HOST, "/limit", through_balancer(source, family), PROXY).status

        assert call("2001:db8:1:1::1") == 200, "the first of its block"
        assert call("2001:db8:1:1:ffff::2") == 429, "another address of the same /64 is the same client"
        assert call("2001:db8:1:2::1") == 200, "the next /64 is another client"
        assert call("192.0.2.1") == 200, "the first of IPv4"
        assert call("192.0.2.2") == 200, "a neighbour in IPv4 is another client"
        assert call("192.0.2.1") == 429, "and the first one has had its call"


@pytest.mark.parametrize(("depth", "behind"), [(1, ()), (2, (CDN,))])
def test_as_many_proxies_are_counted_from_the_headers_end(tmp_path: Path, depth: int, behind: tuple[str, ...]) -> None:
    def through(*addresses: str) -> str:
        return ", ".join((*addresses, *behind))

    with serving(tmp_path, forwardedHeaders=[f"{PROXY}/32"], depth=depth) as server:
        assert server.ask(HOST, "/list", peer=PROXY, X_Forwarded_For=through(INSIDE)).status == 200, (
            "the proxy's client is inside"
        )
        assert server.ask(HOST, "/list", peer=PROXY, X_Forwarded_For=through(OUTSIDE)).status == 403, "this one is not"
        spoofed = server.ask(HOST, "/list", peer=PROXY, X_Forwarded_For=through(INSIDE, OUTSIDE))
        assert spoofed.status == 403, "what the client wrote itself stands before what the proxies add"
        past = server.ask(HOST, "/list", peer=STRANGER, X_Forwarded_For=through(INSIDE))
        assert past.status == 403, "who comes past the proxies is not believed"
        assert server.ask(HOST, "/limit", peer=PROXY, X_Forwarded_For=through("2001:db8:1:1::1")).status == 200, (
            "the first call"
        )
        assert server.ask(HOST, "/limit", peer=PROXY, X_Forwarded_For=through("2001:db8:1:1::2")).status == 429, (
            "by /64 here too"
        )
        assert server.ask(HOST, "/limit", peer=PROXY, X_Forwarded_For=through("2001:db8:1:2::1")).status == 200, (
            "another client"
        )


def test_a_header_too_short_for_the_proxies_names_no_client(tmp_path: Path) -> None:
    with serving(tmp_path, forwardedHeaders=[f"{PROXY}/32"], depth=2) as server:
        assert server.ask(HOST, "/list", peer=PROXY, X_Forwarded_For=INSIDE).status == 403, "one proxy is missing"
