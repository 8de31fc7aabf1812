"""An environment, alone and against a system: addresses do not overlap and every name means something."""

from collections.abc import Iterable
from ipaddress import ip_network
from itertools import combinations

from quadrant_platform.documents.problems import KeyPath, Problem, did_you_mean
from quadrant_platform.model.consistency import client_addresses
from quadrant_platform.model.consistency.context import Found
from quadrant_platform.model.consistency.environment_names import labels, lengths, searches
from quadrant_platform.model.consistency.modes import keys_of_environment
from quadrant_platform.model.expansion.external_apis import passthrough_services
from quadrant_platform.model.expansion.service_addresses import usable
from quadrant_platform.model.expansion.workloads import (
    CNPG_PORT,
    in_cluster,
    namespace_of,
    workloads,
)
from quadrant_platform.model.schema.control_peers import CONTROL_PEERS
from quadrant_platform.model.schema.environment import Environment
from quadrant_platform.model.schema.service import Sizing
from quadrant_platform.model.schema.system import System
from quadrant_platform.model.schema.types import Segment, Stage

Place = tuple[KeyPath, str]


def problems_of_environment(environment: Environment, preset: Stage) -> list[Problem]:
    """Return what is wrong with an environment by itself, which was made from a preset."""
    alone = (_overlaps, _single_addresses, client_addresses.believed, labels, keys_of_environment)
    return [*_renamed(environment, preset), *(problem for check in alone for problem in check(environment))]


def _renamed(environment: Environment, preset: Stage) -> Found:
    if environment.name is not preset:
        what = f"the preset is {preset}, and its name decides which rows and jobs apply"
        yield Problem(("name",), what, "remove `name` and choose the preset with `quadrant:environment`")


def _overlaps(environment: Environment) -> Found:
    """Check that ranges are disjoint, but for nodes inside the cluster's ranges."""
    network = environment.network
    cluster = _listed(("network", "clusterCidrs"), network.cluster_cidrs)
    nodes = _listed(("network", "nodeCidrs"), network.node_cidrs)
    egress = [(("network", "egressCidr"), network.egress_cidr)] if network.egress_cidr else []
    authorized = _listed(("network", "authorizedNetworks"), network.authorized_networks)
    pairs = [*combinations(cluster, 2), *combinations(nodes, 2), *combinations(authorized, 2)]
    pairs += [(one, block) for one in (*cluster, *nodes) for block in egress]
    for (first, one), (second, two) in pairs:
        if ip_network(one).overlaps(ip_network(two)):
            place = ".".join(str(part) for part in first)
            what = f"overlapping CIDRs: {two} and {one} ({place}) have addresses in common"
            yield Problem(second, what, "make them disjoint or remove one")


def _listed(path: KeyPath, cidrs: Iterable[str]) -> list[Place]:
    return [((*path, place), cidr) for place, cidr in enumerate(cidrs)]


def _single_addresses(environment: Environment) -> Found:
    for name, address in environment.external_databases.items():
        path: KeyPath = ("externalDatabases", name)
        for place, cidr in (((*path, "primary"), address.primary), *_listed((*path, "replicas"), address.replicas)):
            if ip_network(cidr).num_addresses > 1:
                what = f"{cidr} is a range, and a database has one address"
                yield Problem(place, what, "write the address with /32 or /128")


def problems_with(system: System, environment: Environment) -> list[Problem]:
    """Return what is wrong with an environment for a system; key paths are the environment's."""
    checks = (
        _inhabited, _databases, _images, _peers, _profile, _vault, _namespaces, lengths, searches, _egress, _challenge,
        _poolers, _operator, client_addresses.private_lists, client_addresses.balancers,
    )  # fmt: skip
    return [problem for check in checks for problem in check(system, environment)]


def _inhabited(system: System, environment: Environment) -> Found:
    """Refuse a system without workloads: it has no segment, and nothing to isolate."""
    if next(workloads(system, environment), None) is None:
        yield Problem((), f"nothing of {system.name!r} runs in {environment.name}", "add `services` to the system")


def _databases(system: System, environment: Environment) -> Found:
    for name in environment.external_databases:
        yield from _unknown(("externalDatabases", name), name, "external database", system.external_databases)
    for name in system.external_databases if environment.name is Stage.PROD else ():
        if name not in environment.external_databases:
            what = f"the database {name!r} is outside the cluster in prod, and its address is missing"
            yield Problem(("externalDatabases",), what, f"add `{name}: {{primary: <address>/32}}`")


def _images(system: System, environment: Environment) -> Found:
    known = {*_workloads(system), "traefik", "traefik-egress"}
    for name in environment.images:
        yield from _unknown(("images", name), name, "workload", known)


