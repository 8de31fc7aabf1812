"""Instrumentation: JSON logs with request ids, and the request metrics that the systems' rules and objectives read."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
import uuid
from collections.abc import Iterable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, PlatformCollector, ProcessCollector
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG = logging.getLogger("sample")
LEVELS = {"WARN": "WARNING"}
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ROUTES = 100
"""Most routes that metrics distinguish: paths are chosen outside."""


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def __init__(self, service: str) -> None:
        """Take the name that each line carries."""
        super().__init__()
        self.service = service

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON, with the fields given as `extra={"fields": …}`."""
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03}Z",
            "level": record.levelname,
            "service": self.service,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line)


def log_to_stdout(service: str, config: Any) -> None:
    """Send all logs to stdout, from the level that the configuration names."""
    section = config.get("logging") if isinstance(config, dict) else None
    level = str(section.get("level", "INFO")).upper() if isinstance(section, dict) else "INFO"
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines(service))
    logging.basicConfig(handlers=[handler], level=LEVELS.get(level, level), force=True)
    # The clients' own news of each call would drown the requests'.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)


class Instrumented:
    """ASGI middleware: gives each request an id, counts it, times it, and logs it when it is answered."""

    def __init__(self, app: ASGIApp, service: str, quiet: Iterable[str], registry: CollectorRegistry) -> None:
        """Wrap an application; `quiet` paths, such as probes, are neither counted nor logged."""
        self.app = app
        self.quiet = frozenset(quiet)
        self.routes: set[str] = set()
        for collector in (GCCollector, PlatformCollector, ProcessCollector):
            collector(registry=registry)
        # Rules of some systems prefix the names with the service's, so both are there.
        prefixes = ("", re.sub(r"\W", "_", service) + "_")
        labels = ("method", "route", "status_code")
        self.counters = [
            Counter(f"{one}http_requests", "Answered requests", labels, registry=registry) for one in prefixes
        ]
        name, what = "http_request_duration_seconds", "Time until a request was answered"
        self.timers = [Histogram(f"{one}{name}", what, labels, registry=registry) for one in prefixes]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection's event stream."""
        if scope["type"] != "http" or scope["path"] in self.quiet:
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.monotonic()
        status = 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        try:
            await self.app(scope, receive, answer)
        finally:
            self._record(scope, request_id, status, time.monotonic() - started)

    def _record(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else "other"
        labels = (method, self._route(scope["path"]), str(status))
        for counter in self.counters:
            counter.labels(*labels).inc()
        for timer in self.timers:
            timer.labels(*labels).observe(seconds)
        fields = {
            "requestId": request_id,
            "method": method,
            "path": scope["path"],
            "status": status,
            "durationMs": round(seconds * 1000, 1),
        }
        LOG.info("request", extra={"fields": fields})

    def _route(self, path: str) -> str:
        route = "/".join(path.split("/")[:3])
        if route not in self.routes and len(self.routes) >= ROUTES:
            return "other"
        self.routes.add(route)
        return route
