"""What a service depends on: the servers and URLs that its configuration and its secrets name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from .invocation import Files, Settings

DependencyKind = Literal["http", "postgresql", "redis", "sentinel", "tcp"]
BY_PORT: dict[int, DependencyKind] = {5432: "postgresql", 6432: "postgresql", 6379: "redis"}
"""Protocols by their usual ports; other servers are asked for a connection only."""
SCHEMES = {"http": 80, "https": 443}
IDENTIFIERS = ("audience",)
"""Keys whose values look like URLs, and are compared but never called."""
ADDRESS = re.compile(r"(?P<host>[a-z0-9][a-z0-9.-]*):(?P<port>\d{2,5})")
NET_KEYS = {
    "host": "host", "port": "port", "database": "dbname", "username": "user", "password": "password",
    "ssl mode": "sslmode",
}  # fmt: skip
"""Keys of .NET's connection strings, and libpq's words for them."""


@dataclass(frozen=True)
class Dependency:
    """One server; `login` holds libpq's keywords, or a password alone."""

    host: str
    port: int
    kind: DependencyKind
    url: str = field(default="", repr=False)
    login: Mapping[str, str] = field(default_factory=dict, repr=False)
    sentinels: tuple[tuple[str, int], ...] = ()
    """Where to ask for the master whose name is `host`."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what no message may show."""
        parts = urlsplit(self.url)
        return tuple(filter(None, (self.login.get("password"), parts.password, parts.query)))


def dependencies(files: Files, settings: Settings) -> tuple[Dependency, ...]:
    """Return the dependencies that the files name and the service may call, by host, without repetition.

    Services share files, so these name servers of others as well.
    """
    named = [*_within(files.config, files), *(one for text in files.secrets.values() for one in _secret(text))]
    found = {(one.host, one.port): one for one in named if one.host in settings.calls}
    return tuple(_with_password(found[place], settings.calls[place[0]], files) for place in sorted(found))


def _with_password(dependency: Dependency, file: str, files: Files) -> Dependency:
    if not file or "password" in dependency.login:
        return dependency
    return replace(dependency, login={**dependency.login, "password": files.secrets.get(file, "")})


def _within(node: Any, files: Files) -> Iterator[Dependency]:
    """Yield what a part of the configuration names."""
    if isinstance(node, str):
        yield from _text(node)
    elif isinstance(node, list):
        for item in node:
            yield from _within(item, files)
    elif isinstance(node, dict):
        server = _server(node, files)
        yield from _members(node, files) if server is None else (server,)


def _members(node: Mapping[str, Any], files: Files) -> Iterator[Dependency]:
    for key, value in node.items():
        if key not in IDENTIFIERS:
            yield from _within(f"https://{value}/" if key == "domain" else value, files)


def _server(node: Mapping[str, Any], files: Files) -> Dependency | None:
    """Return the server that a mapping describes: Sentinels and a master, an endpoint, or host and port."""
    if "sentinels" in node and "master" in node:
        matches = (ADDRESS.fullmatch(str(place)) for place in node["sentinels"])
        places = tuple((match["host"], int(match["port"])) for match in matches if match)
        return Dependency(str(node["master"]), places[0][1], "sentinel", login=_login(node, files), sentinels=places)
    if "endpoint" in node and "port" in node:
        return next(_text(f"http://{node['endpoint']}:{node['port']}/"))
    if "host" not in node or "port" not in node:
        return None
    host, port = str(node["host"]), int(node["port"])
    kind = BY_PORT.get(port, "tcp")
    return Dependency(host, port, kind, login=_login(node, files))


def _login(node: Mapping[str, Any], files: Files) -> dict[str, str]:
    login = {"user": node.get("user"), "dbname": node.get("name") or node.get("database")}
    if file := node.get("password_file"):
        login["password"] = files.secrets.get(PurePosixPath(file).name)
    return {key: str(value) for key, value in login.items() if value is not None}


def _text(text: str) -> Iterator[Dependency]:
    """Yield what a text names: a URL, or a host with its port."""
    if match := ADDRESS.fullmatch(text):
        port = int(match["port"])
        yield Dependency(match["host"], port, BY_PORT.get(port, "tcp"))
    elif text.startswith(("http://", "https://")):
        parts = urlsplit(text)
        if parts.hostname:
            yield Dependency(parts.hostname, parts.port or SCHEMES[parts.scheme], "http", url=text)


def _secret(text: str) -> Iterator[Dependency]:
    """Yield the database that a secret leads to: a URL, or a connection string of .NET."""
    if text.startswith(("postgresql://", "postgres://")):
        parts = urlsplit(text)
        login = {"user": parts.username, "password": parts.password, "dbname": parts.path.strip("/")}
        given = {key: unquote(value) for key, value in login.items() if value}
        port = parts.port or 5432
        yield Dependency(parts.hostname or "", port, "postgresql", login={**given, **dict(parse_qsl(parts.query))})
    elif text.startswith("Host="):
        pairs = (pair.partition("=")[::2] for pair in text.split(";"))
        words = {NET_KEYS[key.strip().lower()]: value for key, value in pairs if key.strip().lower() in NET_KEYS}
        words["sslmode"] = words.get("sslmode", "prefer").lower()
        host, port = words.pop("host"), int(words.pop("port", "5432"))
        yield Dependency(host, port, "postgresql", login=words)
