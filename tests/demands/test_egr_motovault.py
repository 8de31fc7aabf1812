"""The way out of motovault: three services, three hosts, one Traefik, and no address directly."""

import pytest

from tests.demands.gateway import exits, outside_hosts
from tests.demands.reach import Reach, matrix, reach
from tests.demands.rendered import STAGES, manifests, named, pod, settings

MOTOVAULT = "motovault"
EGRESS = "traefik-egress"
BACKEND, TENANTS, VEHICLES = "admin-backend", "mvp-platform-tenants", "mvp-platform-vehicles-api"
AUTH0, MAPS, VPIC = 9001, 9002, 9003
DATABASES = {"admin-postgres", "platform-postgres", "mvp-platform-vehicles-db"}
"""In prod an operator runs them, and its manager in each pod talks to the API server."""
CALLERS = {AUTH0: {BACKEND, TENANTS}, MAPS: {BACKEND}, VPIC: {BACKEND, VEHICLES}}
PUBLIC = {"203.0.113.10/32", "2001:db8::10/128"}
METADATA = {"169.254.169.254/32", "fd00:ec2::254/128"}


def own(stage: str) -> set[str]:
    """The short names of the system's own workloads."""
    peers = matrix(manifests(MOTOVAULT, stage))["peers"]
    return {name.partition("/")[2] for name, peer in peers.items() if peer["kind"] == "workload"}


def calls(judged: Reach, source: str) -> set[int]:
    """The ports of the egress Traefik that a workload may call."""
    return {port for target, port in judged.targets(source) if target == EGRESS}


@STAGES
@pytest.mark.demand("EGR-01", partly="no request goes through the egress Traefik")
def test_no_workload_reaches_an_address_outside_directly(stage: str) -> None:
    """X-05: a separate Traefik is the way out, and the public one has no rule to the outside but its API server's."""
    judged = reach(MOTOVAULT, stage)
    workloads = own(stage)
    assert {BACKEND, TENANTS, VEHICLES, "admin-frontend", "admin-postgres", EGRESS} <= workloads, "all are judged"
    asking = {"traefik"} | (DATABASES if stage == "prod" else set())
    for name in workloads - {EGRESS} - asking:
        assert not judged.outside(name), f"{name} reaches no address: not public, not private, not metadata"
    for name in asking:
        assert judged.outside(name) == {"api-server"}, (
            f"{name} asks the cluster's API server, and calls nothing outside"
        )
    for address in (*PUBLIC, *METADATA):
        assert not judged.why(BACKEND, address, 443).allowed, f"a direct call of {address} is refused"


@STAGES
@pytest.mark.demand("EGR-01", partly="no request goes through the egress Traefik")
def test_the_way_out_leads_to_public_addresses_only(stage: str) -> None:
    """X-05: the egress Traefik is reached inside the cluster only."""
    judged = reach(MOTOVAULT, stage)
    networks = {name for name in judged.outside(EGRESS) if "/" in name}
    assert networks == PUBLIC, "neither metadata nor private, link-local or own addresses"
    assert {port for target, port in judged.targets(EGRESS)} == {443}, "HTTPS only"
    assert judged.why(EGRESS, "internet", 443).allowed, "every public address, as those of the APIs change"
    services = [one["spec"] for one in manifests(MOTOVAULT, stage) if one["kind"] == "Service"
                and one["spec"].get("selector", {}).get("app.kubernetes.io/name") == EGRESS]  # fmt: skip
    assert {one["type"] for one in services} == {"ClusterIP"}, "it is for callers inside"


@STAGES
@pytest.mark.demand("EGR-01", partly="no request goes through the egress Traefik")
@pytest.mark.demand("EGR-04", partly="no request goes through the egress Traefik")
def test_the_same_call_goes_through_the_egress_traefik(stage: str) -> None:
    judged = reach(MOTOVAULT, stage)
    for port, callers in CALLERS.items():
        for caller in callers:
            assert judged.why(caller, EGRESS, port).allowed, f"{caller} calls the API behind {port}"


@STAGES
@pytest.mark.demand("EGR-02")
def test_three_services_are_enabled_for_outbound_calls(stage: str) -> None:
    """X-04: the attachments to the network `egress` are read as the list of these services."""
    judged = reach(MOTOVAULT, stage)
    for port, callers in CALLERS.items():
        assert judged.sources(EGRESS, port) == callers, f"the listener {port} refuses every other source"
    others = {port for target, port in ((edge.target, edge.port) for edge in judged.edges) if target == EGRESS}
    assert others == {*CALLERS, 9100}, "it accepts no caller on any other port, metrics aside"
    assert judged.sources(EGRESS, 9100) == {"prometheus"}, "which have their reader"


