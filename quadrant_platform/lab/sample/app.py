"""The service's pages: health, metrics, dependencies, forward authentication, and an echo of everything else."""

from __future__ import annotations

import asyncio
import hashlib
import html
from collections.abc import Sequence
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from .checks import report
from .dependencies import Dependency
from .instrumentation import METHODS, Instrumented
from .invocation import Settings

LONGEST_DELAY = 60.0
CREDENTIALS = ("authorization", "cookie", "proxy-authorization")


@dataclass
class Health:
    """Whether the service is about to stop."""

    stopping: bool = False


@dataclass(frozen=True)
class Pages:
    """The handlers of the routes."""

    settings: Settings
    health: Health
    dependencies: Sequence[Dependency]
    secrets: Sequence[str]

    async def alive(self, _request: Request) -> Response:
        """Answer as long as the process does."""
        return JSONResponse({"status": "ok", "service": self.settings.name})

    async def ready(self, _request: Request) -> Response:
        """Answer 503 from the moment at which the service begins to stop; dependencies do not count."""
        stopping = self.health.stopping
        return JSONResponse({"status": "stopping" if stopping else "ok"}, 503 if stopping else 200)

    async def home(self, _request: Request) -> Response:
        """Name the service."""
        name = html.escape(self.settings.name)
        return HTMLResponse(f"<!doctype html><title>{name}</title><h1>{name}</h1><p>stand-in of Quadrant's lab</p>")

    async def called(self, _request: Request) -> Response:
        """Call every dependency."""
        found = await report(self.dependencies, self.secrets)
        good = all(one["ok"] for one in found.values())
        return JSONResponse({"service": self.settings.name, "ok": good, "dependencies": found})

    async def verify(self, request: Request) -> Response:
        """Identify the bearer of a token: each token is a user of its own."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return JSONResponse({"error": "no bearer token"}, 401, {"www-authenticate": "Bearer"})
        user = hashlib.sha256(token.encode()).hexdigest()[:12]
        return JSONResponse({"user": user}, headers={"x-auth-user": user, "x-auth-roles": "user"})

    async def delay(self, request: Request) -> Response:
        """Answer after some seconds."""
        waited = min(max(request.path_params["seconds"], 0.0), LONGEST_DELAY)
        await asyncio.sleep(waited)
        return JSONResponse({"service": self.settings.name, "waited": waited})

    async def status(self, request: Request) -> Response:
        """Answer with the wanted status."""
        code = request.path_params["code"]
        return Response(status_code=code if 200 <= code <= 599 else 400)

    async def echo(self, request: Request) -> Response:
        """Answer with what arrived, credentials left out."""
        headers = {key: "***" if key in CREDENTIALS else value for key, value in request.headers.items()}
        return JSONResponse(
            {
                "service": self.settings.name,
                "requestId": request.state.request_id,
                "method": request.method,
                "path": request.url.path,
                "query": request.url.query,
                "client": request.client.host if request.client else None,
                "headers": headers,
            }
        )


def application(settings: Settings, health: Health, found: Sequence[Dependency], secrets: Sequence[str]) -> ASGIApp:
    """Return the whole service; a port that is not the first and has the metrics answers nothing else."""
    registry = CollectorRegistry()

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    page = Route(settings.metrics_path, metrics)
    apart = settings.metrics_port != next(iter(settings.ports.values()))
    routes = _routes(Pages(settings, health, found, secrets))
    quiet = (*settings.ready, *settings.alive, *(() if apart else (settings.metrics_path,)))
    instrumented = Instrumented(Starlette(routes=routes if apart else [page, *routes]), settings.name, quiet, registry)
    scraped = Starlette(routes=[page])

    async def by_port(scope: Scope, receive: Receive, send: Send) -> None:
        _, port = scope.get("server") or ("", None)
        chosen: ASGIApp = scraped if apart and port == settings.metrics_port else instrumented
        await chosen(scope, receive, send)

    return by_port


def _routes(pages: Pages) -> list[Route]:
    return [
        *(Route(path, pages.ready) for path in pages.settings.ready),
        *(Route(path, pages.alive) for path in pages.settings.alive),
        Route("/", pages.home),
        Route("/dependencies", pages.called),
        Route("/auth/verify", pages.verify, methods=list(METHODS)),
        Route("/delay/{seconds:float}", pages.delay, methods=list(METHODS)),
        Route("/status/{code:int}", pages.status, methods=list(METHODS)),
        Route("/{path:path}", pages.echo, methods=list(METHODS)),
    ]
