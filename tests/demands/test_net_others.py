"""The networks of motovault-phase4, pinky-promise and agents."""

import pytest

from quadrant_platform.reachability import Pod
from tests.demands.reach import FOREIGN, NEIGHBOURS, reach, reach_of
from tests.demands.rendered import STAGES, breaks, labels, manifests, named, refusals, refused, workload

PHASE4, PINKY, AGENTS = "motovault-phase4", "pinky-promise", "agents"


@STAGES
@pytest.mark.demand("NET-20")
def test_the_application_takes_requests_from_traefik_only(stage: str) -> None:
    """X-30: Traefik's namespace takes the place of nginx-ingress. X-31: Prometheus reads a port of its own."""
    target = workload(PHASE4, stage, "motovault")
    assert target["metadata"]["namespace"] == "motovault", "the application keeps its namespace"
    assert labels(PHASE4, stage, "motovault")["app"] == "motovault", "and the label by which it is selected"
    judged = reach(PHASE4, stage)
    assert judged.sources("motovault", 8080) == {"traefik"}, "8080 is open to the ingress controller only"
    assert judged.sources("motovault", 9464) == {"prometheus"}, "metrics are open to their reader only"
    policy = named(manifests(PHASE4, stage), "NetworkPolicy", "motovault")["spec"]
    assert set(policy["policyTypes"]) == {"Ingress", "Egress"}, "both directions are restricted"


@STAGES
@pytest.mark.demand("NET-21")
def test_the_application_reaches_its_three_stores(stage: str) -> None:
    """X-31: names resolve too. X-32: the issuer is called through the way out, and no address directly.

    X-33: the stores stand in the database segment, where policies select them as well.
    """
    expected = {("postgresql", 5432), ("redis", 6379), ("minio-service", 9000), ("traefik-egress", 9001)}
    judged = reach(PHASE4, stage)
    assert judged.targets("motovault") == expected, "every other port in the cluster is refused"
    assert ("dns", 53) in {(edge.target, edge.port) for edge in judged.edges if edge.source == "motovault"}, (
        "without name resolution it would find none of them"
    )
    assert not judged.outside("motovault"), "no address outside is open to it"


@STAGES
@pytest.mark.demand("NET-21")
def test_the_stores_answer_nobody_else(stage: str) -> None:
    judged = reach(PHASE4, stage)
    assert judged.sources("redis", 6379) == {"motovault"}, "the cache has one client"
    assert judged.sources("minio-service", 9000) == {"motovault"}, "the object store has one client"
    jobs = {"create-indexes", "database-backup"} | ({"cnpg"} if stage == "prod" else set())
    assert judged.sources("postgresql", 5432) == {"motovault"} | jobs, "the database has one client beside its jobs"


@STAGES
@pytest.mark.demand("NET-23", partly="objects of ours are in the namespace monitoring, which has no default-deny")
def test_every_namespace_denies_by_default(stage: str) -> None:
    stack = manifests(PINKY, stage)
    made = {one["metadata"]["name"] for one in stack if one["kind"] == "Namespace"}
    denied = {
        one["metadata"]["namespace"]: one["spec"]
        for one in stack
        if one["kind"] == "NetworkPolicy" and one["metadata"]["name"] == "default-deny"
    }
    assert set(denied) == made, "no namespace is left open"
    for namespace, spec in denied.items():
        assert spec["podSelector"] == {}, f"{namespace}: every pod is meant"
        assert set(spec["policyTypes"]) == {"Ingress", "Egress"}, f"{namespace}: in both directions"
        assert not spec.get("ingress"), f"{namespace}: a rule would let traffic in"
        assert not spec.get("egress"), f"{namespace}: a rule would let traffic out"
    assert not breaks(PINKY, stage, "default-deny-everywhere"), "and the pack agrees"


@STAGES
@pytest.mark.demand("NET-23", partly="objects of ours are in the namespace monitoring, which has no default-deny")
@pytest.mark.parametrize("namespace", ["pinky-promise-frontend", "pinky-promise-backend", "pinky-promise-database"])
def test_a_namespace_without_default_deny_is_refused(stage: str, namespace: str) -> None:
    stack = [one for one in manifests(PINKY, stage)
             if (one["metadata"]["name"], one["metadata"].get("namespace")) != ("default-deny", namespace)]  # fmt: skip
    assert refused(stack, "default-deny-everywhere") == {namespace}, "the pack names the open namespace"


@STAGES
@pytest.mark.demand("NET-23", partly="objects of ours are in the namespace monitoring, which has no default-deny")
def test_allow_rules_are_granular(stage: str) -> None:
    for policy in [one for one in manifests(PINKY, stage) if one["kind"] == "NetworkPolicy"]:
        spec, name = policy["spec"], policy["metadata"]["name"]
        for rule in (*spec.get("ingress", ()), *spec.get("egress", ())):
            peers = rule.get("from") or rule.get("to")
            assert peers, f"{name}: a rule without peers means everybody"
            assert rule.get("ports"), f"{name}: a rule without ports means all of them"
            whole = [peer for peer in peers if "ipBlock" not in peer and not peer.get("podSelector")]
            assert not whole, f"{name}: a whole namespace is no single peer"


@STAGES
@pytest.mark.demand("NET-24")
def test_the_ingress_reaches_frontend_and_backend(stage: str) -> None:
    """X-50: the diagram's way from the ingress to Redis is refused."""
    judged = reach(PINKY, stage)
    assert judged.sources("frontend", 8080) == {"traefik"}, "pages are served through the ingress"
    assert judged.sources("backend", 5001) == {"traefik"}, "and so is the API"
    assert judged.sources("redis-cache", 6379) == {"backend"}, "the cache serves the backend, not the ingress"