@STAGES
@pytest.mark.demand("EGR-03", partly="no test calls Google Maps")
def test_the_backend_reaches_exactly_three_external_systems(stage: str) -> None:
    assert outside_hosts(MOTOVAULT, stage) == {
        ":9001": "motovaultpro.us.auth0.com:443",
        ":9002": "maps.googleapis.com:443",
        ":9003": "vpic.nhtsa.dot.gov:443",
    }, "one host for each entry point, and no other entry point"
    assert calls(reach(MOTOVAULT, stage), BACKEND) == {AUTH0, MAPS, VPIC}, "the backend calls all three"


@STAGES
@pytest.mark.demand("EGR-03", partly="no test calls Google Maps")
def test_a_route_lets_no_other_host_pass(stage: str) -> None:
    """X-05: names that must stay go by an SNI router, the others by a base URL."""
    routes = exits(MOTOVAULT, stage)
    rules = {name: router["rule"] for name, router in routes["tcp"]["routers"].items()}
    assert rules == {
        "auth0": "HostSNI(`motovaultpro.us.auth0.com`)",
        "vpic": "HostSNI(`vpic.nhtsa.dot.gov`)",
    }, "any other name ends at the router"
    assert set(routes["http"]["routers"]) == {"google-maps"}, "and this one rewrites the host"
    (transport,) = routes["http"]["serversTransports"].values()
    assert transport["serverName"] == "maps.googleapis.com", "the certificate must be that host's"
    assert not transport.get("insecureSkipVerify"), "and must be valid"


@STAGES
@pytest.mark.demand("EGR-03", partly="no test calls Google Maps")
@pytest.mark.demand("EGR-04", partly="no request goes through the egress Traefik")
def test_callers_of_a_fixed_name_find_the_way_out_behind_it(stage: str) -> None:
    """X-05: the DNS answer of a passthrough host is the address of its Service on the egress Traefik."""
    hosts = {"auth0": "motovaultpro.us.auth0.com", "vpic": "vpic.nhtsa.dot.gov"}
    wanted = {BACKEND: {"auth0", "vpic"}, TENANTS: {"auth0"}, VEHICLES: {"vpic"}}
    for caller, apis in wanted.items():
        aliases = {alias["ip"]: alias["hostnames"] for alias in pod(MOTOVAULT, stage, caller)["hostAliases"]}
        services = {api: named(manifests(MOTOVAULT, stage), "Service", f"egress-{api}")["spec"] for api in apis}
        assert aliases == {services[api]["clusterIP"]: [hosts[api]] for api in apis}, f"{caller} resolves its hosts"
        for api, spec in services.items():
            (port,) = spec["ports"]
            expected = (443, AUTH0 if api == "auth0" else VPIC)
            assert (port["port"], port["targetPort"]) == expected, f"https URLs of {api} stay as they are"


@STAGES
@pytest.mark.demand("EGR-04", partly="no request goes through the egress Traefik")
def test_platform_services_call_their_apis_through_traefik_only(stage: str) -> None:
    judged = reach(MOTOVAULT, stage)
    assert calls(judged, TENANTS) == {AUTH0}, "tenants calls Auth0"
    assert calls(judged, VEHICLES) == {VPIC}, "the vehicles API calls VPIC"
    for caller in (TENANTS, VEHICLES):
        assert not judged.outside(caller), f"{caller} has no way of its own"
        assert not judged.why(caller, "203.0.113.10/32", 443).allowed, f"a direct call of {caller} is refused"


@STAGES
@pytest.mark.demand("EGR-05", "EGR-06")
def test_the_application_knows_its_external_systems_from_its_file(stage: str) -> None:
    read = settings(MOTOVAULT, stage, BACKEND)
    assert read["auth0"] == {
        "domain": "motovaultpro.us.auth0.com",
        "audience": "https://api.motovaultpro.com",
    }, "domain and audience of Auth0"
    assert read["external"]["vpic_api_url"] == "https://vpic.nhtsa.dot.gov/api/vehicles", "the base URL, verbatim"
