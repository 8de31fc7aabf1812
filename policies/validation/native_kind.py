"""What is known of a native kind: how its objects are named, and which rules their fields keep."""

from collections.abc import Callable
from dataclasses import dataclass

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.fields import Field


def _nothing(_: Field) -> None:
    """Check no fields, for a kind that has none with rules."""


@dataclass(frozen=True)
class NativeKind:
    """The rules of a kind. `rules` is given the whole object, whose fields have their types."""

    rules: Callable[[Field], None] = _nothing
    name: formats.Rule = formats.subdomain
    namespaced: bool = True
    has_core_metadata: bool = True
    """Whether its finalizers need a domain, which the API server asks of nearly all of its own kinds."""
    needs_name: bool = True
    keeps_generation: bool = False
    """Whether the API server takes over a generation that is written, since it does not count the changes itself."""
    metadata_first: bool = True
    """Whether its metadata is judged in any case, and not only where nothing else is wrong."""
