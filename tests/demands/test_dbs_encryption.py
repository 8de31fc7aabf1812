"""agents: every connection to the database is encrypted, and the server logs connections and changes."""

import pytest

from tests.demands.rendered import STAGES, manifests, named, pod, settings
from tests.demands.stores import composed, file_text, pooler_settings, server_settings

SYSTEM = "agents"


@pytest.mark.demand("DBS-29")
def test_the_server_of_dev_takes_encrypted_connections_only() -> None:
    conf = server_settings(SYSTEM, "dev", "postgres-primary")
    assert conf["ssl"] == "on", "the server offers TLS"
    rules = file_text(SYSTEM, "dev", "postgres-primary", "/etc/postgresql/pg_hba.conf").splitlines()
    assert rules == [
        "local all postgres peer",
        "local all quadrant_exporter peer map=exporter",
        "hostssl all all all scram-sha-256",
    ], "whoever comes over the network without TLS matches no rule"
    certificate = named(manifests(SYSTEM, "dev"), "Certificate", "postgres-primary-tls")["spec"]
    secrets = [one["secret"]["secretName"] for one in pod(SYSTEM, "dev", "postgres-primary")["volumes"]
               if one["name"] == "tls"]  # fmt: skip
    assert secrets == [certificate["secretName"]], "key and certificate come from the system's authority"


@pytest.mark.demand("DBS-29")
def test_the_socket_without_encryption_stays_in_the_pod_of_dev() -> None:
    identities = file_text(SYSTEM, "dev", "postgres-primary", "/etc/postgresql/pg_ident.conf").splitlines()
    assert identities == ["exporter postgres quadrant_exporter"], "the pod's own account becomes the exporter, no other"
    directory = server_settings(SYSTEM, "dev", "postgres-primary")["unix_socket_directories"]
    spec = pod(SYSTEM, "dev", "postgres-primary")
    mounted = {one["name"]: mount["name"] for one in spec["containers"] for mount in one["volumeMounts"]
               if mount["mountPath"] == directory}  # fmt: skip
    assert mounted.keys() == {"postgres-primary", "exporter"}, "both containers see it"
    (volume,) = [one for one in spec["volumes"] if one["name"] in mounted.values()]
    assert "emptyDir" in volume, "and no other pod, nor the node's own programs"


@pytest.mark.demand("DBS-29")
def test_the_server_of_prod_takes_encrypted_connections_only() -> None:
    """X-91: CloudNativePG turns TLS on by itself; the rule goes before its last one, which would take any transport."""
    spec = named(manifests(SYSTEM, "prod"), "Cluster", "postgres-primary")["spec"]["postgresql"]
    assert spec["pg_hba"] == ["hostnossl all all all reject"], "whoever comes without TLS is refused"
    assert spec["parameters"].get("ssl", "on") == "on", "nothing turns it off"


@pytest.mark.demand("DBS-29")
def test_the_pooler_of_dev_is_no_gap() -> None:
    _, conf = pooler_settings(SYSTEM, "dev", "pgbouncer")
    assert conf["client_tls_sslmode"] == "require", "from the application to the pooler"
    assert conf["server_tls_sslmode"] == "require", "and from there to the server"
    mounts = pod(SYSTEM, "dev", "pgbouncer")["containers"][0]["volumeMounts"]
    assert conf["client_tls_key_file"].rpartition("/")[0] in {one["mountPath"] for one in mounts}, "its key is there"


@pytest.mark.demand("DBS-29")
def test_the_pooler_of_prod_is_no_gap() -> None:
    """X-91: the operator gives its pooler a certificate, and lets it verify the server's."""
    found = named(manifests(SYSTEM, "prod"), "Pooler", "pgbouncer")["spec"]["pgbouncer"]
    assert found["pg_hba"] == ["hostnossl all all 0.0.0.0/0 reject", "hostnossl all all ::/0 reject"], (
        "clients without TLS are refused"
    )
    assert not [key for key in found["parameters"] if "tls" in key], "nothing weakens what the operator sets"


@pytest.mark.demand("DBS-29")
def test_every_client_asks_for_encryption() -> None:
    found = composed(SYSTEM)
    assert found["database-url"].endswith("?sslmode=require"), "the application"
    sections = found["pg_service.conf"].split("[")[1:]
    assert all("sslmode=require" in section for section in sections), "and the jobs, by either way"


@STAGES
@pytest.mark.demand("DBS-29")
def test_access_to_the_database_is_logged(stage: str) -> None:
    conf = server_settings(SYSTEM, stage, "postgres-primary")
    assert (conf["log_connections"], conf["log_disconnections"]) == ("on", "on"), "who came, and when they left"
    assert conf["log_statement"] in {"ddl", "mod", "all"}, "and what they changed about the tables"
    assert settings(SYSTEM, stage, "app")["logging"]["request_ids"] is True, "the logs distinguish requests"
