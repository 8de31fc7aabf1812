"""Certificates: who signs them and which names they hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pulumi

from quadrant_platform.components.base.component import BuildContext, register
from quadrant_platform.components.builders.manifests import Manifest, metadata
from quadrant_platform.components.credentials.server_tls import API_VERSION, authority_name, issuer
from quadrant_platform.components.edge.routes import active
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.expansion.workloads import in_cluster
from quadrant_platform.model.schema.exposure import Certificate
from quadrant_platform.model.schema.types import Segment, Stage, seconds

TEN_YEARS = "87600h"
MONTH = 30 * 86400


class Order(NamedTuple):
    """One certificate of the public entry; its Secret has its name."""

    name: str
    hosts: list[str]
    issuer: str


class Certificates(pulumi.ComponentResource):
    """The certificate of the public entry, and the issuers that the system's certificates come from."""

    def __init__(self, name: str, args: BuildContext, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quadrant:edge:Certificates", name, None, opts)
        for manifest in objects(args.plan):
            register(self, manifest, args)
        self.register_outputs({})


def objects(plan: Plan) -> Iterator[Manifest]:
    """Yield the issuers where they are used, and the certificate."""
    for namespace in authority_places(plan):
        yield from authority(plan, namespace)
    certificate = served(plan)
    if certificate is not None:
        if _acme(plan):
            yield acme_issuer(plan)
        for order in orders(plan, certificate):
            yield public_certificate(plan, certificate, order)


def served(plan: Plan) -> Certificate | None:
    """Return the certificate of the public entry, where there is one."""
    return plan.system.edge.certificate if "edge" in plan.topology.endpoints else None


def download(plan: Plan) -> str | None:
    """Return the path at which devices fetch the authority's certificate: in dev, where they do not know it yet."""
    certificate = served(plan)
    return certificate.download if certificate is not None and _local(plan) else None


def authority_places(plan: Plan) -> list[str]:
    """Return the namespaces that need an authority of their own: no key of one leaves its namespace."""
    certificate = served(plan)
    asked = {order.issuer for order in orders(plan, certificate)} if certificate is not None else set()
    places = {plan.namespace(Segment.FRONTEND)} if authority_name(plan) in asked else set()
    if plan.environment.databases == "statefulSet":
        databases = in_cluster(plan.system, plan.environment)
        secure = {name for name, db in databases.items() if db.engine == "postgresql" and db.tls}
        poolers = (pooler for pooler in plan.system.poolers.values() if pooler.database in secure)
        segments = {databases[name].segment for name in secure} | {pooler.segment for pooler in poolers}
        places |= {plan.namespace(segment) for segment in segments}
    return sorted(places)


def authority(plan: Plan, namespace: str) -> Iterator[Manifest]:
    """Yield a self-signed authority and the issuer that signs with it."""
    name = authority_name(plan)
    root = f"quadrant-{plan.system.name}-self-signed"
    yield _issuer(plan, namespace, root, {"selfSigned": {}})
    yield _certificate(
        plan,
        namespace,
        name,
        {
            "isCA": True,
            "commonName": f"{plan.system.name} {plan.environment.name} authority",
            "secretName": name,
            "duration": TEN_YEARS,
            "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Never"},
            "issuerRef": issuer(root),
        },
    )
    yield _issuer(plan, namespace, name, {"ca": {"secretName": name}})


def orders(plan: Plan, certificate: Certificate) -> list[Order]:
    """Return the public certificates: one, unless their signers want the hosts apart.

    Let's Encrypt refuses an order that holds a wildcard beside a name that it covers, and signs no local name.
    """
    hosts, local = list(certificate.hosts), local_hosts(plan, certificate)
    if not _acme(plan):
        return [Order(certificate.name, [*hosts, *local], authority_name(plan))]
    parents = {host.partition(".")[2] for host in hosts if not host.startswith("*.")}
    wildcards = [host for host in hosts if host.startswith("*.") and host[2:] in parents]
    found = [
        Order(certificate.name, [host for host in hosts if host not in wildcards], acme_name(plan)),
        Order(f"{certificate.name}-wildcard", wildcards, acme_name(plan)),
        Order(f"{certificate.name}-local", local, authority_name(plan)),
    ]
    return [order for order in found if order.hosts]


def local_hosts(plan: Plan, certificate: Certificate) -> list[str]:
    """Return the names that only our own authority signs: in dev all, elsewhere those that a route answers to."""
    used = {route.host for route in active(plan).values()}
    return [host for host in certificate.dev_hosts if plan.environment.name is Stage.DEV or host in used]


def public_certificate(plan: Plan, certificate: Certificate, order: Order) -> Manifest:
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
    if _local(plan) and certificate.addresses:
        spec["ipAddresses"] = list(certificate.addresses)
    return _certificate(plan, plan.namespace(Segment.FRONTEND), order.name, spec)


def acme_name(plan: Plan) -> str:
    """Return the name of the issuer for the public entry."""
    return f"quadrant-{plan.system.name}-acme"


def acme_issuer(plan: Plan) -> Manifest:
    """Return the ACME issuer, which proves names by DNS records.

    The HTTP challenge is no way out: its answer stands behind an Ingress, a kind that this Traefik does not serve, in
    a pod that no row of the matrix permits, and no wildcard name is granted by it.
    """
    publishing = plan.environment.publishing
    name = acme_name(plan)
    acme = {
        "server": publishing.acme_server,
        "email": publishing.acme_email,
        "privateKeySecretRef": {"name": f"{name}-account"},
        "solvers": [{"dns01": publishing.dns_challenge}],
    }
    return _issuer(plan, plan.namespace(Segment.FRONTEND), name, {"acme": acme})


def _acme(plan: Plan) -> bool:
    return plan.environment.publishing.issuer == "acme"


def _local(plan: Plan) -> bool:
    """Whether devices meet the stack on a developer's network, with an authority that they do not know yet."""
    return plan.environment.name is Stage.DEV and not _acme(plan)


def _labels(plan: Plan) -> dict[str, str]:
    return {"app.kubernetes.io/part-of": plan.system.name}


def _issuer(plan: Plan, namespace: str, name: str, spec: Manifest) -> Manifest:
    meta = metadata(namespace, name, _labels(plan))
    return {"apiVersion": API_VERSION, "kind": "Issuer", "metadata": meta, "spec": spec}


def _certificate(plan: Plan, namespace: str, name: str, spec: Manifest) -> Manifest:
    meta = metadata(namespace, name, _labels(plan))
    return {"apiVersion": API_VERSION, "kind": "Certificate", "metadata": meta, "spec": spec}
