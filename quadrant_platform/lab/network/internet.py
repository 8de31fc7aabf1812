"""The stand-in for everything outside: on usual ports it answers under any name, with TLS on 443 and 8443.

Runs in a network namespace of its own, with the arguments KEYS PORT..., where KEYS has the lab's authority.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from quadrant_platform.lab.kubernetes import authority
from quadrant_platform.lab.machine import network_plan

PORTS = (80, 443, 5432, 6379, 9092)
ENCRYPTED = frozenset({443, 8443})
PATIENCE = 5.0
"""Seconds until a client must have said something."""
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 9\r\nConnection: close\r\n\r\ninternet\n"


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read what comes first, answer, and hang up."""
    with suppress(TimeoutError, OSError):
        await asyncio.wait_for(reader.read(4096), PATIENCE)
        writer.write(ANSWER)
        await writer.drain()
    with suppress(OSError):
        writer.close()
        await writer.wait_closed()


def encryption(keys: Path) -> ssl.SSLContext:
    """Return what greets each client under the name that it asks for; one that asks for none meets the address."""
    first = _greeting(keys, network_plan.INTERNET.address)

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        if name:
            connection.context = _greeting(keys, name)

    first.sni_callback = choose
    return first


@lru_cache(maxsize=256)
def _greeting(keys: Path, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as pair:  # the ssl module reads keys from files alone
        pair.write(authority.leaf(keys, name))
        pair.flush()
        context.load_cert_chain(pair.name)
    return context


async def serve(keys: Path, ports: list[int], address: str = "0.0.0.0") -> None:
    """Accept connections until the process ends."""
    contexts = {port: encryption(keys) for port in ports if port in ENCRYPTED}
    servers = [await asyncio.start_server(answer, address, port, ssl=contexts.get(port)) for port in ports]
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), [int(port) for port in sys.argv[2:]]))
