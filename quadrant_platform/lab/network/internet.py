"""The stand-in for the internet: on usual ports it answers under any name, with TLS on 443 and 8443.

Runs in a network namespace of its own: `python -m quadrant_platform.lab.network.internet KEYS PORT...`, where the
folder KEYS has the lab's authority.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from quadrant_platform.lab.machine import certificates, network_plan

PORTS = (80, 443, 5432, 6379, 9092)
ENCRYPTED = frozenset({443, 8443})
PATIENCE = 5.0
"""Seconds until a client must have sent something."""
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 9\r\nConnection: close\r\n\r\ninternet\n"


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read the first bytes, answer, and hang up."""
    with suppress(TimeoutError, OSError):
        await asyncio.wait_for(reader.read(4096), PATIENCE)
        writer.write(ANSWER)
        await writer.drain()
    with suppress(OSError):
        writer.close()
        await writer.wait_closed()


def tls_context(keys: Path) -> ssl.SSLContext:
    """Return a context with a certificate for each name that a client asks for, and for the address without one."""
    first = _context(keys, network_plan.INTERNET.address)

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        if name:
            connection.context = _context(keys, name)

    first.sni_callback = choose
    return first


@lru_cache(maxsize=256)
def _context(keys: Path, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as pair:  # the ssl module reads keys from files alone
        pair.write(certificates.server_pair(keys, name))
        pair.flush()
        context.load_cert_chain(pair.name)
    return context


async def serve(keys: Path, ports: list[int], address: str = "0.0.0.0") -> None:
    """Accept connections until the process ends."""
    contexts = {port: tls_context(keys) for port in ports if port in ENCRYPTED}
    servers = [await asyncio.start_server(answer, address, port, ssl=contexts.get(port)) for port in ports]
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), [int(port) for port in sys.argv[2:]]))
