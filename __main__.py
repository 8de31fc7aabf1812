"""A platform, as its table of contents: one system in one environment, as the stack's settings name them."""

from components.broker import Broker
from components.cache import Cache
from components.certificates import Certificates
from components.configs import Configs
from components.edge import Edge
from components.egress import Egress
from components.engines import database_engine, pooler_engine
from components.external_database import ExternalDatabase
from components.isolation import Isolation
from components.jobs import Job
from components.monitoring import Monitoring
from components.object_store import ObjectStore
from components.parts import Parts
from components.priorities import Priorities
from components.routes import Routes
from components.secrets import Secrets
from components.segments import Segments
from components.service import Service
from components.settings import Kubernetes, configured_plan
from model.workloads import in_cluster, jobs, outside

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
