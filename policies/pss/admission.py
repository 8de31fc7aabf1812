"""The Pod Security Standards alone, as the API server applies them to a namespace with such a label."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.configuration.pod_security_version import Profile
from quadrant_platform.policies.core.evaluation import run_resource, without_exempted
from quadrant_platform.policies.core.objects import Object, objects
from quadrant_platform.policies.core.policy import ResourcePolicy
from quadrant_platform.policies.core.violation import Violation
from quadrant_platform.policies.core.well_formed import POLICIES as WELL_FORMED
from quadrant_platform.policies.pss.checks import ids_of
from quadrant_platform.policies.pss.pod_security import POLICIES, AllOf


def check_profile(
    manifests: Iterable[Object | Mapping[str, Any]], profile: Profile, config: Config | None = None
) -> list[Violation]:
    """Judge manifests by one profile only; each violation once.

    An unreadable field is a violation too, since it cannot be judged.
    """
    config = config or Config()
    policies = (*WELL_FORMED, *_narrowed(profile, config))
    judged = tuple(objects(manifests))
    found = (one for policy in policies for obj in judged for one in run_resource(policy, obj, config))
    return list(dict.fromkeys(without_exempted(found, config)))


def _narrowed(profile: Profile, config: Config) -> Iterator[ResourcePolicy]:
    """Yield the policies with no more than the checks that the API server runs for this profile."""
    for policy in POLICIES:
        wanted = ids_of(profile, config.of(policy.name).pod_security_version)
        predicate = policy.predicate
        kept = [name for name in predicate.ids if name in wanted] if isinstance(predicate, AllOf) else []
        if kept:
            yield replace(policy, predicate=AllOf(*kept))
