"""What every rule needs: access to objects, the index of a stack, and what a policy is and finds."""

from quadrant_platform.policies.configuration.levels import Level
from quadrant_platform.policies.core.access import Node
from quadrant_platform.policies.core.index import StackIndex
from quadrant_platform.policies.core.objects import Object
from quadrant_platform.policies.core.policy import Finding, ResourcePolicy, Severity, StackPolicy, Subject

__all__ = [
    "Finding", "Level", "Node", "Object", "ResourcePolicy", "Severity", "StackIndex", "StackPolicy", "Subject",
]  # fmt: skip
