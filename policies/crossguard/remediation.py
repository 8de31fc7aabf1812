"""Remediation: the labels that an object lacks, written into its properties."""

from collections.abc import Mapping
from typing import Any

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.core import Object, ResourcePolicy, Subject, evaluation
from quadrant_platform.policies.core.access import FieldError


def remedied(policy: ResourcePolicy, obj: Object, props: Any, config: Config) -> Mapping[str, Any] | None:
    """Return the engine's properties with the labels that the policy asks for; nothing where none is missing.

    The properties are the SDK's own: unknown values and secrets in them stay as they are. Validation reports what
    cannot be read.
    """
    if policy.remedies is None or not any(
        evaluation.without_exempted(evaluation.run_resource(policy, obj, config), config)
    ):
        return None
    try:
        lacking = policy.remedies(Subject(obj, config.of(policy.name)))
    except FieldError:
        return None
    for path, labels in lacking.items():
        metadata = props
        for key in path:
            if metadata.get(key) is None:
                metadata[key] = {}
            metadata = metadata[key]
        present = metadata.get("labels")
        metadata["labels"] = {**{key: present[key] for key in present or ()}, **labels}
    return props if lacking else None
