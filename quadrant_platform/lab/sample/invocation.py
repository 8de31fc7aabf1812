"""How a service is started: the manifest's command line, and the files that the environment points to."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SECRETS_DIR = "/run/secrets"


@dataclass(frozen=True)
class Settings:
    """One service as its manifest describes it; times in seconds."""

    name: str
    ports: Mapping[str, int]
    metrics_port: int | None
    metrics_path: str
    ready: tuple[str, ...]
    alive: tuple[str, ...]
    calls: Mapping[str, str]
    """The file with the password, or nothing, by the host of each dependency that the service may call."""
    bind: str
    drain: float
    """How long it still accepts connections after the request to stop, which routers notice with a delay."""
    grace: float
    """When it is killed, counted from the same moment."""


@dataclass(frozen=True)
class Files:
    """What the container finds at start: its configuration, and its secrets by file name."""

    config: Any
    secrets: Mapping[str, str]


def parsed(arguments: Sequence[str]) -> tuple[str, Settings]:
    """Return the command and its settings; bad arguments end the program with code 2."""
    parser = argparse.ArgumentParser(prog="sample", description=__doc__, allow_abbrev=False)
    parser.add_argument("command", choices=("serve", "migrate"))
    parser.add_argument("--name", required=True, help="the service that this stands in for")
    parser.add_argument("--port", action="append", default=[], type=_port, metavar="NAME=NUMBER")
    parser.add_argument("--metrics", default="", metavar="NAME:PATH", help="port and path that Prometheus reads")
    parser.add_argument("--ready", action="append", default=[], metavar="PATH", help="further readiness paths")
    parser.add_argument("--alive", action="append", default=[], metavar="PATH", help="further liveness paths")
    parser.add_argument("--calls", action="append", default=[], metavar="HOST[=FILE]")
    parser.add_argument("--bind", default="", metavar="ADDRESS", help="all addresses where absent")
    parser.add_argument("--drain", type=float, default=3.0, metavar="SECONDS")
    parser.add_argument("--grace", type=float, default=30.0, metavar="SECONDS")
    given = parser.parse_args(arguments)
    ports = dict(given.port)
    metrics_name, _, metrics_path = given.metrics.partition(":")
    if metrics_name and metrics_name not in ports:
        parser.error(f"--metrics names port {metrics_name!r}, which no --port declares")
    if given.command == "serve" and not ports:
        parser.error("serve needs at least one --port")
    return given.command, Settings(
        name=given.name,
        ports=ports,
        metrics_port=ports.get(metrics_name),
        metrics_path=metrics_path or "/metrics",
        ready=("/health/ready", *given.ready),
        alive=("/health", "/health/live", *given.alive),
        calls=dict(call.partition("=")[::2] for call in given.calls),
        bind=given.bind,
        drain=given.drain,
        grace=given.grace,
    )


def _port(text: str) -> tuple[str, int]:
    name, _, number = text.partition("=")
    if not name or not number.isdecimal() or int(number) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; write NAME=NUMBER, such as http=3001")
    return name, int(number)


def files(environment: Mapping[str, str]) -> Files:
    """Read the file at CONFIG_PATH, YAML or JSON, and those in SECRETS_DIR.

    OSError or ValueError where a file that the environment names cannot be read.
    """
    config: Any = None
    if path := environment.get("CONFIG_PATH"):
        try:
            config = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            raise ValueError(f"{path} is neither YAML nor JSON: {error}") from error
    folder = Path(environment.get("SECRETS_DIR", SECRETS_DIR))
    # A mounted volume keeps its real files in hidden folders, behind links.
    secrets = [path for path in sorted(folder.glob("[!.]*")) if path.is_file()]
    return Files(config, {path.name: path.read_text(encoding="utf-8").strip() for path in secrets})
