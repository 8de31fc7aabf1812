"""Connects, watches and listens inside a network namespace: `python sockets.py connect|watch|listen`, JSON on input.

Needs nothing but the standard library, since it runs wherever a pod's namespace is entered.
"""

import asyncio
import json
import socket
import sys
from typing import TextIO

PATIENCE = 2.0
"""Seconds after which silence means that packets were dropped."""
AT_ONCE = 300
QUERY = (
    bytes.fromhex("000101000001000000000000")
    + b"\x0akubernetes\x07default\x03svc\x07cluster\x05local\x00\x00\x01\x00\x01"
)
"""A DNS question, so that a resolver answers over UDP too."""


async def tcp(address: str, port: int) -> str:
    """`open`, `closed` (the packets got there, the port is closed) or `silent`."""
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(address, port), PATIENCE)
    except ConnectionRefusedError:
        return "closed"
    except (OSError, TimeoutError):
        return "silent"
    writer.close()
    return "open"


async def udp(address: str, port: int) -> str:
    """`open`, `closed` (an ICMP message came back) or `silent`."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.setblocking(False)
        try:
            await loop.sock_connect(ours, (address, port))
            await loop.sock_sendall(ours, QUERY)
            await asyncio.wait_for(loop.sock_recv(ours, 512), PATIENCE)
        except ConnectionRefusedError:
            return "closed"
        except (OSError, TimeoutError):
            return "silent"
    return "open"


KINDS = {"TCP": tcp, "UDP": udp}


async def connect(targets: list[tuple[str, str, int]]) -> list[str]:
    """What came of each target (protocol, address, port), tried at the same time."""
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(protocol: str, address: str, port: int) -> str:
        async with limit:
            return await KINDS[protocol](address, port)

    return list(await asyncio.gather(*(one(*target) for target in targets)))


async def watch(targets: list[tuple[str, str, int]], ready: TextIO) -> list[str]:
    """The addresses that ever answered, asked over and over until standard input ends."""
    seen = set[str]()
    end = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    print("watching", file=ready, flush=True)
    while not end.done():
        answers = zip(targets, await connect(targets), strict=True)
        seen |= {address for (_, address, _), answer in answers if answer != "silent"}
    return sorted(seen)


class Echo(asyncio.DatagramProtocol):
    """Answers every datagram."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if isinstance(self.transport, asyncio.DatagramTransport):
            self.transport.sendto(data, addr)


async def listen(ports: list[tuple[str, int]], ready: TextIO) -> None:
    """Listen on ports (protocol, number) until standard input ends."""

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    loop = asyncio.get_running_loop()
    for protocol, port in ports:
        if protocol == "TCP":
            await asyncio.start_server(greet, "0.0.0.0", port, backlog=1024)
        else:
            await loop.create_datagram_endpoint(Echo, ("0.0.0.0", port))
    print("listening", file=ready, flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    given = json.loads(sys.stdin.readline())
    if sys.argv[1] == "connect":
        print(json.dumps(asyncio.run(connect([tuple(target) for target in given]))))
    elif sys.argv[1] == "watch":
        print(json.dumps(asyncio.run(watch([tuple(target) for target in given], sys.stdout))))
    else:
        asyncio.run(listen([tuple(port) for port in given], sys.stdout))
