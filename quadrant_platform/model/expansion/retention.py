"""Retention: which objects with data outlive a change that no longer wants them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from quadrant_platform.model.expansion.holders import Holder
from quadrant_platform.model.schema.system import Secret

EVERYTHING = "*"
"""The word that releases all data of a stack."""
REFERENCE = re.compile(r"\$\{(?:[^}:]*:)?([^}]+)\}")
"""`${secret}` or `${bcrypt:secret}` in a composed secret."""


@dataclass(frozen=True)
class Retention:
    """What an environment keeps, but for what its stack releases."""

    active: bool = False
    """Whether the environment keeps data."""
    released: frozenset[str] = frozenset()
    """Names of holders, of single objects as `namespace/name`, or `*`."""
    holders: tuple[Holder, ...] = ()
    secrets: Mapping[str, Secret] = field(default_factory=dict)

    @property
    def words(self) -> set[str]:
        """Return what a stack may release."""
        return {word for holder in self.holders for word in (EVERYTHING, holder.name, *holder.places)}

    def releases(self, holder: str, place: str) -> bool:
        """Return whether an object of a holder, at `namespace/name`, may go."""
        return bool(self.released & {EVERYTHING, holder, place})

    def keeps_namespace(self, namespace: str) -> bool:
        """Return whether a namespace stays, because of data in it that may not go."""
        return any(holder.namespace == namespace for holder in self._kept())

    def keeps_value(self, secret: str) -> bool:
        """Return whether a secret's generated value stays: without it, data that stays may be unreadable."""
        return any(secret in self._parts(one) for holder in self._kept() for one in holder.secrets)

    def _kept(self) -> Iterator[Holder]:
        """Yield the holders of which something may not go."""
        if self.active and EVERYTHING not in self.released:
            yield from (
                one for one in self.holders if one.name not in self.released and not one.places <= self.released
            )

    def _parts(self, secret: str) -> set[str]:
        """Return a secret and those that it is composed of."""
        texts = (key.compose or "" for key in self.secrets[secret].keys.values())
        named = (name for text in texts for name in REFERENCE.findall(text))
        return {secret}.union(*map(self._parts, named))
