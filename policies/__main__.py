"""Serves the policy pack to the engine."""

from pulumi_policy import EnforcementLevel, PolicyPack

from quadrant_platform.policies.crossguard.binding import sdk_policies

PolicyPack("quadrant", sdk_policies(), enforcement_level=EnforcementLevel.MANDATORY)
