"""How the pack is configured: one table of switches, from which schema, documents and parser come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated, Any, NamedTuple, get_type_hints

from pydantic import BeforeValidator, WithJsonSchema

from policies.exemptions import EXEMPTIONS, Exemption
from policies.pss_version import LATEST, Version, parse_version
from policies.verdict import Level


def _version(value: object) -> object:
    return parse_version(value) if isinstance(value, str) else value


PodSecurityVersion = Annotated[Version, BeforeValidator(_version), WithJsonSchema({"type": "string"})]
POD_SECURITY = (
    "no-privileged", "no-host-namespaces", "volume-types", "no-host-ports", "no-host-probes-or-host-process",
    "drop-all-capabilities", "no-privilege-escalation", "run-as-non-root", "seccomp", "kernel-surface",
)  # fmt: skip


@dataclass(frozen=True)
class Switch:
    """What a platform may set otherwise: its key in a configuration, the policies that read it, what it does.

    A stack policy is named by its group, which is what the engine knows.
    """

    key: str
    policies: tuple[str, ...]
    about: str


class Setting(NamedTuple):
    """A switch with its place in `Config`, its type and its default."""

    field: str
    type: Any
    switch: Switch
    default: Any


@dataclass(frozen=True)
class Config:
    """What a stack may set. `today` decides which exemptions have expired.

    Every field with a `Switch` can be set in a configuration file; add one here and nowhere else.
    """

    exemptions: tuple[Exemption, ...] = EXEMPTIONS
    levels: Mapping[str, Level] = field(default_factory=dict)
    """By policy or group, where a configuration says otherwise than the policy."""
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Values of switches, by policy or group and by field."""
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    require_digest: Annotated[
        bool,
        Switch("requireDigest", ("pinned-by-tag-and-digest",), "also ask for the image's sha256 digest"),
    ] = False
    pod_security_version: Annotated[
        PodSecurityVersion,
        Switch("podSecurityVersion", POD_SECURITY, "the version of the Pod Security Standards: 1.34 and up, or latest"),
    ] = LATEST
    secure_entry_points: Annotated[
        frozenset[str],
        Switch("secureEntryPoints", ("tls-only", "public-surface", "stack-advice"), "Traefik entry points with TLS"),
    ] = frozenset({"websecure"})
    internal_entry_points: Annotated[
        frozenset[str],
        Switch("internalEntryPoints", ("public-surface", "stack-advice"), "Traefik entry points that are not public"),
    ] = frozenset({"dashboard", "traefik", "metrics"})

    def of(self, name: str) -> Config:
        """The configuration as one policy or group sees it."""
        given = self.settings.get(name)
        return replace(self, **given) if given else self

    def with_block(
        self, name: str, level: Level | None, rows: tuple[Exemption, ...], given: Mapping[str, Any]
    ) -> Config:
        """This configuration with what a file or the engine says of one policy or group."""
        return replace(
            self,
            exemptions=(*self.exemptions, *(row for row in rows if row not in self.exemptions)),
            levels={**self.levels, name: level} if level else self.levels,
            settings={**self.settings, name: given} if given else self.settings,
        )


@cache
def settings() -> tuple[Setting, ...]:
    """Every switch of `Config`."""
    return tuple(_settings())


def _settings() -> Iterator[Setting]:
    hints = get_type_hints(Config, include_extras=True)
    for each in fields(Config):
        for mark in getattr(hints[each.name], "__metadata__", ()):
            if isinstance(mark, Switch):
                yield Setting(each.name, hints[each.name], mark, each.default)


def settings_of(name: str) -> tuple[Setting, ...]:
    """The switches of one policy or group."""
    return tuple(setting for setting in settings() if name in setting.switch.policies)