def _peers(_system: System, environment: Environment) -> Found:
    """Check that a peer replaces one of the control planes that systems may name."""
    for name in environment.peers:
        if name not in CONTROL_PEERS:
            yield Problem(("peers", name), f"there is no control plane {name!r}", did_you_mean(name, CONTROL_PEERS))


def _profile(system: System, environment: Environment) -> Found:
    chosen = environment.size_profile
    profiles = {profile for resources in _workloads(system).values() for profile in resources.profiles}
    if chosen is not None:
        yield from _unknown(("sizeProfile",), chosen, "sizing profile", profiles)


def _vault(system: System, environment: Environment) -> Found:
    if environment.secrets == "vault" and system.secrets and system.vault is None:
        what = f"secrets come from a vault, and {system.name!r} does not name one"
        yield Problem(("secrets",), what, "add `vault: {role: …}` to the system")


def _namespaces(system: System, environment: Environment) -> Found:
    """Refuse a segment in a control plane's namespace, which would lock it out or let it in."""
    control = {environment.network.dns.namespace: "DNS"}
    for name, peer in environment.control_peers.items():
        control.setdefault(peer.namespace, name)
    for segment in Segment:
        namespace = namespace_of(system, environment, segment)
        if namespace in control:
            what = f"the namespace {namespace!r} of segment {segment} is that of {control[namespace]}"
            yield Problem(("peers",), what, f"set segments.{segment}.namespace in the system to another")


def _egress(system: System, environment: Environment) -> Found:
    """Require an address for each passthrough API; a block's first and last ones are no Service's."""
    cidr, wanted = environment.network.egress_cidr, len(passthrough_services(system, environment))
    if cidr is None or wanted == 0:
        return
    span = usable(ip_network(cidr))
    size = int(span.last) - int(span.first) + 1
    if size < wanted:
        what = f"{cidr} has {size} addresses for Services, and {wanted} APIs are in mode passthrough"
        yield Problem(("network", "egressCidr"), what, "name a larger block, or remove egressCidr")


def _challenge(system: System, environment: Environment) -> Found:
    """Require a DNS challenge: the HTTP challenge needs an Ingress, which Traefik does not serve here."""
    publishing = environment.publishing
    if system.edge.certificate and publishing.issuer == "acme" and not publishing.dns_challenge:
        what = f"the certificate {system.edge.certificate.name!r} comes from an ACME server by a DNS challenge only"
        yield Problem(("publishing", "dnsChallenge"), what, "give cert-manager's dns01 solver, or issuer: selfSigned")


def _poolers(system: System, environment: Environment) -> Found:
    """Check that a pooler runs beside the database that it serves."""
    for name, pooler in system.poolers.items():
        if pooler.database in environment.external_databases:
            what = f"the pooler {name!r} serves {pooler.database!r}, which is outside the cluster here"
            yield Problem(("externalDatabases", pooler.database), what, "remove the address, or the pooler")


def _operator(system: System, environment: Environment) -> Found:
    """Check what CloudNativePG fixes: the port, the poolers' namespace, and credentials from the vault."""
    inside = in_cluster(system, environment) if environment.databases == "cloudNativePg" else {}
    managed = {name: database for name, database in inside.items() if database.engine == "postgresql"}
    for name, database in managed.items():
        if database.port != CNPG_PORT:
            what = f"CloudNativePG serves {CNPG_PORT} only, and the database {name!r} listens on {database.port}"
            yield Problem(("databases",), what, f"set the database's port to {CNPG_PORT}, or databases: statefulSet")
    for name, pooler in system.poolers.items():
        if pooler.database in managed and pooler.segment is not managed[pooler.database].segment:
            what = f"CloudNativePG keeps the pooler {name!r} in the namespace of {pooler.database!r}"
            yield Problem(("databases",), what, "give both one segment, or set databases: statefulSet")
    if managed and environment.secrets != "vault":
        what = "CloudNativePG's owners get their passwords from the vault, and secrets are generated here"
        yield Problem(("secrets",), what, "set secrets: vault, or databases: statefulSet")


def _workloads(system: System) -> dict[str, Sizing]:
    sections = (
        system.services, system.jobs, system.databases, system.external_databases, system.poolers, system.caches,
        system.object_stores, system.brokers,
    )  # fmt: skip
    return {name: entry.resources for section in sections for name, entry in section.items()}


def _unknown(path: KeyPath, name: str, what: str, known: Iterable[str]) -> Found:
    if name not in known:
        yield Problem(path, f"the system has no {what} {name!r}", did_you_mean(name, known))
