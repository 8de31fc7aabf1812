"""Kubeconfigs that no longer let their user in."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from quadrant_platform.lab.kubernetes import authority
from quadrant_platform.lab.machine.certificates import Authority, new_key, private_pem, public_pem
from tests.engine.api_server import ApiServer


def expired_certificate(server: ApiServer, file: Path) -> None:
    """Write a kubeconfig with a certificate of the cluster's authority that held until yesterday."""
    signer, key, now = Authority.load(authority.folder(server.home)), new_key(), datetime.now(UTC)
    name = x509.Name([
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "system:masters"),
        x509.NameAttribute(NameOID.COMMON_NAME, "anna"),
    ])  # fmt: skip
    certificate = (
        x509.CertificateBuilder(signer.certificate.subject, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now - timedelta(days=1))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(signer.key, hashes.SHA256())
    )
    files = {"client-certificate": public_pem(certificate), "client-key": private_pem(key)}
    for kind, content in files.items():
        file.with_suffix(f".{kind}").write_bytes(content)
    _write(server, file, {kind: str(file.with_suffix(f".{kind}")) for kind in files})


def ended_token(server: ApiServer, file: Path) -> None:
    """Write a kubeconfig with a token whose account is gone, which the API server therefore no longer takes."""
    account = ("serviceaccount", "ended", "--namespace", "default")
    server.kubectl.need("create", *account)
    token = server.kubectl.need("create", "token", *account[1:]).strip()
    server.kubectl.need("delete", *account)
    _write(server, file, {"token": token})


def _write(server: ApiServer, file: Path, user: dict[str, str]) -> None:
    """Write the administrator's kubeconfig with another user."""
    document = yaml.safe_load(server.kubeconfig.read_text("utf-8"))
    document["users"] = [{"name": one["name"], "user": user} for one in document["users"]]
    file.write_text(yaml.safe_dump(document), "utf-8")
