"""Server TLS: the certificate that a data store shows to its clients, signed by the system's own authority."""

from collections.abc import Iterable

from quadrant_platform.components.builders.manifests import Manifest, manifest, metadata
from quadrant_platform.components.builders.volumes import Mount
from quadrant_platform.components.builders.workload import Workload

API_VERSION = "cert-manager.io/v1"
DIRECTORY = "/run/tls"
CERTIFICATE, KEY, AUTHORITY = f"{DIRECTORY}/tls.crt", f"{DIRECTORY}/tls.key", f"{DIRECTORY}/ca.crt"


def authority_name(system: str) -> str:
    """Return the name of the issuer, and of its Secret, that signs inside the system."""
    return f"quadrant-{system}-ca"


def issuer(name: str) -> Manifest:
    """Return a certificate's reference to an issuer in its own namespace."""
    return {"group": "cert-manager.io", "kind": "Issuer", "name": name}


def certificate(w: Workload, hosts: Iterable[str]) -> Manifest:
    """Return the request for a server's certificate, under every name by which clients call it."""
    places = ("", f".{w.namespace}", f".{w.namespace}.svc", f".{w.namespace}.svc.{w.planned.domain}")
    spec = {
        "secretName": _secret(w.name),
        "commonName": w.name,
        "dnsNames": [f"{host}{place}" for host in hosts for place in places],
        "duration": "2160h",
        "renewBefore": "720h",
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
        "usages": ["digital signature", "server auth"],
        "issuerRef": issuer(authority_name(w.planned.system_name)),
    }
    return manifest(API_VERSION, "Certificate", metadata(w.namespace, _secret(w.name)), spec)


def mount(workload: str) -> Mount:
    """Return the directory with certificate and key."""
    return Mount(DIRECTORY, {"name": "tls", "secret": {"secretName": _secret(workload), "defaultMode": 0o440}})


def _secret(workload: str) -> str:
    return f"{workload}-tls"
