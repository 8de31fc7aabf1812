"""The places of objects in a cluster, as users and `quadrant:release` write them."""

from collections.abc import Mapping
from typing import Any


def place_of(metadata: Mapping[str, Any]) -> str:
    """Return `namespace/name` from an object's metadata; the name alone of a cluster-wide object."""
    return "/".join(filter(None, (metadata.get("namespace"), metadata["name"])))
