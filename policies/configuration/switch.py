"""A switch: one line is schema, documentation and parser."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Switch:
    """A setting of the platform: its key in a configuration, the policies that read it, its effect.

    A stack policy is named by its group, as the engine names it.
    """

    key: str
    policies: tuple[str, ...]
    about: str
