"""What operators make of their resources: pods, Services, Secrets, claims and accounts. The one table of makers."""

from collections.abc import Mapping
from typing import NamedTuple

Path = tuple[str, ...]


class Maker(NamedTuple):
    """What one kind of resource becomes; names and labels are templates for the resource's name.

    `pods` are the labels by which the operator's documentation tells to select them. The operator sets further ones,
    and copies those at `labelled` from the resource.
    """

    pods: tuple[Mapping[str, str], ...] = ()
    services: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    labelled: tuple[Path, ...] = ()
    named: tuple[Path, ...] = ()
    """Where the resource names Secrets that it becomes; a path goes through lists."""


def _labels(text: str) -> Mapping[str, str]:
    return dict(pair.split("=", 1) for pair in text.split())


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _maker(
    *pods: str, services: str = "", secrets: str = "", accounts: str = "", claims: str = "", labelled: str = "",
    named: str = "",
) -> Maker:  # fmt: skip
    """Return a maker whose fields are words; paths are dotted."""
    return Maker(
        tuple(map(_labels, pods)), _words(services), _words(secrets), _words(accounts), _words(claims),
        tuple(tuple(path.split(".")) for path in _words(labelled)),
        tuple(tuple(path.split(".")) for path in _words(named)),
    )  # fmt: skip


def _prometheus(kind: str, own: str) -> Maker:
    return _maker(
        f"app.kubernetes.io/name={kind} app.kubernetes.io/instance={{name}} {own}={{name}} "
        "app.kubernetes.io/managed-by=prometheus-operator operator.prometheus.io/name={name}",
        services=f"{kind}-operated", labelled="spec.podMetadata.labels",
        secrets=f"{kind}-{{name}} {kind}-{{name}}-generated {kind}-{{name}}-web-config {kind}-{{name}}-tls-assets-0",
    )  # fmt: skip


def _victoria(kind: str) -> Maker:
    return _maker(
        f"app.kubernetes.io/name={kind} app.kubernetes.io/instance={{name}} managed-by=vm-operator",
        services=f"{kind}-{{name}}", labelled="spec.podMetadata.labels",
    )  # fmt: skip


def _elastic(kind: str, short: str, secrets: str) -> Maker:
    return _maker(
        f"{kind}.k8s.elastic.co/{'cluster-name' if kind == 'elasticsearch' else 'name'}={{name}} "
        f"common.k8s.elastic.co/type={kind}",
        services=f"{{name}}-{short}-http {{name}}-{short}-transport", secrets=secrets,
        labelled="spec.podTemplate.metadata.labels spec.nodeSets.podTemplate.metadata.labels",
    )  # fmt: skip


def _strimzi(kind: str, services: str, secrets: str = "") -> Maker:
    part = {"Kafka": "kafka", "KafkaConnect": "connect", "KafkaBridge": "bridge", "KafkaMirrorMaker2": "mirrormaker2"}
    return _maker(
        f"strimzi.io/cluster={{name}} strimzi.io/kind={kind} strimzi.io/name={{name}}-{part[kind]}",
        *(["strimzi.io/cluster={name} strimzi.io/kind=Kafka strimzi.io/name={name}-zookeeper",
           "strimzi.io/cluster={name} strimzi.io/kind=Kafka strimzi.io/name={name}-entity-operator"]
          if kind == "Kafka" else []),
        services=services, secrets=secrets, labelled="metadata.labels spec.kafka.template.pod.metadata.labels",
    )  # fmt: skip


