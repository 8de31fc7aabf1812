"""The database servers of the other systems: where they run, how many, how large, and what they log."""

import ipaddress

import pytest

from tests.demands.reach import reach
from tests.demands.rendered import (
    STAGES,
    container,
    manifests,
    named,
    pod,
    ports,
    secret_files,
    settings,
    variables,
    workload,
)
from tests.demands.stores import composed, file_text, server_settings
from tests.demands.variants import with_settings

PINKY, CARBON, AGENTS = "pinky-promise", "carbon254", "agents"
PIPELINE = ("normalization", "enrichment", "aggregation", "projection")


@pytest.mark.demand("DBS-11", partly="the content of the vault in prod is not checked")
@pytest.mark.parametrize("service", ["postgresql", "postgresql-replica"])
def test_the_managed_database_has_a_private_address(service: str) -> None:
    """X-58: the database runs outside, behind one address that is modelled as a row of its own."""
    stack = manifests(PINKY, "prod")
    spec = named(stack, "Service", service)["spec"]
    assert "selector" not in spec, "the name selects no pod"
    assert [port["port"] for port in spec["ports"]] == [5432], "PostgreSQL answers there"
    (slice_,) = [one for one in stack if one["kind"] == "EndpointSlice"
                 and one["metadata"]["labels"]["kubernetes.io/service-name"] == service]  # fmt: skip
    for endpoint in slice_["endpoints"]:
        for address in endpoint["addresses"]:
            assert ipaddress.ip_address(address).is_private, f"{address} is on the private network"


@pytest.mark.demand("DBS-11", partly="the content of the vault in prod is not checked")
def test_no_server_of_our_own_stands_beside_the_managed_one() -> None:
    """X-58: the in-cluster server is dev's, where the environment gives no address."""
    images = [one["image"] for target in manifests(PINKY, "prod") if target["kind"] == "StatefulSet"
              for one in target["spec"]["template"]["spec"]["containers"]]  # fmt: skip
    assert not any("postgres" in image for image in images), "StatefulSets of prod hold no PostgreSQL"
    assert not [one for one in manifests(PINKY, "prod") if one["kind"] == "Cluster"], "and the operator runs none"


@pytest.mark.demand("DBS-11", partly="the content of the vault in prod is not checked")
def test_connections_to_the_managed_database_are_encrypted() -> None:
    for name in ("database-url", "database-read-url"):
        assert composed(PINKY)[name].endswith("?sslmode=require"), f"{name} names an encrypted connection"


@pytest.mark.demand("DBS-11", partly="the content of the vault in prod is not checked")
def test_only_the_backend_and_the_dump_reach_the_managed_database() -> None:
    judged = reach(PINKY, "prod")
    ours = [one.id.rpartition("/")[2] for one in judged.pods if one.namespace.startswith(PINKY)]
    for address in ("10.20.0.5/32", "10.20.0.6/32"):
        callers = {name for name in ours if judged.why(name, address, 5432).allowed}
        assert callers == {"backend", "database-backup"}, f"{address} has no other callers"


@pytest.mark.demand("DBS-12", partly="the content of the vault in prod is not checked")
def test_reads_go_to_a_service_of_their_own() -> None:
    given = settings(PINKY, "prod", "backend")["database"]
    files = secret_files(PINKY, "prod", "backend")
    for key, secret in (("write_url_file", "database-url"), ("read_url_file", "database-read-url")):
        assert given[key] == f"/run/secrets/{secret}", "the configuration names the file"
        assert files[secret] == secret, "which the pod mounts"
    assert "@postgresql-replica:5432/" in composed(PINKY)["database-read-url"], "and which names the replicas"
    assert "@postgresql:5432/" in composed(PINKY)["database-url"], "writes go to the primary"
    slices = {one["metadata"]["labels"]["kubernetes.io/service-name"]: one["endpoints"]
              for one in manifests(PINKY, "prod") if one["kind"] == "EndpointSlice"}  # fmt: skip
    assert len(slices["postgresql-replica"]) >= 1, "there is a replica"
    assert slices["postgresql-replica"] != slices["postgresql"], "at another address than the primary's"


@STAGES
@pytest.mark.demand("DBS-21")
def test_the_pipeline_consumes_from_a_broker_in_the_cluster(stage: str) -> None:
    """X-72: a single node in dev, three in prod, and a row from each of the four services."""
    broker = workload(CARBON, stage, "kafka")
    assert broker["spec"]["replicas"] == {"dev": 1, "prod": 3}[stage], "as resolved"
    assert 9092 in ports(container(CARBON, stage, "kafka")), "it listens on Kafka's port"
    assert set(PIPELINE) <= reach(CARBON, stage).sources("kafka", 9092), "all four may connect"
    for name in PIPELINE:
        kafka = settings(CARBON, stage, name)["kafka"]
        assert kafka["bootstrap_servers"] == "kafka:9092", f"{name} connects to the broker"
        assert kafka["consume"], f"{name} consumes a topic"


