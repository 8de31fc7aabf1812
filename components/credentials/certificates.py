"""Certificates: who signs them and which names they hold."""

from collections.abc import Iterator
from typing import NamedTuple

from quadrant_platform.components.base.component import Component
from quadrant_platform.components.builders.manifests import Manifest, manifest, metadata, part_of
from quadrant_platform.components.credentials.server_tls import API_VERSION, authority_name, issuer
from quadrant_platform.model.expansion.edge import PlannedEdge
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.schema.exposure import Certificate
from quadrant_platform.model.schema.types import Segment, seconds

TEN_YEARS = "87600h"
MONTH = 30 * 86400


class Order(NamedTuple):
    """One certificate of the public entry; its Secret has its name."""

    name: str
    hosts: list[str]
    issuer: str


class PublicCertificates(NamedTuple):
    """What signs the public entry's certificates."""

    names: list[str]
    """Their Secrets, the default one first."""
    authority: dict[str, str] | None
    """What clients must trust: the Secret with the stack's own authority, or the ACME server that signs."""


class Certificates(Component[Plan, PublicCertificates]):
    """The certificate of the public entry, and the issuers that sign the system's certificates."""

    token = "edge:Certificates"

    @staticmethod
    def manifests(inputs: Plan) -> Iterator[Manifest]:
        """Yield the issuers where they are used, and the certificate."""
        for namespace in authority_places(inputs):
            yield from authority(inputs, namespace)
        if inputs.edge is not None and inputs.edge.spec.certificate is not None:
            if inputs.edge.acme:
                yield acme_issuer(inputs.edge)
            for order in orders(inputs.edge):
                yield public_certificate(inputs.edge, inputs.edge.spec.certificate, order)

    @staticmethod
    def results(inputs: Plan) -> PublicCertificates:
        """Return the Secrets of the public entry's certificates, and what clients must trust."""
        return PublicCertificates([order.name for order in orders(inputs.edge)], trusted(inputs.edge))


def trusted(edge: PlannedEdge | None) -> dict[str, str] | None:
    """Return what clients of the public entry must trust; None where it has no certificate."""
    signers = {order.issuer for order in orders(edge)}
    if edge is None or not signers:
        return None
    if edge.acme:
        return {"acmeServer": edge.settings.publishing.acme_server}
    return {"secret": f"{edge.endpoint.namespace}/{authority_name(edge.system_name)}", "key": "ca.crt"}


def download(edge: PlannedEdge) -> str | None:
    """Return the path at which devices fetch the authority's certificate: in dev, where they do not trust it yet."""
    certificate = edge.spec.certificate
    return certificate.download if certificate is not None and _is_local(edge) else None


def authority_places(plan: Plan) -> list[str]:
    """Return the namespaces that need an authority of their own: no key of one leaves its namespace."""
    signed_here = any(order.issuer == authority_name(plan.system_name) for order in orders(plan.edge))
    secure = [one for one in plan.databases.values() if one.engine == "statefulSet" and one.spec.tls]
    names = {database.name for database in secure}
    places = {database.endpoint.namespace for database in secure}
    places |= {pooler.endpoint.namespace for pooler in plan.poolers.values() if pooler.spec.database in names}
    return sorted(places | ({plan.namespace(Segment.FRONTEND)} if signed_here else set()))


def authority(plan: Plan, namespace: str) -> Iterator[Manifest]:
    """Yield a self-signed authority and the issuer that signs with it."""
    name = authority_name(plan.system_name)
    root = f"quadrant-{plan.system_name}-self-signed"
    spec = {
        "isCA": True,
        # X.509 has room for 64 characters.
        "commonName": f"{plan.name} {plan.stage} authority"[:64],
        "secretName": name,
        "duration": TEN_YEARS,
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Never"},
        "issuerRef": issuer(root),
    }
    yield manifest(API_VERSION, "Issuer", _metadata(plan.name, namespace, root), {"selfSigned": {}})
    yield manifest(API_VERSION, "Certificate", _metadata(plan.name, namespace, name), spec)
    yield manifest(API_VERSION, "Issuer", _metadata(plan.name, namespace, name), {"ca": {"secretName": name}})


def orders(edge: PlannedEdge | None) -> list[Order]:
    """Return the public certificates: one, unless their signers want the hosts apart.

    Let's Encrypt refuses an order that holds a wildcard beside a name that it covers, and signs no local name.
    """
    certificate = edge.spec.certificate if edge is not None else None
    if edge is None or certificate is None:
        return []
    hosts, local = list(certificate.hosts), local_hosts(edge, certificate)
    if not edge.acme:
        return [Order(certificate.name, [*hosts, *local], authority_name(edge.system_name))]
    parents = {host.partition(".")[2] for host in hosts if not host.startswith("*.")}
    wildcards = [host for host in hosts if host.startswith("*.") and host[2:] in parents]
    found = [
        Order(certificate.name, [host for host in hosts if host not in wildcards], _acme_name(edge)),
        Order(f"{certificate.name}-wildcard", wildcards, _acme_name(edge)),
        Order(f"{certificate.name}-local", local, authority_name(edge.system_name)),
    ]
    return [order for order in found if order.hosts]


def local_hosts(edge: PlannedEdge, certificate: Certificate) -> list[str]:
    """Return the names that only our own authority signs: in dev all, elsewhere those that a route answers to."""
    used = {route.spec.host for route in edge.routes}
    return [host for host in certificate.dev_hosts if edge.for_developers or host in used]


def public_certificate(edge: PlannedEdge, certificate: Certificate, order: Order) -> Manifest:
    """Return a certificate of the public entry, renewed a month or a third of its life before it ends."""
    life = seconds(certificate.duration)
    spec: Manifest = {
        "secretName": order.name,
        "commonName": certificate.common_name if certificate.common_name in order.hosts else order.hosts[0],
        "dnsNames": order.hosts,
        "duration": f"{life // 3600}h",
        "renewBefore": f"{min(MONTH, life // 3) // 3600}h",
        "privateKey": {"algorithm": "RSA", "size": certificate.key_size, "rotationPolicy": "Always"},
        "usages": ["digital signature", "key encipherment", "server auth"],
        "issuerRef": issuer(order.issuer),
    }
    if _is_local(edge) and certificate.addresses:
        spec["ipAddresses"] = list(certificate.addresses)
    return manifest(API_VERSION, "Certificate", _metadata(edge.part_of, edge.endpoint.namespace, order.name), spec)


def _acme_name(edge: PlannedEdge) -> str:
    return f"quadrant-{edge.system_name}-acme"


def acme_issuer(edge: PlannedEdge) -> Manifest:
    """Return the ACME issuer, which proves names by DNS records.

    The HTTP challenge cannot work here: its answer is behind an Ingress, a kind that this Traefik does not serve, in a
    pod that no row of the matrix permits, and it grants no wildcard name.
    """
    name = _acme_name(edge)
    acme = {
        "server": edge.settings.publishing.acme_server,
        "email": edge.settings.publishing.acme_email,
        "privateKeySecretRef": {"name": f"{name}-account"},
        "solvers": [{"dns01": edge.settings.publishing.dns_challenge}],
    }
    return manifest(API_VERSION, "Issuer", _metadata(edge.part_of, edge.endpoint.namespace, name), {"acme": acme})


def _is_local(edge: PlannedEdge) -> bool:
    """Whether devices meet the stack on a developer's network, with an authority that they do not trust yet."""
    return edge.for_developers and not edge.acme


def _metadata(system: str, namespace: str, name: str) -> Manifest:
    return metadata(namespace, name, part_of(system))