_CNPG = "cnpg.io/cluster={name} cnpg.io/podRole=instance postgresql={name} "
MAKERS: Mapping[tuple[str, str], Maker] = {
    ("postgresql.cnpg.io", "Cluster"): _maker(
        *(f"{_CNPG} cnpg.io/instanceRole={role} role={role}" for role in ("primary", "replica")),
        services="{name}-rw {name}-ro {name}-r {name}-any", accounts="{name}", labelled="spec.inheritedMetadata.labels",
        secrets="{name}-app {name}-ca {name}-replication {name}-server {name}-superuser {name}-pull-secret",
    ),
    ("postgresql.cnpg.io", "Pooler"): _maker(
        "cnpg.io/poolerName={name} cnpg.io/podRole=pooler", services="{name}", accounts="{name}",
        labelled="spec.template.metadata.labels",
    ),
    ("postgresql.cnpg.io", "Database"): _maker(),
    ("monitoring.coreos.com", "Prometheus"): _prometheus("prometheus", "prometheus"),
    ("monitoring.coreos.com", "PrometheusAgent"): _prometheus("prometheus-agent", "prometheus"),
    ("monitoring.coreos.com", "Alertmanager"): _prometheus("alertmanager", "alertmanager"),
    ("monitoring.coreos.com", "ThanosRuler"): _prometheus("thanos-ruler", "thanos-ruler"),
    **{("operator.victoriametrics.com", kind): _victoria(kind.lower())
       for kind in ("VMSingle", "VMAgent", "VMAlert", "VMAlertmanager", "VMAuth")},
    ("kafka.strimzi.io", "Kafka"): _strimzi(
        "Kafka", "{name}-kafka-bootstrap {name}-kafka-brokers {name}-zookeeper-client {name}-zookeeper-nodes",
        "{name}-cluster-ca-cert {name}-cluster-ca {name}-clients-ca-cert {name}-clients-ca "
        "{name}-cluster-operator-certs",
    ),
    ("kafka.strimzi.io", "KafkaConnect"): _strimzi("KafkaConnect", "{name}-connect-api"),
    ("kafka.strimzi.io", "KafkaBridge"): _strimzi("KafkaBridge", "{name}-bridge-service"),
    ("kafka.strimzi.io", "KafkaMirrorMaker2"): _strimzi("KafkaMirrorMaker2", "{name}-mirrormaker2-api"),
    ("kafka.strimzi.io", "KafkaUser"): _maker(secrets="{name}"),
    ("elasticsearch.k8s.elastic.co", "Elasticsearch"): _elastic(
        "elasticsearch", "es", "{name}-es-elastic-user {name}-es-http-certs-public {name}-es-http-certs-internal"
    ),
    ("kibana.k8s.elastic.co", "Kibana"): _elastic("kibana", "kb", "{name}-kb-http-certs-public"),
    ("rabbitmq.com", "RabbitmqCluster"): _maker(
        "app.kubernetes.io/name={name} app.kubernetes.io/component=rabbitmq app.kubernetes.io/part-of=rabbitmq",
        services="{name} {name}-nodes", secrets="{name}-default-user {name}-erlang-cookie", accounts="{name}-server",
        labelled="metadata.labels",
    ),
    ("rabbitmq.com", "User"): _maker(secrets="{name}-user-credentials"),
    ("acid.zalan.do", "postgresql"): _maker(
        "application=spilo cluster-name={name} spilo-role=master", "application=spilo cluster-name={name} "
        "spilo-role=replica", services="{name} {name}-repl {name}-pooler", labelled="metadata.labels",
        secrets="postgres.{name}.credentials.postgresql.acid.zalan.do",
    ),
    ("postgres-operator.crunchydata.com", "PostgresCluster"): _maker(
        *(f"postgres-operator.crunchydata.com/cluster={{name}} postgres-operator.crunchydata.com/role={role}"
          for role in ("master", "replica", "pgbouncer")),
        services="{name}-primary {name}-replicas {name}-pgbouncer {name}-ha",
        secrets="{name}-pguser-{name} {name}-cluster-cert", labelled="spec.metadata.labels",
    ),
    ("minio.min.io", "Tenant"): _maker(
        "v1.min.io/tenant={name}", services="minio {name}-hl {name}-console", labelled="spec.pools.labels"
    ),
    ("k8s.keycloak.org", "Keycloak"): _maker(
        "app=keycloak app.kubernetes.io/managed-by=keycloak-operator app.kubernetes.io/instance={name}",
        services="{name}-service {name}-discovery", secrets="{name}-initial-admin",
    ),
    ("databases.spotahome.com", "RedisFailover"): _maker(
        *(f"app.kubernetes.io/name={{name}} app.kubernetes.io/component={part} app.kubernetes.io/part-of=redis-failover"
          for part in ("redis", "sentinel")),
        services="rfs-{name} rfr-{name} rfrm-{name} rfrs-{name}", labelled="metadata.labels",
    ),
    ("redis.redis.opstreelabs.in", "Redis"): _maker("app={name} role=standalone", services="{name} {name}-headless"),
    ("redis.redis.opstreelabs.in", "RedisReplication"): _maker("app={name}", services="{name} {name}-headless"),
    ("mysql.oracle.com", "InnoDBCluster"): _maker(
        "component=mysqld mysql.oracle.com/cluster={name}", "component=mysqlrouter mysql.oracle.com/cluster={name}",
        services="{name} {name}-instances",
    ),
    ("mongodbcommunity.mongodb.com", "MongoDBCommunity"): _maker("app={name}-svc", services="{name}-svc"),
    ("cassandra.datastax.com", "CassandraDatacenter"): _maker("cassandra.datastax.com/datacenter={name}"),
    ("clickhouse.altinity.com", "ClickHouseInstallation"): _maker(
        "clickhouse.altinity.com/chi={name} clickhouse.altinity.com/app=chop", services="clickhouse-{name}"
    ),
    ("opentelemetry.io", "OpenTelemetryCollector"): _maker(
        "app.kubernetes.io/name={name}-collector app.kubernetes.io/component=opentelemetry-collector",
        services="{name}-collector {name}-collector-headless {name}-collector-monitoring",
        accounts="{name}-collector", labelled="metadata.labels",
    ),
    ("jaegertracing.io", "Jaeger"): _maker(
        "app=jaeger app.kubernetes.io/instance={name} app.kubernetes.io/part-of=jaeger",
        services="{name}-query {name}-collector {name}-agent",
    ),
    ("grafana.integreatly.org", "Grafana"): _maker(
        "app={name}", services="{name}-service", secrets="{name}-admin-credentials", accounts="{name}-sa"
    ),
    ("ray.io", "RayCluster"): _maker("ray.io/cluster={name}", services="{name}-head-svc"),
    ("serving.knative.dev", "Service"): _maker("serving.knative.dev/service={name}", services="{name}"),
    ("gateway.networking.k8s.io", "Gateway"): _maker(
        "gateway.networking.k8s.io/gateway-name={name}", services="{name} {name}-istio", accounts="{name}-istio"
    ),
    ("cert-manager.io", "Certificate"): _maker(named="spec.secretName"),
    **{("cert-manager.io", kind): _maker(
        "acme.cert-manager.io/http01-solver=true",
        named="spec.acme.privateKeySecretRef.name") for kind in ("Issuer", "ClusterIssuer")},
    **{("secrets.hashicorp.com", kind): _maker(named="spec.destination.name")
       for kind in ("VaultStaticSecret", "VaultDynamicSecret", "VaultPKISecret", "HCPVaultSecretsApp")},
    ("secrets-store.csi.x-k8s.io", "SecretProviderClass"): _maker(named="spec.secretObjects.secretName"),
    ("onepassword.com", "OnePasswordItem"): _maker(secrets="{name}"),
    ("secrets.infisical.com", "InfisicalSecret"): _maker(
        named="spec.managedSecretReference.secretName spec.managedKubeSecretReferences.secretName"
    ),
    ("secrets.doppler.com", "DopplerSecret"): _maker(named="spec.managedSecret.name"),
    ("isindir.github.com", "SopsSecret"): _maker(named="spec.secretTemplates.name"),
    ("external-secrets.io", "ClusterExternalSecret"): _maker(
        named="spec.externalSecretName spec.externalSecretSpec.target.name"
    ),
    ("bitnami.com", "SealedSecret"): _maker(secrets="{name}"),
    ("", "Secret"): _maker(secrets="{name}"),
    ("cdi.kubevirt.io", "DataVolume"): _maker(claims="{name}"),
}  # fmt: skip
"""By group and kind of the resource."""
