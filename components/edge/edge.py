"""Edge: the public Traefik, the only way in."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from quadrant_platform.components.base.component import Address, Component
from quadrant_platform.components.builders.engine_images import BUSYBOX
from quadrant_platform.components.builders.manifests import Manifest, manifest, metadata, part_of, service_port
from quadrant_platform.components.builders.volumes import Mount
from quadrant_platform.components.builders.workload import Workload
from quadrant_platform.components.credentials.certificates import download
from quadrant_platform.components.edge import traefik
from quadrant_platform.components.edge.middlewares import API_VERSION
from quadrant_platform.components.edge.traefik_files import DYNAMIC_FILE, FILE_SERVER_ADDRESS, dynamic, static
from quadrant_platform.model.expansion.edge import PlannedEdge
from quadrant_platform.model.expansion.workloads import DASHBOARD_PORT

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


class EdgeInputs(NamedTuple):
    """The public entry, and the Secrets of its certificates, the default one first."""

    edge: PlannedEdge
    certificates: list[str]


class Edge(Component[EdgeInputs, Address]):
    """The public Traefik with its Service, its rights and its TLS settings."""

    token = "edge:Edge"

    @staticmethod
    def manifests(inputs: EdgeInputs) -> Iterator[Manifest]:
        """Yield the public Traefik."""
        w, edge, path = Workload(inputs.edge), inputs.edge, download(inputs.edge)
        sidecars = [file_server(w, path)] if path else []
        files = (static(edge), {DYNAMIC_FILE: dynamic(edge)})
        instance = traefik.Instance(*files, DASHBOARD_PORT, certificates(edge), sidecars, token=True)
        yield from traefik.manifests(w, instance, "traefik-metrics")
        yield from rights(w, edge)
        yield public_service(w, edge)
        yield from tls(inputs)

    @staticmethod
    def results(inputs: EdgeInputs) -> Address:
        """Return where requests arrive."""
        return Address(inputs.edge.name, 443)


def certificates(edge: PlannedEdge) -> list[Mount]:
    """Return the directory of public certificates; keys stay out, as Traefik reads them from the store.

    The Secret is optional, as cert-manager makes it after the first pods start.
    """
    certificate = edge.spec.certificate
    if certificate is None:
        return []
    items = [{"key": "tls.crt", "path": "tls.crt"}]
    path = download(edge)
    if path:
        items.append({"key": "ca.crt", "path": PurePosixPath(path).name})
    source = {"secretName": certificate.name, "optional": True, "defaultMode": 0o444, "items": items}
    return [Mount(CERTS, {"name": "certs", "secret": source})]


def file_server(w: Workload, path: str) -> Manifest:
    """Return the container that hands out the certificate, on an address that only its own pod reaches."""
    public = Mount(f"/public{PurePosixPath(path).parent}", {"name": "certs"})
    command = ("httpd", "-f", "-p", FILE_SERVER_ADDRESS, "-h", "/public")
    return w.sidecar("certificate", BUSYBOX, command=command, mounts=[public])


def public_service(w: Workload, edge: PlannedEdge) -> Manifest:
    """Return the only public Service: 80 and 443, with the clients' own addresses.

    Its labels are not the selector's, so that a monitor scrapes each pod once.
    """
    annotations = dict(edge.settings.publishing.load_balancer_annotations)
    if edge.settings.publishing.external_dns:
        hosts = sorted({route.spec.host for route in edge.routes})
        annotations["external-dns.alpha.kubernetes.io/hostname"] = ",".join(hosts)
    spec: Manifest = {
        "type": "LoadBalancer",
        "externalTrafficPolicy": "Local",
        "selector": w.selector,
        "ports": [service_port(80, w.ports["web"]), service_port(443, w.ports["websecure"])],
    }
    if edge.settings.publishing.load_balancer_address:
        spec["loadBalancerIP"] = edge.settings.publishing.load_balancer_address
    if edge.settings.network.authorized_networks:
        spec["loadBalancerSourceRanges"] = list(edge.settings.network.authorized_networks)
    return manifest("v1", "Service", metadata(w.namespace, w.name, part_of(edge.part_of), annotations), spec)


def rights(w: Workload, edge: PlannedEdge) -> Iterator[Manifest]:
    """Yield the right to read what routes are made of, in the namespaces with routes; nothing cluster-wide.

    Traefik lists all Secrets of a namespace or none, so a route opens those beside its target to it.
    """
    account = {"kind": "ServiceAccount", "name": w.name, "namespace": w.namespace}
    for namespace in edge.namespaces:
        name = edge.topology.object_name(namespace, w.name)
        meta = metadata(namespace, name, part_of(edge.part_of))
        yield {"apiVersion": RBAC, "kind": "Role", "metadata": meta, "rules": RULES}
        yield {
            "apiVersion": RBAC,
            "kind": "RoleBinding",
            "metadata": meta,
            "roleRef": {"apiGroup": RBAC.partition("/")[0], "kind": "Role", "name": name},
            "subjects": [account],
        }


def tls(inputs: EdgeInputs) -> Iterator[Manifest]:
    """Yield the options of every encrypted connection, and the store with the certificates.

    Strict names refuse clients that ask for a host without certificate; developers also use the address.
    """
    edge = inputs.edge
    options: Manifest = {"minVersion": edge.spec.min_tls}
    if edge.spec.min_tls == "VersionTLS12":
        options["cipherSuites"] = list(SUITES)
    if inputs.certificates and not edge.for_developers:
        options["sniStrict"] = True
    meta = metadata(edge.endpoint.namespace, "default", part_of(edge.part_of))
    yield manifest(API_VERSION, "TLSOption", meta, options)
    if inputs.certificates:
        secrets = [{"secretName": name} for name in inputs.certificates]
        # Strict names look among the certificates, not at the default one.
        store = {"defaultCertificate": secrets[0], "certificates": secrets}
        yield manifest(API_VERSION, "TLSStore", meta, store)
