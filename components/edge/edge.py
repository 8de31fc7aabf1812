"""Edge: the public Traefik, the only way in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

import pulumi

from quadrant_platform.components.base.component import BuildContext, register
from quadrant_platform.components.builders import manifests, pod_template
from quadrant_platform.components.builders.engine_images import BUSYBOX
from quadrant_platform.components.builders.manifests import Manifest, metadata
from quadrant_platform.components.builders.monitors import service_monitor
from quadrant_platform.components.builders.pod_template import HELPER, Mount
from quadrant_platform.components.credentials.certificates import download, orders
from quadrant_platform.components.edge import routes, traefik
from quadrant_platform.components.edge.middlewares import API_VERSION, labels
from quadrant_platform.components.edge.traefik_files import DYNAMIC_FILE, FILE_SERVER_ADDRESS, dynamic, static
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.expansion.workloads import DASHBOARD_PORT
from quadrant_platform.model.schema.types import Stage

CERTS = "/certs"
SUITES = tuple(
    f"TLS_ECDHE_{key}_WITH_{cipher}"
    for cipher in ("AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256")
    for key in ("ECDSA", "RSA")
)
"""Suites of TLS 1.2 with forward secrecy and authenticated encryption; TLS 1.3 has no others."""
READ = ["get", "list", "watch"]
KINDS = [
    "ingressroutes", "ingressroutetcps", "ingressrouteudps", "middlewares", "middlewaretcps", "serverstransports",
    "serverstransporttcps", "tlsoptions", "tlsstores", "traefikservices",
]  # fmt: skip
RULES = [
    {"apiGroups": [""], "resources": ["configmaps", "secrets", "services"], "verbs": READ},
    {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": READ},
    {"apiGroups": ["traefik.io"], "resources": KINDS, "verbs": READ},
]
"""Traefik serves nothing before it has listed each of these, whether any exists or not."""
RBAC = "rbac.authorization.k8s.io/v1"


class Edge(pulumi.ComponentResource):
    """The public Traefik with its Service, its rights and its TLS settings."""

    def __init__(self, name: str, args: BuildContext, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quadrant:edge:Edge", name, None, opts)
        for manifest in objects(args.plan):
            register(self, manifest, args)
        self.register_outputs({})


def objects(plan: Plan) -> Iterator[Manifest]:
    """Yield the public Traefik; nothing where the system has no routes."""
    endpoint = plan.topology.endpoints.get("edge")
    if endpoint is None:
        return
    own = traefik.labels_of(plan, endpoint)
    yield from traefik.objects(plan, instance(plan, endpoint))
    yield from rights(plan, endpoint)
    yield public_service(plan, endpoint)
    scraped = {port.number: port for port in endpoint.listeners if port.name == endpoint.metrics}
    yield manifests.service(endpoint, own, name="traefik-metrics", ports=scraped)
    yield service_monitor(plan, endpoint, own)
    yield from tls(plan, endpoint)


def instance(plan: Plan, endpoint: Endpoint) -> traefik.Instance:
    """Return what is particular to the public instance."""
    path = download(plan)
    return traefik.Instance(
        endpoint,
        traefik.replicas(plan, plan.system.edge.replicas),
        static(plan),
        {DYNAMIC_FILE: dynamic(plan)},
        DASHBOARD_PORT,
        mounts=certificates(plan),
        sidecars=[file_server(plan, path)] if path else [],
        token=True,
    )


def certificates(plan: Plan) -> list[Mount]:
    """Return the directory of public certificates; keys stay out, as Traefik reads them from the store.

    The Secret is optional, since it comes into being after the first pods.
    """
    certificate = plan.system.edge.certificate
    if certificate is None:
        return []
    items = [{"key": "tls.crt", "path": "tls.crt"}]
    path = download(plan)
    if path:
        items.append({"key": "ca.crt", "path": PurePosixPath(path).name})
    source = {"secretName": certificate.name, "optional": True, "defaultMode": 0o444, "items": items}
    return [Mount(CERTS, {"name": "certs", "secret": source})]


def file_server(plan: Plan, path: str) -> Manifest:
    """Return the container that hands out the certificate, on an address that only its own pod reaches."""
    public = Mount(f"/public{PurePosixPath(path).parent}", {"name": "certs"})
    return pod_template.container(
        "certificate",
        BUSYBOX,
        pod_template.sized(plan, HELPER),
        command=("httpd", "-f", "-p", FILE_SERVER_ADDRESS, "-h", "/public"),
        mounts=[public],
    )


def public_service(plan: Plan, endpoint: Endpoint) -> Manifest:
    """Return the only public Service: 80 and 443, with the clients' own addresses.

    Its labels are not the selector's, so that a monitor scrapes each pod once.
    """
    environment = plan.environment
    publishing = environment.publishing
    annotations = dict(publishing.load_balancer_annotations)
    if publishing.external_dns:
        hosts = sorted({route.host for route in routes.active(plan).values()})
        annotations["external-dns.alpha.kubernetes.io/hostname"] = ",".join(hosts)
    published = {80: "web", 443: "websecure"}
    spec: Manifest = {
        "type": "LoadBalancer",
        "externalTrafficPolicy": "Local",
        "selector": dict(endpoint.labels),
        "ports": [
            manifests.service_port(number, port)
            for number, name in published.items()
            for port in endpoint.listeners
            if port.name == name
        ],
    }
    if publishing.load_balancer_address:
        spec["loadBalancerIP"] = publishing.load_balancer_address
    if environment.network.authorized_networks:
        spec["loadBalancerSourceRanges"] = list(environment.network.authorized_networks)
    meta = metadata(endpoint.namespace, manifests.name_of(endpoint), labels(plan), annotations)
    return {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": spec}


def rights(plan: Plan, endpoint: Endpoint) -> Iterator[Manifest]:
    """Yield the right to read what routes are made of, in the namespaces with routes; nothing cluster-wide.

    Traefik lists all Secrets of a namespace or none, so a route opens those beside its target to it.
    """
    name = manifests.name_of(endpoint)
    account = {"kind": "ServiceAccount", "name": name, "namespace": endpoint.namespace}
    for namespace in routes.namespaces(plan):
        meta = metadata(namespace, name, labels(plan))
        yield {"apiVersion": RBAC, "kind": "Role", "metadata": meta, "rules": RULES}
        yield {
            "apiVersion": RBAC,
            "kind": "RoleBinding",
            "metadata": meta,
            "roleRef": {"apiGroup": RBAC.partition("/")[0], "kind": "Role", "name": name},
            "subjects": [account],
        }


def tls(plan: Plan, endpoint: Endpoint) -> Iterator[Manifest]:
    """Yield the options of every encrypted connection, and the store with the certificate.

    Strict names refuse whoever asks for a host without certificate; dev is also reached by address.
    """
    edge = plan.system.edge
    options: Manifest = {"minVersion": edge.min_tls}
    if edge.min_tls == "VersionTLS12":
        options["cipherSuites"] = list(SUITES)
    if edge.certificate is not None and plan.environment.name is Stage.PROD:
        options["sniStrict"] = True
    meta = metadata(endpoint.namespace, "default", labels(plan))
    yield {"apiVersion": API_VERSION, "kind": "TLSOption", "metadata": meta, "spec": options}
    if edge.certificate is not None:
        secrets = [{"secretName": order.name} for order in orders(plan, edge.certificate)]
        # Strict names look among the certificates, not at the default one.
        store = {"defaultCertificate": secrets[0], "certificates": secrets}
        yield {"apiVersion": API_VERSION, "kind": "TLSStore", "metadata": meta, "spec": store}
