"""How hard a policy is enforced."""

from enum import StrEnum


class Level(StrEnum):
    """What a violation does: advice warns, a mandatory one stops the deployment.

    The engine mends what breaks a remediating policy; what is left is mandatory.
    """

    DISABLED = "disabled"
    ADVISORY = "advisory"
    MANDATORY = "mandatory"
    REMEDIATE = "remediate"
