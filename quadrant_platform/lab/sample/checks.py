"""Checks: one question to each dependency, in its own protocol, answered within seconds."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import httpx
import psycopg
from redis.asyncio import Redis
from redis.exceptions import RedisError

from .dependencies import Dependency, DependencyKind

TIMEOUT = 3.0
"""Seconds for one check, connection included."""
Report = dict[str, Any]
FAILURES = (OSError, httpx.HTTPError, httpx.InvalidURL, psycopg.Error, RedisError)


class CheckFailed(OSError):
    """A negative answer."""


async def report(dependencies: Sequence[Dependency], secrets: Sequence[str]) -> dict[str, Report]:
    """Return, by host and port, whether each dependency answers, how soon, and its answer; secrets left out."""
    results = await asyncio.gather(*(_report(dependency) for dependency in dependencies))
    hidden = {*secrets, *(secret for dependency in dependencies for secret in dependency.secrets)}
    # Longer ones first: a connection string contains its password.
    ordered = sorted((secret for secret in hidden if secret), key=len, reverse=True)
    return {
        f"{one.host}:{one.port}": _redacted(result, ordered) for one, result in zip(dependencies, results, strict=True)
    }


def _redacted(result: Report, secrets: Sequence[str]) -> Report:
    detail = str(result["detail"])
    for secret in secrets:
        detail = detail.replace(secret, "***")
    return {**result, "detail": detail}


async def _report(dependency: Dependency) -> Report:
    started = time.monotonic()
    try:
        async with asyncio.timeout(TIMEOUT):
            detail, good = await CHECKS[dependency.kind](dependency), True
    except FAILURES as error:
        reason = "no answer in time" if isinstance(error, TimeoutError) else str(error).strip()
        detail, good = f"{type(error).__name__}: {reason}", False
    return {
        "kind": dependency.kind,
        "ok": good,
        "latencyMs": round((time.monotonic() - started) * 1000, 1),
        "detail": detail,
    }


async def _http(dependency: Dependency) -> str:
    # Neither proxies nor certificates come from the environment.
    async with httpx.AsyncClient(verify=ssl.create_default_context(), trust_env=False, timeout=TIMEOUT) as client:
        response = await client.get(dependency.url)
    if response.status_code >= 500:
        raise CheckFailed(f"HTTP {response.status_code}")
    return f"HTTP {response.status_code}"


async def _postgresql(dependency: Dependency) -> str:
    async with await psycopg.AsyncConnection.connect(**connection(dependency)) as connected:
        await connected.execute("SELECT 1")
        encrypted = "TLS" if connected.pgconn.ssl_in_use else "plain"
        return f"PostgreSQL {connected.info.parameter_status('server_version')}, {encrypted}"


def connection(dependency: Dependency) -> dict[str, Any]:
    """Return libpq's keywords for a database."""
    return {
        "host": dependency.host,
        "port": dependency.port,
        "connect_timeout": round(TIMEOUT),
        "application_name": "sample",
        **dependency.login,
    }


async def _redis(dependency: Dependency) -> str:
    return await _role(dependency.host, dependency.port, dependency.login)


async def _sentinel(dependency: Dependency) -> str:
    """Ask the first Sentinel that answers for the master, then the master itself."""
    errors: list[Exception] = []
    for host, port in dependency.sentinels:
        try:
            async with _client(host, port, dependency.login) as sentinel:
                ask: Callable[..., Awaitable[Any]] = sentinel.execute_command
                found = await ask("SENTINEL GET-MASTER-ADDR-BY-NAME", dependency.host)
        except (OSError, RedisError) as error:
            errors.append(error)
            continue
        if found:
            return await _role(str(found[0]), int(found[1]), dependency.login)
    raise CheckFailed(f"no Sentinel has the master {dependency.host!r}: {'; '.join(map(str, errors))}")


async def _role(host: str, port: int, login: Mapping[str, str]) -> str:
    async with _client(host, port, login) as client:
        answer = await client.role()
    return f"Redis {answer[0]} at {host}:{port}"


def _client(host: str, port: int, login: Mapping[str, str]) -> Redis:
    client: Redis = Redis(
        host=host, port=port, password=login.get("password"), socket_timeout=TIMEOUT, decode_responses=True
    )
    return client


async def _tcp(dependency: Dependency) -> str:
    _, writer = await asyncio.open_connection(dependency.host, dependency.port)
    writer.close()
    await writer.wait_closed()
    return "connection accepted"


CHECKS: dict[DependencyKind, Callable[[Dependency], Awaitable[str]]] = {
    "http": _http,
    "postgresql": _postgresql,
    "redis": _redis,
    "sentinel": _sentinel,
    "tcp": _tcp,
}
