"""Cluster: PostgreSQL run by the CloudNativePG operator, with standbys, failover and certificates of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pulumi

from quadrant_platform.components.base.component import register
from quadrant_platform.components.builders import engine_images, manifests, pod_template, spreading, stores
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.monitors import pod_monitor
from quadrant_platform.components.builders.volumes import claim_template
from quadrant_platform.components.database.postgresql_settings import owner_secret_name, parameters, service_names
from quadrant_platform.components.workload.priorities import class_name
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.schema import datastores as declared
from quadrant_platform.model.schema.system import Vault
from quadrant_platform.model.schema.types import seconds

ARCHIVE_SECONDS = 60
"""A quiet server's last changes reach the archive after this long, well within a recovery point of minutes."""
SUPERUSER = "postgres"
STOPPING = {"smartShutdownTimeout": 15, "stopDelay": 90, "switchoverDelay": 60}
"""Seconds; the operator's own defaults of half an hour and more leave no recovery objective in reach."""


class Cluster(pulumi.ComponentResource):
    """One PostgreSQL cluster: a primary and its standbys."""

    def __init__(self, name: str, args: stores.DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quadrant:data:Cluster", name, None, opts)
        for manifest in objects(args["site"].plan, name, args["database"]):
            register(self, manifest, args["site"])
        self.register_outputs({})


def objects(plan: Plan, name: str, database: declared.DatabaseSpec) -> Iterator[Manifest]:
    """Yield the owner's credentials, the cluster and its monitor."""
    endpoint = plan.topology.endpoints[name]
    labels = stores.labels_of(plan, endpoint, database.resources, database.labels)
    inherited = stores.without_selector(endpoint, labels)
    vault = plan.system.vault
    if vault is not None and plan.environment.secrets == "vault":
        yield owner_credentials(plan, vault, endpoint, database)
    yield {
        "apiVersion": "postgresql.cnpg.io/v1",
        "kind": "Cluster",
        "metadata": manifests.metadata(endpoint.namespace, name, inherited),
        "spec": spec(plan, endpoint, database, inherited),
    }
    yield pod_monitor(plan, endpoint, inherited)


def instances(plan: Plan, database: declared.DatabaseSpec) -> int:
    """Return how many servers there are, the primary included."""
    return 1 if plan.environment.copies == "single" else 1 + database.replicas


def spec(plan: Plan, endpoint: Endpoint, database: declared.DatabaseSpec, labels: Mapping[str, str]) -> Manifest:
    """Return what the operator is to run."""
    name = manifests.name_of(endpoint)
    secret = {"name": owner_secret_name(name)}
    result: Manifest = {
        "instances": instances(plan, database),
        "imageName": engine_images.image_of(plan, endpoint, engine_images.CLOUDNATIVE_PG),
        "inheritedMetadata": {"labels": dict(labels)},
        "bootstrap": {"initdb": {"database": database.database, "owner": database.user, "secret": secret}},
        "enableSuperuserAccess": database.user == SUPERUSER,
        "managed": {"services": {"additional": list(services(name, database))}},
        "postgresql": postgresql(plan, database),
        "resources": pod_template.sized(plan, pod_template.limits_of(plan, database.resources), store=True),
        "storage": storage(plan, database),
        "priorityClassName": class_name(plan, stores.LEVEL),
        # The budget of a lone server would block every drain.
        "enablePDB": instances(plan, database) > 1,
        **placement(plan, endpoint),
        **STOPPING,
    }
    if database.user == SUPERUSER:
        # The operator takes the superuser's password away, unless it is told where it stands.
        result["superuserSecret"] = secret
    return result


def postgresql(plan: Plan, database: declared.DatabaseSpec) -> Manifest:
    """Return the server's settings; standbys confirm commits as long as there are any."""
    result: Manifest = {"parameters": {"archive_timeout": archive_timeout(plan), **parameters(plan, database)}}
    if database.tls:
        # Goes before the operator's last rule, which takes passwords over any transport.
        result["pg_hba"] = ["hostnossl all all all reject"]
    if instances(plan, database) > 1:
        result["synchronous"] = {"method": "any", "number": 1, "dataDurability": "preferred"}
    return result


def archive_timeout(plan: Plan) -> str:
    """Return how long a change waits for the archive: a declared interval is an upper bound."""
    interval = plan.system.backup.wal_archive_interval if plan.system.backup else None
    return f"{min(seconds(interval), ARCHIVE_SECONDS) if interval else ARCHIVE_SECONDS}s"


def services(name: str, database: declared.DatabaseSpec) -> Iterator[Manifest]:
    """Yield the Services of the system's own names, beside the operator's `-rw`, `-ro` and `-r`."""
    for host, kind in service_names(name, database).items():
        yield {
            "selectorType": kind,
            "serviceTemplate": {"metadata": {"name": host}, "spec": {"type": "ClusterIP"}},
        }


def storage(plan: Plan, database: declared.DatabaseSpec) -> Manifest:
    """Return the size and class of each server's claim."""
    claim = claim_template(plan, database.storage)["spec"]
    chosen = {"storageClass": claim["storageClassName"]} if "storageClassName" in claim else {}
    return {"size": claim["resources"]["requests"]["storage"], **chosen}


def placement(plan: Plan, endpoint: Endpoint) -> Manifest:
    """Return what keeps servers on different nodes, and in different zones where the environment has them."""
    affinity = {
        "enablePodAntiAffinity": True,
        "podAntiAffinityType": plan.environment.spread,
        "topologyKey": "kubernetes.io/hostname",
    }
    return {"affinity": affinity, "topologySpreadConstraints": spreading.spread(plan, endpoint)}


def owner_credentials(plan: Plan, vault: Vault, endpoint: Endpoint, database: declared.DatabaseSpec) -> Manifest:
    """Return the ExternalSecret of the owner's name and password, in the form that the operator reads."""
    name = owner_secret_name(manifests.name_of(endpoint))
    place = next(iter(plan.system.secrets[database.password].keys.values()))
    template = {
        "type": "kubernetes.io/basic-auth",
        # The operator applies a changed password at once.
        "metadata": {"labels": {"cnpg.io/reload": "true"}},
        "data": {"username": database.user, "password": "{{ .password }}"},
    }
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": manifests.metadata(endpoint.namespace, name),
        "spec": {
            "refreshInterval": vault.refresh,
            "refreshPolicy": "Periodic",
            "secretStoreRef": {"name": vault.store, "kind": "SecretStore"},
            "target": {"name": name, "creationPolicy": "Owner", "deletionPolicy": "Retain", "template": template},
            "data": [{"secretKey": "password", "remoteRef": {"key": place.path, "property": place.property}}],
        },
    }
