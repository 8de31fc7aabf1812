"""The lab's authority signs what its parts show to each other, and what the stand-in for the internet shows."""

import asyncio
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from quadrant_platform.lab.kubernetes import authority
from quadrant_platform.lab.machine import network_plan
from quadrant_platform.lab.machine.home import Home
from quadrant_platform.lab.network import internet

LONG = f"{'a' * 60}.{'b' * 60}.example.com"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Home(tmp_path_factory.mktemp("lab"))
    authority.issue(home)
    return authority.folder(home)


def trusting(keys: Path) -> ssl.SSLContext:
    """A client that trusts the lab's authority, as strictly as clients come."""
    context = ssl.create_default_context(cafile=str(keys / "ca.crt"))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


async def asked(keys: Path, name: str | None, client: ssl.SSLContext | None) -> bytes:
    """What the stand-in answers on a port of loopback, with TLS where the client speaks it."""
    context = internet.encryption(keys) if client else None
    async with await asyncio.start_server(internet.answer, "127.0.0.1", 0, ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client, server_hostname=name)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        answer = await reader.read()
        writer.close()
        return answer


@pytest.mark.parametrize("name", ["api.openai.com", "maps.googleapis.com", LONG, network_plan.INTERNET.address])
def test_the_stand_in_answers_under_any_name_with_a_certificate_for_it(keys: Path, name: str) -> None:
    answer = asyncio.run(asked(keys, name, trusting(keys)))
    assert answer == internet.ANSWER, "a client that checks the name and the authority gets through"


def test_a_client_without_the_labs_authority_is_not_deceived(keys: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        asyncio.run(asked(keys, "api.openai.com", ssl.create_default_context()))


def test_a_port_without_encryption_answers_plainly(keys: Path) -> None:
    assert asyncio.run(asked(keys, None, None)).startswith(b"HTTP/1.1 200"), "port 80 is spoken to in plain text"


def test_issuing_again_changes_no_key_and_no_certificate(tmp_path: Path) -> None:
    home = Home(tmp_path)
    authority.issue(home)
    before = {file.name: file.read_bytes() for file in authority.folder(home).iterdir()}
    authority.issue(home)
    after = {file.name: file.read_bytes() for file in authority.folder(home).iterdir()}
    assert after == before, "processes that run hold the first ones"


@pytest.mark.parametrize("lost", ["*.crt", "kubelet.*", "service-accounts.key"])
def test_issuing_after_a_kill_completes_what_is_there(tmp_path: Path, lost: str) -> None:
    home = Home(tmp_path)
    authority.issue(home)
    for file in authority.folder(home).glob(lost):
        file.unlink()
    authority.issue(home)
    root = x509.load_pem_x509_certificate((authority.folder(home) / "ca.crt").read_bytes())
    for party in authority.PARTIES:
        certificate = x509.load_pem_x509_certificate((authority.folder(home) / f"{party.file}.crt").read_bytes())
        certificate.verify_directly_issued_by(root)
        owner = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
        assert owner == party.name, f"Kubernetes reads who {party.file} is from its certificate"


def test_nobody_but_the_owner_reads_a_key(keys: Path) -> None:
    open_to_others = [file.name for file in keys.glob("*.key") if file.stat().st_mode & 0o077]
    assert not open_to_others, "a key of the cluster's administrator is root on this machine"
