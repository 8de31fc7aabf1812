"""The container images of a stack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from quadrant_platform.program.rendering import Manifest


def images_of(manifests: Iterable[Manifest]) -> list[str]:
    """Return every image once, sorted."""
    return sorted({image for manifest in manifests for image in _found(manifest.get("spec", {}))})


def _found(value: Any) -> Iterator[str]:
    """Yield the images of all containers, at whatever depth a kind keeps its pod template."""
    if isinstance(value, dict):
        if isinstance(value.get("image"), str) and "name" in value:
            yield value["image"]
        value = list(value.values())
    if isinstance(value, list):
        for member in value:
            yield from _found(member)