@STAGES
@pytest.mark.demand("NET-24")
def test_the_backend_reaches_cache_and_database(stage: str) -> None:
    """X-58: in prod the database is outside, behind one private address and that of its replica."""
    judged = reach(PINKY, stage)
    assert judged.targets("backend") == {("redis-cache", 6379), ("postgresql", 5432)}, "these two and nothing else"
    for address in ("10.20.0.5/32", "10.20.0.6/32") if stage == "prod" else ():
        assert judged.why("backend", address, 5432).allowed, f"{address} is the managed database"
        assert not judged.why("frontend", address, 5432).allowed, "and not the frontend's business"


@STAGES
@pytest.mark.demand("NET-24")
def test_the_frontend_pod_cannot_call_the_backend(stage: str) -> None:
    """X-53: the seed's probe of backend:5001 from a frontend pod is expected to be refused."""
    verdict = reach(PINKY, stage).why("frontend", "backend", 5001)
    assert not verdict.allowed, "a browser calls the API through the ingress"
    assert len(verdict.missing) == 2, "the frontend is not let out and the backend lets it not in"


@pytest.mark.demand("NET-25", partly="no setting limits the networks that reach the API endpoint")
def test_the_public_entry_admits_authorised_networks_only() -> None:
    networks = ["198.51.100.0/24", "203.0.113.0/24"]
    spec = named(manifests(PINKY, "prod"), "Service", "traefik")["spec"]
    assert spec["loadBalancerSourceRanges"] == networks, "the cloud's firewall drops everybody else"
    assert spec["externalTrafficPolicy"] == "Local", "clients keep their addresses, so that policies can judge them"
    judged = reach(PINKY, "prod")
    for port in (8000, 8443):
        assert judged.sources("traefik", port) == {"public", "203.0.113.10/32"}, "and so does the NetworkPolicy"
        assert not judged.why("192.0.2.77", "traefik", port).allowed, "an address outside the list is refused"
        assert judged.why("198.51.100.7", "traefik", port).allowed, "one inside it is served"


@pytest.mark.demand("NET-25", partly="no setting limits the networks that reach the API endpoint")
def test_the_api_endpoint_is_open_to_its_watcher_only() -> None:
    judged = reach(PINKY, "prod")
    ours = {pod.id.rpartition("/")[2] for pod in judged.pods if pod.namespace.startswith(PINKY)}
    for port in (443, 6443):
        callers = {edge.source for edge in judged.edges if (edge.target, edge.port) == ("api-server", port)} & ours
        assert callers == {"traefik"}, "Traefik reads routes there; no other pod reaches the Kubernetes API"


@pytest.mark.demand("NET-25", partly="no setting limits the networks that reach the API endpoint")
def test_no_node_is_opened_to_the_outside() -> None:
    for policy in ("service-exposure", "no-host-ports", "no-host-namespaces"):
        assert not breaks(PINKY, "prod", policy), f"private nodes: the stack keeps to {policy}"
    opened = refusals(named(manifests(PINKY, "prod"), "Service", "backend"), "spec/type", "NodePort")
    assert "service-exposure" in opened, "and the pack refuses a port of the nodes"


@STAGES
@pytest.mark.demand("NET-26")
def test_the_application_reaches_the_database_through_the_pooler_only(stage: str) -> None:
    """X-91: in prod the operator's pooler listens on 5432 behind a Service on 6432, which clients call."""
    judged = reach(AGENTS, stage)
    port = 6432 if stage == "dev" else 5432
    assert judged.targets("app") == {("pgbouncer", port), ("traefik-egress", 9001)}, "the pooler, and the way out"
    assert "app" in judged.sources("pgbouncer", port), "the pooler lets it in"
    assert not judged.why("app", "postgres-primary", 5432).allowed, "the server itself is refused"
    assert len(judged.why("app", "postgres-primary", 5432).missing) == 2, "at both ends"


@STAGES
@pytest.mark.demand("NET-26")
def test_clients_know_the_pooler_by_port_6432(stage: str) -> None:
    stack = manifests(AGENTS, stage)
    if stage == "dev":
        spec = named(stack, "Service", "pgbouncer")["spec"]
    else:
        spec = named(stack, "Pooler", "pgbouncer")["spec"]["serviceTemplate"]["spec"]
    assert 6432 in {port["port"] for port in spec["ports"]}, "the port of the connection string is served"


@STAGES
@pytest.mark.demand("NET-26")
def test_the_pooler_goes_on_to_the_primary(stage: str) -> None:
    judged = reach(AGENTS, stage)
    assert judged.why("pgbouncer", "postgres-primary", 5432).allowed, "pooled connections end at the server"
    clients = {"pgbouncer", "migrate", "postgres-backup"} | ({"cnpg"} if stage == "prod" else set())
    assert judged.sources("postgres-primary", 5432) == clients, "beside it, jobs that need sessions of their own"
    assert not {FOREIGN, NEIGHBOURS} & judged.sources("pgbouncer", 6432), "no stranger uses the pool"


@pytest.mark.demand("NET-26")
def test_replicas_copy_from_the_primary() -> None:
    """In prod: replicas are pods of the same cluster, so that one more pod with its labels stands for them."""
    stack = manifests(AGENTS, "prod")
    primary = next(pod for pod in reach(AGENTS, "prod").pods if pod.id.endswith("/postgres-primary"))
    judged = reach_of(stack, (Pod(f"{primary.namespace}/postgres-replica", primary.namespace, primary.labels),))
    assert ("postgres-primary", 5432) in judged.targets("postgres-replica"), "streaming replication needs this"
    assert not judged.why("app", "postgres-replica", 5432).allowed, "and a replica is no way around the pooler"
