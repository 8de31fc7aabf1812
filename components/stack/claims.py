"""Claims of a plan, known before anything is registered."""

from collections.abc import Iterator
from itertools import chain

from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.cache.redis import Cache
from quadrant_platform.components.cache.sentinel import Sentinel
from quadrant_platform.components.database.engines import DATABASE_ENGINES
from quadrant_platform.components.messaging.broker import Broker
from quadrant_platform.components.storage.object_store import ObjectStore
from quadrant_platform.components.workload import job
from quadrant_platform.components.workload.service import Service
from quadrant_platform.model.expansion.plan import Plan

KINDS = frozenset({"PersistentVolumeClaim", "Cluster"})


def claims(plan: Plan) -> list[Manifest]:
    """Return the claims that a plan's components register, and the clusters whose operator makes claims."""
    built: list[Iterator[Manifest]] = [
        *(DATABASE_ENGINES[one.engine].manifests(one) for one in plan.databases.values()),
        *(Cache.manifests(one) for one in plan.caches.values()),
        *(Sentinel.manifests(one) for one in plan.caches.values()),
        *(ObjectStore.manifests(one) for one in plan.object_stores.values()),
        *(Broker.manifests(one) for one in plan.brokers.values()),
        *(Service.manifests(one) for one in plan.services.values()),
        *(job.claims(one) for one in plan.jobs.values()),
    ]
    return [manifest for manifest in chain.from_iterable(built) if manifest["kind"] in KINDS]
