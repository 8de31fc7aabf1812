"""Kubernetes' own authorizer, as a process that tells what the holder of a role may do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from tests import judges

NAMESPACE = "shop"
"""Where a Role is bound; a ClusterRole is bound in the whole cluster."""


class Asked(NamedTuple):
    """A request as Kubernetes reads it; one for no resource has a URL only."""

    verb: str
    group: str
    resource: str
    namespace: str
    name: str
    url: str


def program() -> Path:
    """Return the executable."""
    return judges.program("rbac", Path(__file__).parent / "judge")


def by_http(method: str, url: str) -> dict[str, str]:
    """Return a request that a client sends."""
    return {"method": method, "url": url}


def by_server(verb: str, group: str, resource: str, name: str = "", namespace: str = NAMESPACE) -> dict[str, str]:
    """Return a request that a server asks about by itself, such as one to impersonate."""
    of, _, subresource = resource.partition("/")
    return {
        "verb": verb, "group": group, "resource": of, "subresource": subresource, "name": name, "namespace": namespace,
    }  # fmt: skip


@dataclass(frozen=True)
class Authorizer:
    """A running authorizer, and the requests of which it tells."""

    process: judges.Judge
    requests: tuple[Asked, ...]

    def allowed(self, role: Mapping[str, Any]) -> list[bool]:
        """Return which of the requests the holder of a role may make."""
        found: list[bool] = json.loads(self.process.ask(json.dumps(role)))
        return found


@contextmanager
def running(requests: Sequence[Mapping[str, str]]) -> Iterator[Authorizer]:
    """Start the authorizer for some requests, and end it."""
    with judges.running([str(program())]) as process:
        read = json.loads(process.ask(json.dumps(requests)))
        yield Authorizer(process, tuple(map(_asked, read)))


def _asked(one: Mapping[str, str]) -> Asked:
    resource = "/".join(filter(None, (one["resource"], one["subresource"])))
    return Asked(one["verb"], one["group"], resource, one["namespace"], one["name"], one["path"])
