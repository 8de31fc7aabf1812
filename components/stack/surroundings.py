"""What a stack needs around it, checked before the engine applies anything."""

from collections.abc import Collection

import pulumi

from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.preflight import needs
from quadrant_platform.preflight.facts import ClusterFacts
from quadrant_platform.preflight.source import given_by_command


def check_surroundings(facts: ClusterFacts | None, manifests: Collection[Manifest]) -> None:
    """Stop where the cluster lacks what the registered objects need; a command that gave the facts checks itself.

    Raises:
        RunError: with everything that is missing. A preview, which precedes every `pulumi up`, has applied nothing.
    """
    if facts is None or given_by_command():
        return
    if missing := needs.problems(facts, manifests):
        listed = "\n".join(map(str, missing))
        raise pulumi.RunError(f"{listed}\nthe stack needs this and does not make it; a preview has changed nothing")
