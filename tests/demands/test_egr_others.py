"""The ways out of motovault-phase4, agents and pinky-promise."""

import ipaddress

import pytest

from tests.demands.gateway import exits, outside_hosts
from tests.demands.reach import matrix, reach
from tests.demands.rendered import STAGES, manifests, named, settings

PHASE4, AGENTS, PINKY = "motovault-phase4", "agents", "pinky-promise"
EGRESS = "traefik-egress"
PUBLIC, METADATA = "203.0.113.10/32", "169.254.169.254/32"


@STAGES
@pytest.mark.demand("EGR-07", partly="no request goes through the egress Traefik")
def test_the_application_reaches_its_issuer_through_the_egress_traefik_only(stage: str) -> None:
    """X-32: the open rule is dropped, and port 80 stays closed."""
    judged = reach(PHASE4, stage)
    assert not judged.outside("motovault"), "no address is open to it, on 443 or 80"
    for address in (PUBLIC, METADATA, "10.0.0.1/32"):
        for port in (443, 80):
            assert not judged.why("motovault", address, port).allowed, f"a call of {address}:{port} is refused"
    assert judged.why("motovault", EGRESS, 9001).allowed, "the issuer is called through the way out"
    assert judged.sources(EGRESS, 9001) == {"motovault"}, "which no other caller may use"
    assert outside_hosts(PHASE4, stage)[":9001"] == "motovaultpro.us.auth0.com:443", "it leads to the issuer"
    assert judged.why(EGRESS, "internet", 443).allowed, "over HTTPS"
    assert not judged.why(EGRESS, "internet", 80).allowed, "port 80 is off"
    issuer = settings(PHASE4, stage, "motovault")["oidc"]["issuer"]
    assert issuer == "https://motovaultpro.us.auth0.com/", "the address that the application calls"


@STAGES
@pytest.mark.demand("EGR-08")
def test_only_external_secrets_reaches_the_vault(stage: str) -> None:
    """Dev generates its secrets and has no door to the vault."""
    judged = reach(PHASE4, stage)
    leading = {port for port, host in outside_hosts(PHASE4, stage).items() if host.startswith("vault.example.com")}
    if stage == "dev":
        assert not leading, "nothing leads there"
        return
    assert outside_hosts(PHASE4, stage)[":9002"] == "vault.example.com:443", "the vault's door"
    assert leading == {":9002"}, "there is one"
    assert judged.sources(EGRESS, 9002) == {"external-secrets"}, "and one controller may use it"
    peers = matrix(manifests(PHASE4, stage))["peers"]
    own = {one.partition("/")[2] for one, peer in peers.items() if peer["kind"] == "workload"} - {EGRESS}
    outside = {address for name in own for address in judged.outside(name)}
    assert outside == {"api-server"}, "no workload has a way around it; Traefik and the database's manager ask the API"
    servers = {one["spec"]["provider"]["vault"]["server"] for one in manifests(PHASE4, stage)
               if one["kind"] == "SecretStore"}  # fmt: skip
    assert servers == {"https://vault.example.com"}, "the address that the controller calls"


@STAGES
@pytest.mark.demand("EGR-09", partly="no test sends an eleventh call")
def test_the_model_is_called_through_one_door_ten_times_at_once(stage: str) -> None:
    assert outside_hosts(AGENTS, stage)[":9001"] == "api.openai.com:443", "the host as declared"
    judged = reach(AGENTS, stage)
    assert judged.sources(EGRESS, 9001) == {"app"}, "the application alone calls it"
    assert not judged.outside("app"), "it has no other way"
    routes = exits(AGENTS, stage)["http"]
    guard = next(name for name in routes["routers"]["openai"]["middlewares"] if name.endswith("-in-flight"))
    found = routes["middlewares"][guard]["inFlightReq"]
    assert found["amount"] == {"dev": 10, "prod": 5}[stage], "ten in all, in prod shared by two copies"
    assert found["sourceCriterion"] == {"requestHost": True}, "whoever calls counts"
    assert settings(AGENTS, stage, "app")["openai"]["base_url"] == "http://egress-openai:9001/v1", "the base URL"


@STAGES
@pytest.mark.demand("EGR-09", partly="no test sends an eleventh call")
def test_external_calls_end_after_their_timeouts(stage: str) -> None:
    read = settings(AGENTS, stage, "app")
    breakers = read["circuit_breakers"]["timeouts_seconds"]
    assert (breakers["openai"], breakers["external"]) == (60, 120), "the application's breakers"
    assert read["bulkheads"]["external"]["concurrent"] == 10, "and its own bound of concurrent calls"
    transports = exits(AGENTS, stage)["http"]["serversTransports"]
    patience = {name: one["forwardingTimeouts"]["responseHeaderTimeout"] for name, one in transports.items()}
    others = {"pagerduty": "120s", "slack": "120s"} if stage == "prod" else {}
    assert patience == {"openai": "60s", **others}, "the way out waits no longer than the callers"


@pytest.mark.demand("EGR-10")
def test_only_alertmanager_reaches_the_alert_destinations() -> None:
    hosts = outside_hosts(AGENTS, "prod")
    assert hosts[":9002"] == "events.pagerduty.com:443", "whoever is on duty is called"
    assert hosts[":9003"] == "hooks.slack.com:443", "alerts reach the team"
    judged = reach(AGENTS, "prod")
    for port in (9002, 9003):
        assert judged.sources(EGRESS, port) == {"alertmanager"}, f"{port} refuses every other source"
    assert set(hosts) == {":9001", ":9002", ":9003"}, "there is no other door"


@pytest.mark.demand("EGR-12")
def test_the_managed_database_is_reached_on_private_addresses_only() -> None:
    """X-58: an external database is one private address on 5432, an edge of its own; so is its read replica."""
    stack = manifests(PINKY, "prod")
    addresses = {
        service: [ip for one in named(stack, "EndpointSlice", f"{service}-external")["endpoints"]
                  for ip in one["addresses"]]
        for service in ("postgresql", "postgresql-replica")
    }  # fmt: skip
    assert addresses == {"postgresql": ["10.20.0.5"], "postgresql-replica": ["10.20.0.6"]}, "one address each"
    blocks = matrix(stack)["peers"]["postgresql"]["blocks"]
    assert {one["cidr"] for one in blocks} == {"10.20.0.5/32", "10.20.0.6/32"}, "the policies name these and no network"
    assert all(ipaddress.ip_network(one["cidr"]).is_private for one in blocks), "not over the internet"
    assert not [one for one in stack if one["kind"] in ("Cluster", "StatefulSet")
                and one["metadata"]["name"] == "postgresql"], "no database runs beside it"  # fmt: skip


@pytest.mark.demand("EGR-12")
def test_clients_of_the_managed_database_reach_nothing_else_outside() -> None:
    """X-58: a private TCP address is an explicit edge beside the egress Traefik."""
    judged = reach(PINKY, "prod")
    for name in ("backend", "database-backup"):
        assert judged.outside(name) == {"postgresql"}, f"{name} reaches the database's addresses"
        assert {port for target, port in judged.targets(name) if target == "postgresql"} == {5432}, "on one port"
    assert not judged.outside("frontend"), "the browser application's server does not"
    assert "postgresql" not in judged.outside(EGRESS), "nor is the way out a way to the database"
