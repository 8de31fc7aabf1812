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
from components.priorities import Priorities
from components.routes import Routes
from components.secrets import Secrets
from components.segments import Segments
from components.service import Service
from components.settings import Kubernetes, configured_plan
from model.workloads import in_cluster

plan = configured_plan()
system = plan.system
here = Kubernetes("cluster", plan).within()

# The ground: namespaces closed by default, and the connections that the matrix permits.
site = Segments("segments", plan, here).site
Isolation("isolation", site, here)
Priorities("priorities", site, here)
Certificates("certificates", site, here)
Secrets("secrets", site, here)

# The data.
for name, database in in_cluster(system, plan.environment).items():
    database_engine(plan, database)(name, {"site": site, "database": database}, here)
for name, external in system.external_databases.items():
    ExternalDatabase(name, {"site": site, "database": external}, here)
for name, pooler in system.poolers.items():
    pooler_engine(plan)(name, {"site": site, "pooler": pooler}, here)
for name, cache in system.caches.items():
    Cache(name, {"site": site, "cache": cache}, here)
for name, store in system.object_stores.items():
    ObjectStore(name, {"site": site, "store": store}, here)
for name, broker in system.brokers.items():
    Broker(name, {"site": site, "broker": broker}, here)

# The applications.
Configs("configs", site, here)
for name, service in system.services.items():
    Service(name, {"site": site, "service": service}, here)
for name, job in system.jobs.items():
    Job(name, {"site": site, "job": job}, here)

# The way in, the way out, and the watch over all of it.
Edge("edge", site, here)
Routes("routes", site, here)
Egress("egress", site, here)
Monitoring("monitoring", site, here)
