"""Traefik's files: the public instance's static settings, and the dynamic ones beside them."""

from quadrant_platform.components.builders.manifests import Manifest, part_of
from quadrant_platform.components.credentials.certificates import download
from quadrant_platform.components.edge import traefik
from quadrant_platform.components.edge.route_rules import FIRST
from quadrant_platform.model.expansion.edge import PlannedEdge
from quadrant_platform.model.expansion.workloads import DASHBOARD_PORT, HTTP_PORT, HTTPS_PORT, TRAEFIK_METRICS_PORT

DYNAMIC_FILE = "middleware.yml"
FILE_SERVER_ADDRESS = "127.0.0.1:8081"
STRIP = "strip-identity"


def static(edge: PlannedEdge) -> Manifest:
    """Return the static settings; the dashboard answers without a route in dev only, to a port-forward."""
    return {
        **traefik.settings(edge, "traefik"),
        "api": {"dashboard": True, "insecure": edge.for_developers},
        "entryPoints": entry_points(edge),
        "providers": {
            "file": {"filename": f"{traefik.CONFIG_DIR}/{DYNAMIC_FILE}", "watch": False},
            "kubernetesCRD": {
                "namespaces": edge.namespaces,
                # Systems that share a cluster meet in the namespaces of control planes.
                "labelSelector": ",".join(f"{key}={value}" for key, value in part_of(edge.part_of).items()),
                "allowCrossNamespace": False,
                "allowExternalNameServices": False,
                "allowEmptyServices": True,
                "disableClusterScopeResources": True,
            },
        },
    }


def entry_points(edge: PlannedEdge) -> Manifest:
    """Return the entry points, which believe forwarding headers of proxies only."""
    secure: Manifest = {"tls": {}, **traefik.paths(encoded=False)}
    if identity_headers(edge):
        secure["middlewares"] = [f"{STRIP}@file"]
    # A number, not the other entry point's name, which would send browsers to the container's port.
    redirection = {"entryPoint": {"to": ":443", "scheme": "https", "permanent": True}}
    return {
        "web": {**_open(edge, HTTP_PORT), "http": {"redirections": redirection, **traefik.paths(encoded=False)}},
        "websecure": {**_open(edge, HTTPS_PORT), "asDefault": True, "http": secure},
        "traefik": traefik.internal(DASHBOARD_PORT),
        "metrics": traefik.internal(TRAEFIK_METRICS_PORT),
    }


def _open(edge: PlannedEdge, port: int) -> Manifest:
    """Return a public entry point, which believes what the stack's own proxies say of a client's address."""
    proxies = edge.settings.network.proxies
    headers = {"trustedIPs": list(proxies.forwarded_headers)} if proxies.forwarded_headers else {}
    balancers = {"proxyProtocol": {"trustedIPs": list(proxies.proxy_protocol)}} if proxies.proxy_protocol else {}
    forwarded = {"forwardedHeaders": {"insecure": False, **headers}}
    return {"address": f":{port}", "transport": traefik.transport(), **forwarded, **balancers}


def identity_headers(edge: PlannedEdge) -> list[str]:
    """Return the identity headers set by forward-auth, in the spelling with underscores too."""
    asked = (used.forward_auth for used in edge.spec.middlewares.values())
    names = {header for auth in asked if auth for header in auth.response_headers}
    return sorted(names | {name.replace("-", "_") for name in names})


def dynamic(edge: PlannedEdge) -> Manifest:
    """Return the dynamic file: clients cannot set identity headers, and in dev they can fetch the certificate."""
    http: Manifest = {}
    if identity_headers(edge):
        blank = dict.fromkeys(identity_headers(edge), "")
        http["middlewares"] = {STRIP: {"headers": {"customRequestHeaders": blank}}}
    path = download(edge)
    if path:
        http = _merged(http, certificate_route(path))
    return {"http": http} if http else {}


def certificate_route(path: str) -> Manifest:
    """Return the route of the certificate, which devices ask for under any host name."""
    name = "certificate"
    router = {
        "rule": f"Path(`{path}`)",
        "priority": FIRST,
        "entryPoints": ["websecure"],
        "service": name,
        "middlewares": [name],
        "tls": {},
    }
    typed = {"headers": {"customResponseHeaders": {"Content-Type": "application/x-x509-ca-cert"}}}
    return {
        "routers": {name: router},
        "middlewares": {name: typed},
        "services": {name: {"loadBalancer": {"servers": [{"url": f"http://{FILE_SERVER_ADDRESS}"}]}}},
    }


def _merged(one: Manifest, other: Manifest) -> Manifest:
    return {key: {**one.get(key, {}), **other.get(key, {})} for key in {**one, **other}}
