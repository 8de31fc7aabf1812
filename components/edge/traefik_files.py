"""Edge settings: the public Traefik's static file, and the dynamic one beside it."""

from __future__ import annotations

from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.credentials.certificates import download
from quadrant_platform.components.edge import routes, traefik
from quadrant_platform.components.edge.middlewares import labels
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.expansion.workloads import DASHBOARD_PORT, HTTP_PORT, HTTPS_PORT, TRAEFIK_METRICS_PORT
from quadrant_platform.model.schema.types import Stage

DYNAMIC_FILE = "middleware.yml"
FILE_SERVER_ADDRESS = "127.0.0.1:8081"
STRIP = "strip-identity"


def static(plan: Plan) -> Manifest:
    """Return the static settings; the dashboard answers without a route in dev only, to a port-forward."""
    open_dashboard = plan.environment.name is Stage.DEV
    return {
        **traefik.settings(plan, "traefik"),
        "api": {"dashboard": True, "insecure": open_dashboard},
        "entryPoints": entry_points(plan),
        "providers": {
            "file": {"filename": f"{traefik.CONFIG_DIR}/{DYNAMIC_FILE}", "watch": False},
            "kubernetesCRD": {
                "namespaces": routes.namespaces(plan),
                # Systems that share a cluster meet in the namespaces of control planes.
                "labelSelector": ",".join(f"{key}={value}" for key, value in labels(plan).items()),
                "allowCrossNamespace": False,
                "allowExternalNameServices": False,
                "allowEmptyServices": True,
                "disableClusterScopeResources": True,
            },
        },
    }


def entry_points(plan: Plan) -> Manifest:
    """Return the entry points; forwarding headers of clients are trusted from nobody.

    Encoded separators in paths are refused: a backend that decodes them sees another path than the one by which
    the route, and with it the question for a token, was chosen.
    """
    names = ("Slash", "BackSlash", "NullCharacter", "Semicolon", "Percent", "QuestionMark", "Hash")
    secure: Manifest = {"tls": {}, "encodedCharacters": {f"allowEncoded{name}": False for name in names}}
    if identity_headers(plan):
        secure["middlewares"] = [f"{STRIP}@file"]
    # A number, not the other entry point's name, which would send browsers to the container's port.
    redirection = {"entryPoint": {"to": ":443", "scheme": "https", "permanent": True}}
    return {
        "web": {**_open(HTTP_PORT), "http": {"redirections": redirection}},
        "websecure": {**_open(HTTPS_PORT), "asDefault": True, "http": secure},
        "traefik": {"address": f":{DASHBOARD_PORT}"},
        "metrics": {"address": f":{TRAEFIK_METRICS_PORT}"},
    }


def _open(port: int) -> Manifest:
    return {"address": f":{port}", "transport": traefik.transport(), "forwardedHeaders": {"insecure": False}}


def identity_headers(plan: Plan) -> list[str]:
    """Return the headers by which a service is told who asks, in the spelling with underscores too."""
    asked = (used.forward_auth for used in plan.system.edge.middlewares.values())
    names = {header for auth in asked if auth for header in auth.response_headers}
    return sorted(names | {name.replace("-", "_") for name in names})


def dynamic(plan: Plan) -> Manifest:
    """Return the dynamic file: clients never say who they are, and in dev they can fetch the certificate."""
    http: Manifest = {}
    if identity_headers(plan):
        blank = dict.fromkeys(identity_headers(plan), "")
        http["middlewares"] = {STRIP: {"headers": {"customRequestHeaders": blank}}}
    path = download(plan)
    if path:
        http = _merged(http, certificate_route(path))
    return {"http": http} if http else {}


def certificate_route(path: str) -> Manifest:
    """Return the route of the certificate, which devices ask for under any host name."""
    name = "certificate"
    router = {
        "rule": f"Path(`{path}`)",
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