@pytest.mark.demand("DBS-23")
def test_a_primary_two_replicas_and_a_backup_run() -> None:
    """X-91: one cluster of three servers, of which CloudNativePG makes one the primary."""
    spec = named(manifests(AGENTS, "prod"), "Cluster", "postgres-primary")["spec"]
    assert spec["instances"] == 3, "one primary and two replicas"
    served = {one["serviceTemplate"]["metadata"]["name"]: one["selectorType"]
              for one in spec["managed"]["services"]["additional"]}  # fmt: skip
    assert served == {"postgres-primary": "rw", "postgres-replica": "ro"}, "by the seed's two names"
    assert spec["postgresql"]["synchronous"]["number"] == 1, "a commit waits for one replica"
    assert spec["affinity"]["podAntiAffinityType"] == "required", "each has a node of its own"
    backup = workload(AGENTS, "prod", "postgres-backup")
    assert backup["kind"] == "CronJob", "dumps are made on a schedule"
    claims = [one["persistentVolumeClaim"]["claimName"] for one in pod(AGENTS, "prod", "postgres-backup")["volumes"]
              if "persistentVolumeClaim" in one]  # fmt: skip
    assert claims == ["postgres-backup-backups"], "and kept on a volume apart from the servers'"


@STAGES
@pytest.mark.demand("DBS-27")
def test_queries_are_tracked_and_batched(stage: str) -> None:
    found = server_settings(AGENTS, stage, "postgres-primary")
    assert found["pg_stat_statements.track"] == "all", "every statement is counted and timed"
    assert int(found["pg_stat_statements.max"]) >= 5000, "and not forgotten among others"
    given = settings(AGENTS, stage, "app")["database"]
    assert given["track_queries"] is True, "the application times its queries"
    assert given["batch_size"] == 500, "and sends several rows at once"


@pytest.mark.demand("DBS-27")
def test_statistics_of_dev_are_preloaded_and_exported() -> None:
    """In prod the operator preloads the library where its parameters are set, and exports from the server's pod."""
    conf = server_settings(AGENTS, "dev", "postgres-primary")
    assert conf["shared_preload_libraries"] == "pg_stat_statements", "the library must be there when the server starts"
    script = file_text(AGENTS, "dev", "postgres-primary", "/scripts/postgresql-start.sh")
    assert "CREATE EXTENSION IF NOT EXISTS pg_stat_statements" in script, "and its view in the database"
    (exporter,) = [one for one in pod(AGENTS, "dev", "postgres-primary")["containers"] if one["name"] == "exporter"]
    assert 9187 in ports(exporter), "the exporter serves what it finds"
    address = dict(part.split("=") for part in variables(exporter)["DATA_SOURCE_NAME"].split())
    assert (address["host"], address["port"]) == (conf["unix_socket_directories"], conf["port"]), "about this server"
    assert address["host"] in {one["mountPath"] for one in exporter["volumeMounts"]}, "whose socket it sees"
    assert address["dbname"] == "agents", "about this database"
    assert f"GRANT pg_monitor TO {address['user']};" in script, "as a role that may read what it counts"


@STAGES
@pytest.mark.demand("DBS-27")
def test_the_servers_statistics_are_scraped(stage: str) -> None:
    kind, field = {"dev": ("ServiceMonitor", "endpoints"), "prod": ("PodMonitor", "podMetricsEndpoints")}[stage]
    (scraped,) = named(manifests(AGENTS, stage), kind, "postgres-primary")["spec"][field]
    assert (scraped["port"], scraped["interval"]) == ("metrics", "15s"), "like all of this system"
    assert "prometheus" in reach(AGENTS, stage).sources("postgres-primary", 9187), "and Prometheus is let in"


@STAGES
@pytest.mark.demand("DBS-30")
@pytest.mark.parametrize(("profile", "cpu", "memory"), [("baseline", "4", "16Gi"), ("load-150", "8", "64Gi")])
def test_a_sizing_profile_gives_the_server_its_size(stage: str, profile: str, cpu: str, memory: str) -> None:
    stack = with_settings(AGENTS, stage, sizeProfile=profile)
    if stage == "prod":
        resources = named(stack, "Cluster", "postgres-primary")["spec"]["resources"]
    else:
        server = named(stack, "StatefulSet", "postgres-primary")["spec"]["template"]["spec"]["containers"][0]
        resources = server["resources"]
    assert resources["limits"].items() >= {"cpu": cpu, "memory": memory}.items(), f"what {profile} needs"


@pytest.mark.demand("DBS-30")
def test_prod_is_shipped_for_150_requests_a_second() -> None:
    found = named(manifests(AGENTS, "prod"), "Cluster", "postgres-primary")["spec"]["resources"]["limits"]
    assert found == {"cpu": "8", "memory": "64Gi"}, "the rate that the system promises"
