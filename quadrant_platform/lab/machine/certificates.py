"""X.509 certificates: an authority, and what it signs for names and addresses."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = timedelta(days=365)
"""A run of the lab is shorter; `lab down` throws all keys away."""
COMMON_NAME = 64
"""Characters that a certificate's common name may have; a host name may have more."""
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
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
"""Strict clients, such as Python's from 3.13 on, require it of an authority."""


@dataclass(frozen=True)
class CertificateSubject:
    """The owner of a certificate, and the names and addresses at which it is reached: its own name without any."""

    name: str
    group: str | None = None
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Authority:
    """A certificate authority with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def load(cls, folder: Path) -> Authority:
        """Return the authority whose `ca.crt` and `ca.key` are in a folder."""
        key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{folder / 'ca.key'} is no key of an elliptic curve")
        return cls(x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes()), key)

    def issue(self, subject: CertificateSubject, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
        """Return a subject's certificate, for clients and servers."""
        uses = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH])
        hosts = x509.SubjectAlternativeName(list(_general_names(subject.hosts or (subject.name,))))
        name = _name(subject.name[:COMMON_NAME], subject.group)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(self.certificate.subject)
        return (
            _dated(builder.public_key(key.public_key()))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(uses, critical=False)
            .add_extension(hosts, critical=False)
            .add_extension(issuer, critical=False)
            .sign(self.key, hashes.SHA256())
        )


def new_authority(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """Return the certificate of an authority, signed by itself."""
    name = _name("lab-authority", None)
    return (
        _dated(x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_SIGNS, critical=True)
        .sign(key, hashes.SHA256())
    )


def new_key() -> ec.EllipticCurvePrivateKey:
    """Return a new key of an elliptic curve."""
    return ec.generate_private_key(ec.SECP256R1())


def server_pair(folder: Path, host: str) -> bytes:
    """Return a new key and its certificate for a host name or address, signed by the authority of a folder."""
    key = new_key()
    return private_pem(key) + public_pem(Authority.load(folder).issue(CertificateSubject(host), key))


def private_pem(key: PrivateKey) -> bytes:
    """Return a key as PEM, not encrypted."""
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def public_pem(certificate: x509.Certificate) -> bytes:
    """Return a certificate as PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def _general_names(hosts: tuple[str, ...]) -> Iterator[x509.GeneralName]:
    for host in hosts:
        try:
            yield x509.IPAddress(ipaddress.ip_address(host))
        except ValueError:
            yield x509.DNSName(host.replace(":", "-"))


def _dated(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    serial = x509.random_serial_number()
    return builder.serial_number(serial).not_valid_before(now - timedelta(hours=1)).not_valid_after(now + LIFETIME)


def _name(name: str, group: str | None) -> x509.Name:
    groups = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group)] if group else []
    return x509.Name([*groups, x509.NameAttribute(NameOID.COMMON_NAME, name)])
