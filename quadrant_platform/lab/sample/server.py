"""The server: all ports in one process, and a stop that loses no request."""

from __future__ import annotations

import logging
import math
import socket
import time
from collections.abc import Mapping
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from .app import Health
from .invocation import Settings

LOG = logging.getLogger("sample")
SPARE = 1.0
"""Seconds between the last answer and the kill, for the process to end by itself."""


class DrainingServer(uvicorn.Server):
    """A server that stops in steps: its readiness fails, its ports close, its open requests are answered."""

    def __init__(self, config: uvicorn.Config, health: Health, drain: float) -> None:
        """Take the state that readiness reads, and the seconds between the two steps."""
        super().__init__(config)
        self.health = health
        self.drain = drain
        self.closing = math.inf

    def handle_exit(self, _sig: int, _frame: FrameType | None) -> None:
        """Begin to stop; at a second signal, close the ports at once."""
        self.closing = time.monotonic() + (0 if self.health.stopping else self.drain)
        self.health.stopping = True

    async def on_tick(self, counter: int) -> bool:
        """Return, ten times a second, whether the ports are to be closed."""
        return time.monotonic() >= self.closing or await super().on_tick(counter)


def serve(app: ASGIApp, health: Health, settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; OSError where a port is taken."""
    sockets = listeners(settings.ports, settings.bind)
    # Headers of proxies are shown as they arrive, not acted upon.
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=max(1, round(settings.grace - settings.drain - SPARE)),
    )
    LOG.info("listening", extra={"fields": {"ports": dict(settings.ports)}})
    DrainingServer(config, health, settings.drain).run(sockets)
    LOG.info("stopped")


def listeners(ports: Mapping[str, int], bind: str) -> list[socket.socket]:
    """Return a listening socket for each port, IPv6 too where no address is named and the machine has it."""
    dual = not bind and socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if dual else socket.AF_INET
    return [
        socket.create_server((bind, port), family=family, backlog=512, dualstack_ipv6=dual) for port in ports.values()
    ]
