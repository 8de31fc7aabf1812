"""Cluster: PostgreSQL run by the CloudNativePG operator, with standbys, failover and certificates of its own."""

from collections.abc import Iterator, Mapping

from quadrant_platform.components.base.component import Component
from quadrant_platform.components.builders.containers import resources
from quadrant_platform.components.builders.engine_images import CLOUDNATIVE_PG
from quadrant_platform.components.builders.manifests import Manifest, manifest
from quadrant_platform.components.builders.pod_template import HOSTNAME, spread
from quadrant_platform.components.builders.workload import Workload
from quadrant_platform.components.credentials.secrets import external_secret
from quadrant_platform.components.database.postgresql import parameters
from quadrant_platform.model.expansion.planned import PlannedDatabase, Server
from quadrant_platform.model.schema.system import Vault, VaultKey
from quadrant_platform.model.schema.types import seconds

ARCHIVE_SECONDS = 60
"""A quiet server's last changes reach the archive after this long, well within a recovery point of minutes."""
SUPERUSER = "postgres"
STOPPING = {"smartShutdownTimeout": 15, "stopDelay": 90, "switchoverDelay": 60}
"""Seconds; the operator's own defaults of half an hour and more leave no recovery objective in reach."""


class Cluster(Component[PlannedDatabase, Server]):
    """One PostgreSQL cluster: a primary and its standbys."""

    token = "data:Cluster"

    @staticmethod
    def manifests(inputs: PlannedDatabase) -> Iterator[Manifest]:
        """Yield the owner's credentials, the cluster and its monitor."""
        w = Workload(inputs)
        if inputs.owner_key is not None:
            yield owner_credentials(w, inputs.spec.user, *inputs.owner_key)
        labels = w.other_labels
        meta = w.metadata(w.data_name, labels)
        yield manifest("postgresql.cnpg.io/v1", "Cluster", meta, cluster(w, inputs, labels))
        yield w.pod_monitor(labels)

    @staticmethod
    def results(inputs: PlannedDatabase) -> Server:
        """Return what a client needs to log in."""
        return inputs.server._replace(secret=owner_secret_name(inputs.name))


def cluster(w: Workload, database: PlannedDatabase, labels: Mapping[str, str]) -> Manifest:
    """Return what the operator is to run."""
    spec = database.spec
    secret = {"name": owner_secret_name(w.name)}
    affinity = {"enablePodAntiAffinity": True, "podAntiAffinityType": database.settings.spread, "topologyKey": HOSTNAME}
    result: Manifest = {
        "instances": database.copies,
        "imageName": database.image(CLOUDNATIVE_PG),
        "inheritedMetadata": {"labels": dict(labels)},
        "bootstrap": {"initdb": {"database": spec.database, "owner": spec.user, "secret": secret}},
        "enableSuperuserAccess": spec.user == SUPERUSER,
        "managed": {"services": {"additional": list(services(database))}},
        "postgresql": postgresql(database),
        "resources": resources(database, database.limits),
        "storage": _storage(database),
        "priorityClassName": database.priority,
        # The budget of a lone server would block every drain.
        "enablePDB": database.copies > 1,
        "affinity": affinity,
        "topologySpreadConstraints": spread(database),
        **STOPPING,
    }
    # Without superuserSecret the operator drops the password of postgres.
    return result | ({"superuserSecret": secret} if spec.user == SUPERUSER else {})


def postgresql(database: PlannedDatabase) -> Manifest:
    """Return the server's settings; standbys confirm commits as long as there are any."""
    result: Manifest = {"parameters": {"archive_timeout": archive_timeout(database), **parameters(database)}}
    if database.spec.tls:
        # Goes before the operator's last rule, which takes passwords over any transport.
        result["pg_hba"] = ["hostnossl all all all reject"]
    if database.copies > 1:
        result["synchronous"] = {"method": "any", "number": 1, "dataDurability": "preferred"}
    return result


def archive_timeout(database: PlannedDatabase) -> str:
    """Return how long a change waits for the archive: a declared interval is an upper bound."""
    interval = database.archive_interval
    return f"{min(seconds(interval), ARCHIVE_SECONDS) if interval else ARCHIVE_SECONDS}s"


def services(database: PlannedDatabase) -> Iterator[Manifest]:
    """Yield the Services of the system's own names, beside the operator's `-rw`, `-ro` and `-r`."""
    for host, kind in database.services.items():
        yield {"selectorType": kind, "serviceTemplate": {"metadata": {"name": host}, "spec": {"type": "ClusterIP"}}}


def _storage(database: PlannedDatabase) -> Manifest:
    chosen = {"storageClass": database.settings.storage_class} if database.settings.storage_class else {}
    return {"size": str(database.claim(database.spec.storage)), **chosen}


def owner_credentials(w: Workload, user: str, vault: Vault, key: VaultKey) -> Manifest:
    """Return the ExternalSecret of the owner's name and password, in the form that the operator reads."""
    template = {
        "type": "kubernetes.io/basic-auth",
        # The operator applies a changed password at once.
        "metadata": {"labels": {"cnpg.io/reload": "true"}},
        "data": {"username": user, "password": "{{ .password }}"},
    }
    meta = w.metadata(owner_secret_name(w.name), {})
    return external_secret(vault, meta, {"password": key}, {"template": template})


def owner_secret_name(database: str) -> str:
    """Return the name of the basic-auth Secret with the owner's name and password, as CloudNativePG reads it."""
    return f"{database}-owner"
