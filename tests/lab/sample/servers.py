"""Small servers on loopback that speak as much of a protocol as one check needs, and record what they receive."""

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedIOBase
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import ClassVar

Answer = Callable[[list[str]], str]


class Server(ThreadingTCPServer):
    """A server that ends with its test."""

    allow_reuse_address = True
    daemon_threads = True

    @property
    def port(self) -> int:
        """The port that the system chose."""
        return int(self.server_address[1])


@contextmanager
def running(handler: type[StreamRequestHandler]) -> Iterator[Server]:
    """A server for as long as the context lasts."""
    with Server(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def redis(answer: Answer) -> type[StreamRequestHandler]:
    """A handler of Redis' protocol: each command is answered by `answer`, in the protocol's own words."""

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            while words := _command(self.rfile):
                self.wfile.write(answer(words).encode())

    return Handler


def _command(stream: BufferedIOBase) -> list[str]:
    head = stream.readline()
    count = int(head[1:]) if head else 0
    return [stream.read(int(stream.readline()[1:]) + 2)[:-2].decode() for _ in range(count)]


class PostgreSQL(StreamRequestHandler):
    """PostgreSQL's protocol, simple and extended, without encryption or rows."""

    statements: ClassVar[list[str]] = []
    refuse: ClassVar[str] = ""
    state = b"I"

    def handle(self) -> None:
        (length, code) = struct.unpack("!ii", self.rfile.read(8))
        if code == 80877103:  # a client that would like to encrypt
            self.wfile.write(b"N")
            (length, code) = struct.unpack("!ii", self.rfile.read(8))
        self.rfile.read(length - 8)
        if self.refuse:
            self._send("E", f"SFATAL\0C28P01\0M{self.refuse}\0\0".encode())
            return
        self._send("R", struct.pack("!i", 0))
        self._send("S", b"server_version\00017.6\0")
        self._send("Z", b"I")
        while kind := self.rfile.read(1).decode():
            (length,) = struct.unpack("!i", self.rfile.read(4))
            self._answer(kind, self.rfile.read(length - 4))

    def _answer(self, kind: str, body: bytes) -> None:
        if kind in "QP":
            statement = " ".join(body.replace(b"\0", b" ").decode("utf-8", "replace").split())
            self.statements.append(statement)
            self.state = {"BEGIN": b"T", "COMMIT": b"I"}.get(statement, self.state)
        for reply, content in {
            "Q": (("C", b"INSERT 0 1\0"), ("Z", self.state)),
            "P": (("1", b""),),
            "B": (("2", b""),),
            "D": (("n", b""),),
            "E": (("C", b"INSERT 0 1\0"),),
            "S": (("Z", self.state),),
        }.get(kind, ()):
            self._send(reply, content)

    def _send(self, kind: str, body: bytes) -> None:
        self.wfile.write(kind.encode() + struct.pack("!i", len(body) + 4) + body)


def postgresql(refuse: str = "") -> type[PostgreSQL]:
    """A handler with a memory of its own."""

    class Handler(PostgreSQL):
        statements: ClassVar[list[str]] = []

    Handler.refuse = refuse
    return Handler
