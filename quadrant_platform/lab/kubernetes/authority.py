"""The lab's certificate authority, and the certificates and keys of the cluster's parts."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from quadrant_platform.lab.machine import network_plan
from quadrant_platform.lab.machine.home import Home

LIFETIME = timedelta(days=365)
"""A run of the lab is shorter; `lab down` throws all keys away."""
COMMON_NAME = 64
"""Characters that a certificate's common name may have; a host name may have more."""
_SIGNS = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)
"""Strict clients, such as Python's from 3.13 on, ask an authority for it."""


@dataclass(frozen=True)
class Party:
    """Somebody with a certificate: what it is called, and the names and addresses it answers to."""

    file: str
    name: str
    group: str | None = None
    answers_to: tuple[str, ...] = ()


PARTIES = (
    Party(
        "apiserver",
        "kube-apiserver",
        answers_to=(
            network_plan.NODE_ADDRESS,
            network_plan.API_SERVICE,
            *("kubernetes", "kubernetes.default", "kubernetes.default.svc"),
            f"kubernetes.default.svc.{network_plan.DOMAIN}",
        ),
    ),
    Party("apiserver-client", "kube-apiserver", "system:masters"),
    Party("front-proxy", "front-proxy"),
    Party("admin", "lab-admin", "system:masters"),
    Party("controller-manager", "system:kube-controller-manager"),
    Party("scheduler", "system:kube-scheduler"),
    Party("proxy", "system:kube-proxy"),
    Party(
        "kubelet", f"system:node:{network_plan.NODE}", "system:nodes", (network_plan.NODE, network_plan.NODE_ADDRESS)
    ),
)


def folder(home: Home) -> Path:
    """Return where certificates (`<party>.crt`) and keys (`<party>.key`) are."""
    return home.state / "pki"


def issue(home: Home) -> None:
    """Write what is missing of the authority, the parties' certificates and the key of service account tokens."""
    place = folder(home)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (place / "service-accounts.key").exists():
        _write(place / "service-accounts.key", _private(rsa.generate_private_key(65537, 2048)))
    if not (place / "ca.crt").exists():
        key = ec.generate_private_key(ec.SECP256R1())
        _write(place / "ca.key", _private(key))
        _write(place / "ca.crt", _public(_authority(key)))
    authority, signer = _signatory(place)
    for party in PARTIES:
        if not (place / f"{party.file}.crt").exists():
            key = ec.generate_private_key(ec.SECP256R1())
            _write(place / f"{party.file}.key", _private(key))
            _write(place / f"{party.file}.crt", _public(_signed(party, key, authority, signer)))


def leaf(place: Path, name: str) -> bytes:
    """Return a new key and the certificate of a name or an address outside, signed by the authority of a folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    return _private(key) + _public(_signed(Party("", name[:COMMON_NAME], answers_to=(name,)), key, *_signatory(place)))


def _signatory(place: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = serialization.load_pem_private_key((place / "ca.key").read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{place / 'ca.key'} is no key of an elliptic curve")
    return x509.load_pem_x509_certificate((place / "ca.crt").read_bytes()), key


def _authority(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = _name("lab-authority", None)
    return (
        _dated(x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_SIGNS, critical=True)
        .sign(key, hashes.SHA256())
    )


def _signed(
    party: Party, key: ec.EllipticCurvePrivateKey, authority: x509.Certificate, signer: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    uses = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH])
    names = x509.SubjectAlternativeName(list(_answers(party.answers_to or (party.name,))))
    builder = x509.CertificateBuilder().subject_name(_name(party.name, party.group)).issuer_name(authority.subject)
    return (
        _dated(builder.public_key(key.public_key()))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(uses, critical=False)
        .add_extension(names, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )


def _answers(names: Iterable[str]) -> Iterable[x509.GeneralName]:
    for name in names:
        try:
            yield x509.IPAddress(ipaddress.ip_address(name))
        except ValueError:
            yield x509.DNSName(name.replace(":", "-"))


def _dated(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    serial = x509.random_serial_number()
    return builder.serial_number(serial).not_valid_before(now - timedelta(hours=1)).not_valid_after(now + LIFETIME)


def _name(name: str, group: str | None) -> x509.Name:
    groups = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group)] if group else []
    return x509.Name([*groups, x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _private(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def _public(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write(file: Path, content: bytes) -> None:
    """Write a file in one step: a kill leaves either nothing or the whole."""
    part = file.with_suffix(f"{file.suffix}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    part.write_bytes(content)
    part.replace(file)
