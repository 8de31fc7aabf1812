"""Where the lab keeps what it makes: programs and images that every run shares, and one run's state."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """The lab's folder; none of its parts need exist."""

    root: Path

    @classmethod
    def here(cls) -> Home:
        """Return this user's folder: QUADRANT_LAB_HOME, else `quadrant/lab` in the cache folder of the XDG rules.

        Absolute and without links, as the kernel lists it among mounts and processes.
        """
        chosen = os.environ.get("QUADRANT_LAB_HOME")
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return cls((Path(chosen) if chosen else cache / "quadrant" / "lab").expanduser().resolve())

    @property
    def bin(self) -> Path:
        """Programs, under their names."""
        return self.root / "bin"

    @property
    def images(self) -> Path:
        """Image archives, and the root filesystems that they are made of."""
        return self.root / "images"

    @property
    def definitions(self) -> Path:
        """Definitions of custom resources, as their projects publish them."""
        return self.root / "definitions"

    @property
    def state(self) -> Path:
        """The running cluster's data, which the end of a run removes."""
        return self.root / "state"

    @property
    def logs(self) -> Path:
        """Logs of builds and of the cluster's processes."""
        return self.root / "logs"
