"""The certificates and keys of the cluster's parts, signed by the lab's authority."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa

from quadrant_platform.host.files import write_atomically
from quadrant_platform.lab.machine import network_plan
from quadrant_platform.lab.machine.certificates import (
    Authority,
    CertificateSubject,
    new_authority,
    new_key,
    private_pem,
    public_pem,
)
from quadrant_platform.lab.machine.home import Home


@dataclass(frozen=True)
class Party:
    """A part of the cluster that has a certificate, and the name of its files."""

    file: str
    subject: CertificateSubject


API_SERVER = (
    network_plan.NODE_ADDRESS,
    network_plan.API_SERVICE,
    *("kubernetes", "kubernetes.default", "kubernetes.default.svc"),
    f"kubernetes.default.svc.{network_plan.DOMAIN}",
)
KUBELET = (network_plan.NODE, network_plan.NODE_ADDRESS)
PARTIES = (
    Party("apiserver", CertificateSubject("kube-apiserver", hosts=API_SERVER)),
    Party("apiserver-client", CertificateSubject("kube-apiserver", "system:masters")),
    Party("front-proxy", CertificateSubject("front-proxy")),
    Party("admin", CertificateSubject("lab-admin", "system:masters")),
    Party("controller-manager", CertificateSubject("system:kube-controller-manager")),
    Party("scheduler", CertificateSubject("system:kube-scheduler")),
    Party("proxy", CertificateSubject("system:kube-proxy")),
    Party("kubelet", CertificateSubject(f"system:node:{network_plan.NODE}", "system:nodes", KUBELET)),
)


def folder(home: Home) -> Path:
    """Return where certificates (`<party>.crt`) and keys (`<party>.key`) are."""
    return home.state / "pki"


def issue(home: Home) -> None:
    """Write what is missing of the authority, the parties' certificates and the key of service account tokens."""
    place = folder(home)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (place / "service-accounts.key").exists():
        _write(place / "service-accounts.key", private_pem(rsa.generate_private_key(65537, 2048)))
    if not (place / "ca.crt").exists():
        key = new_key()
        _write(place / "ca.key", private_pem(key))
        _write(place / "ca.crt", public_pem(new_authority(key)))
    authority = Authority.load(place)
    for party in PARTIES:
        if not (place / f"{party.file}.crt").exists():
            key = new_key()
            _write(place / f"{party.file}.key", private_pem(key))
            _write(place / f"{party.file}.crt", public_pem(authority.issue(party.subject, key)))


def _write(file: Path, content: bytes) -> None:
    write_atomically(file, content, private=True)
