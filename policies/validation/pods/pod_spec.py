"""The specification of pods."""

from quadrant_platform.policies.validation.fields import Field


def pod_spec(spec: Field) -> None:
    """Check the fields of a pod's specification."""
    if not spec.items("containers"):
        spec.at("containers").required("must have a container")
