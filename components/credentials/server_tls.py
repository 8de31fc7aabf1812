"""Server TLS: the certificate that a data store shows to its clients, signed by the system's own authority."""

from __future__ import annotations

from collections.abc import Iterable

from quadrant_platform.components.builders.manifests import Manifest, metadata, name_of
from quadrant_platform.components.builders.pod_template import Mount
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.plan import Plan

API_VERSION = "cert-manager.io/v1"
DIRECTORY = "/run/tls"
CERTIFICATE, KEY, AUTHORITY = f"{DIRECTORY}/tls.crt", f"{DIRECTORY}/tls.key", f"{DIRECTORY}/ca.crt"


def authority_name(plan: Plan) -> str:
    """Return the name of the issuer, and of its Secret, that signs inside the system."""
    return f"quadrant-{plan.system.name}-ca"


def issuer(name: str) -> Manifest:
    """Return how a certificate names its issuer, which stands in its own namespace."""
    return {"group": "cert-manager.io", "kind": "Issuer", "name": name}


def certificate(plan: Plan, endpoint: Endpoint, hosts: Iterable[str]) -> Manifest:
    """Return the request for a server's certificate, under every name by which clients call it."""
    places = ("", f".{endpoint.namespace}", f".{endpoint.namespace}.svc", f".{endpoint.namespace}.svc.cluster.local")
    return {
        "apiVersion": API_VERSION,
        "kind": "Certificate",
        "metadata": metadata(endpoint.namespace, _secret(endpoint)),
        "spec": {
            "secretName": _secret(endpoint),
            "commonName": name_of(endpoint),
            "dnsNames": [f"{host}{place}" for host in hosts for place in places],
            "duration": "2160h",
            "renewBefore": "720h",
            "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
            "usages": ["digital signature", "server auth"],
            "issuerRef": issuer(authority_name(plan)),
        },
    }


def mount(endpoint: Endpoint) -> Mount:
    """Return the directory with certificate and key."""
    return Mount(DIRECTORY, {"name": "tls", "secret": {"secretName": _secret(endpoint), "defaultMode": 0o440}})


def _secret(endpoint: Endpoint) -> str:
    return f"{name_of(endpoint)}-tls"
