"""What a cluster serves."""

from collections.abc import Mapping
from dataclasses import dataclass

from quadrant_platform.host.kubectl import Kubectl


@dataclass(frozen=True, slots=True)
class ApiResource:
    """The API resource of a kind."""

    plural: str
    api_version: str
    namespaced: bool

    @property
    def argument(self) -> str:
        """The name that no other group or version shares, as kubectl takes it."""
        group, _, version = self.api_version.rpartition("/")
        return f"{self.plural}.{version}.{group}" if group else self.plural


Served = Mapping[tuple[str, str], ApiResource]
"""What a cluster serves, by apiVersion and kind."""


def served(kubectl: Kubectl) -> dict[tuple[str, str], ApiResource]:
    """Return all that a cluster serves; an aggregated API that is down hides its own kinds only."""
    answer = kubectl.run("api-resources", "--no-headers")
    found: dict[tuple[str, str], ApiResource] = {}
    for line in answer.out.splitlines():
        plural, *_, version, namespaced, kind = line.split()
        found[version, kind] = ApiResource(plural, version, namespaced == "true")
    return found
