"""The pack's configuration: its switches, exemptions and levels."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, NamedTuple, Self, get_type_hints

from pydantic.alias_generators import to_camel

from quadrant_platform.policies.configuration.exemptions import EXEMPTIONS, Exemption
from quadrant_platform.policies.configuration.levels import Level
from quadrant_platform.policies.configuration.pod_switches import PodSwitches
from quadrant_platform.policies.configuration.switches import ObjectSwitches, Switch
from quadrant_platform.policies.validation.definitions.definitions import NONE, Definitions


class Setting(NamedTuple):
    """A switch with its place in `Config`, its type and its default."""

    field: str
    type: Any
    switch: Switch
    default: Any

    @property
    def key(self) -> str:
        """The key in a configuration."""
        return to_camel(self.field)


@dataclass(frozen=True)
class Config(PodSwitches, ObjectSwitches):
    """All switches, exemptions and levels of a stack. `today` decides which exemptions have expired."""

    exemptions: tuple[Exemption, ...] = EXEMPTIONS
    levels: Mapping[str, Level] = field(default_factory=dict)
    """By policy or group, where a configuration overrides the policy's own."""
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Values of switches, by policy or group and by field."""
    definitions: Definitions = NONE
    """Of kinds of others, by which their objects are judged."""
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    def of(self, name: str) -> Self:
        """Return the configuration as one policy or group sees it."""
        given = self.settings.get(name)
        return replace(self, **given) if given else self

    def with_block(self, name: str, level: Level | None, rows: tuple[Exemption, ...], given: Mapping[str, Any]) -> Self:
        """Return this configuration with the part of one policy or group."""
        return replace(
            self,
            exemptions=(*self.exemptions, *(row for row in rows if row not in self.exemptions)),
            levels={**self.levels, name: level} if level else self.levels,
            settings={**self.settings, name: given} if given else self.settings,
        )


@cache
def settings() -> tuple[Setting, ...]:
    """Return every switch of `Config`."""
    return tuple(_settings())


def _settings() -> Iterator[Setting]:
    hints = get_type_hints(Config, include_extras=True)
    for each in fields(Config):
        for mark in getattr(hints[each.name], "__metadata__", ()):
            if isinstance(mark, Switch):
                default = each.default_factory() if each.default_factory is not MISSING else each.default
                yield Setting(each.name, hints[each.name], mark, default)


def settings_of(name: str) -> tuple[Setting, ...]:
    """Return the switches of one policy or group."""
    return tuple(setting for setting in settings() if name in setting.switch.policies)
