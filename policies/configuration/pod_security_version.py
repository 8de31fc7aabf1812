"""The Pod Security Standards: their profiles and versions."""

import re
from enum import StrEnum
from typing import NamedTuple

_TEXT = re.compile(r"v?1\.(?P<minor>0|[1-9]\d{0,3})", re.ASCII)


class Profile(StrEnum):
    """How strict the standard is. `restricted` includes `baseline`."""

    BASELINE = "baseline"
    RESTRICTED = "restricted"


class Version(NamedTuple):
    """A version of the standard, which is that of the Kubernetes that introduced it."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


OLDEST = Version(1, 34)
LATEST = Version(1, 37)
"""The newest version in which a check changed; later ones judge alike as far as is known."""


def parse_version(text: str) -> Version:
    """Return the version that `1.36`, `v1.36` or `latest` names. Raises ValueError below the oldest known."""
    found = _TEXT.fullmatch(text)
    version = LATEST if text == "latest" else Version(1, int(found["minor"])) if found else None
    if version is None or version < OLDEST:
        raise ValueError(f"{text!r} is not a version of the Pod Security Standards from {OLDEST} on, nor `latest`")
    return version
