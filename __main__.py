"""A platform, as its table of contents: one system in one environment, as the stack's settings name them."""

from quadrant_platform.components.base.parts import Parts
from quadrant_platform.components.cache.redis import Cache
from quadrant_platform.components.credentials.certificates import Certificates
from quadrant_platform.components.credentials.secrets import Secrets
from quadrant_platform.components.database.engines import database_engine, pooler_engine
from quadrant_platform.components.database.external_database import ExternalDatabase
from quadrant_platform.components.edge.edge import Edge
from quadrant_platform.components.edge.egress import Egress
from quadrant_platform.components.edge.routes import Routes
from quadrant_platform.components.messaging.broker import Broker
from quadrant_platform.components.monitoring.alerting import Monitoring
from quadrant_platform.components.network.isolation import Isolation
from quadrant_platform.components.network.segments import Segments
from quadrant_platform.components.stack.configured_plan import Kubernetes, configured_plan
from quadrant_platform.components.storage.object_store import ObjectStore
from quadrant_platform.components.workload.configs import Configs
from quadrant_platform.components.workload.job import Job
from quadrant_platform.components.workload.priorities import Priorities
from quadrant_platform.components.workload.service import Service
from quadrant_platform.model.expansion.workloads import in_cluster, jobs, outside

plan = configured_plan()
here = Kubernetes("cluster", plan).within()

# The ground: namespaces closed by default, the connections that the matrix permits, and the files.
site = Segments("segments", plan, here).site
where_used = Parts(site, here).build
Isolation("isolation", site, here)
Priorities("priorities", site, here)
where_used(Certificates)
where_used(Secrets)
where_used(Configs)

# The data.
for name, database in in_cluster(plan.system, plan.environment).items():
    database_engine(plan, database)(name, {"site": site, "database": database}, here)
for name, external in outside(plan.system, plan.environment).items():
    ExternalDatabase(name, {"site": site, "database": external}, here)
for name, pooler in plan.system.poolers.items():
    pooler_engine(plan)(name, {"site": site, "pooler": pooler}, here)
for name, cache in plan.system.caches.items():
    Cache(name, {"site": site, "cache": cache}, here)
for name, store in plan.system.object_stores.items():
    ObjectStore(name, {"site": site, "store": store}, here)
for name, broker in plan.system.brokers.items():
    Broker(name, {"site": site, "broker": broker}, here)

# The applications.
for name, service in plan.system.services.items():
    Service(name, {"site": site, "service": service}, here)
for name, job in jobs(plan.system, plan.environment).items():
    Job(name, {"site": site, "job": job}, here)

# The way in, the way out, and the watch over all of it.
where_used(Edge)
where_used(Routes)
where_used(Egress)
where_used(Monitoring)
