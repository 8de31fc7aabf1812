"""A platform as its topology: one system in one environment, as the stack's settings name them."""

import pulumi

from quadrant_platform.components.base.component import Args, BuildContext
from quadrant_platform.components.cache.redis import Cache
from quadrant_platform.components.credentials.certificates import Certificates
from quadrant_platform.components.credentials.secrets import Secrets
from quadrant_platform.components.database.engines import DATABASE_ENGINES, POOLER_ENGINES
from quadrant_platform.components.database.external_database import ExternalDatabase
from quadrant_platform.components.database.pooler import PoolerInputs
from quadrant_platform.components.edge.edge import Edge, EdgeInputs
from quadrant_platform.components.edge.egress import Egress
from quadrant_platform.components.edge.routes import Routes
from quadrant_platform.components.messaging.broker import Broker
from quadrant_platform.components.monitoring.alerting import Monitoring
from quadrant_platform.components.network.isolation import Isolation
from quadrant_platform.components.network.segments import Segments
from quadrant_platform.components.stack.configured_plan import configured_plan
from quadrant_platform.components.stack.kubernetes import Kubernetes
from quadrant_platform.components.stack.surroundings import check_surroundings
from quadrant_platform.components.storage.object_store import ObjectStore
from quadrant_platform.components.workload.configs import Configs
from quadrant_platform.components.workload.job import Job, JobInputs
from quadrant_platform.components.workload.priorities import Priorities
from quadrant_platform.components.workload.service import Service

plan, facts = configured_plan()
cluster = Kubernetes("cluster", (plan, facts))
opts = cluster.child_options()

# The ground: namespaces closed by default, the connections that the matrix permits, and the files.
context = BuildContext(plan.retention, plan.former_names, adopting=cluster.adopting, state=cluster.state)
segments = Segments("segments", Args(context, plan), opts)
context = segments.context
isolation = Isolation("isolation", Args(context, plan), opts)
Priorities("priorities", Args(context, plan), opts)
certificates = Certificates("certificates", Args(context, plan), opts) if plan.needs_certificates else None
if plan.secrets:
    Secrets("secrets", Args(context, plan), opts)
if plan.configs:
    Configs("configs", Args(context, plan), opts)

# The data.
databases = {
    name: DATABASE_ENGINES[database.engine](name, Args(context, database), opts)
    for name, database in plan.databases.items()
}
external = {name: ExternalDatabase(name, Args(context, one), opts) for name, one in plan.external_databases.items()}
poolers = {}
for name, pooler in plan.poolers.items():
    inputs = PoolerInputs(pooler, databases[pooler.spec.database].outputs)
    poolers[name] = POOLER_ENGINES[plan.databases[pooler.spec.database].engine](name, Args(context, inputs), opts)
caches = {name: Cache(name, Args(context, cache), opts) for name, cache in plan.caches.items()}
object_stores = {name: ObjectStore(name, Args(context, store), opts) for name, store in plan.object_stores.items()}
brokers = {name: Broker(name, Args(context, broker), opts) for name, broker in plan.brokers.items()}

# The applications; a job waits for its stores.
for name, service in plan.services.items():
    Service(name, Args(context, service), opts)
stores = {**databases, **external, **poolers, **caches, **object_stores, **brokers}
addresses = {name: store.outputs for name, store in stores.items()}
for name, job in plan.jobs.items():
    Job(name, Args(context, JobInputs(job, addresses)), opts)

# The way in, the way out, and the alerts for all of it.
urls = []
if plan.edge:
    secrets = certificates.outputs.names if certificates else []
    Edge("edge", Args(context, EdgeInputs(plan.edge, secrets)), opts)
    urls = Routes("routes", Args(context, plan.edge), opts).outputs.urls
if plan.egress:
    Egress("egress", Args(context, plan.egress), opts)
if plan.scraped or plan.alerts or plan.jobs:
    Monitoring("monitoring", Args(context, plan), opts)

check_surroundings(facts, context.manifests)

pulumi.export("urls", urls)
pulumi.export("namespaces", segments.outputs.names)
pulumi.export("authority", certificates.outputs.authority if certificates else None)
pulumi.export("matrix", isolation.outputs.digest)
