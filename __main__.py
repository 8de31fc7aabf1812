"""A platform, as its table of contents: one system in one environment, as the stack's settings name them."""

from components.broker import Broker
from components.external_database import ExternalDatabase
from components.isolation import Isolation
from components.jobs import Job
from components.monitoring import Monitoring
from components.object_store import ObjectStore
from components.priorities import Priorities
from components.secrets import Secrets
from components.segments import Segments
from components.service import Service
from components.settings import Cluster, configured_plan

plan = configured_plan()
system = plan.system
here = Cluster("cluster", plan).within()

# The ground: namespaces closed by default, and the connections that the matrix permits.
site = Segments("segments", plan, here).site
Isolation("isolation", site, here)
Priorities("priorities", site, here)
Secrets("secrets", site, here)

# The data: stores in the database and platform segments.
for name, external in system.external_databases.items():
    ExternalDatabase(name, {"site": site, "database": external}, here)
for name, store in system.object_stores.items():
    ObjectStore(name, {"site": site, "store": store}, here)
for name, broker in system.brokers.items():
    Broker(name, {"site": site, "broker": broker}, here)

# The applications.
for name, service in system.services.items():
    Service(name, {"site": site, "service": service}, here)
for name, job in system.jobs.items():
    Job(name, {"site": site, "job": job}, here)

Monitoring("monitoring", site, here)
