"""The stand-in for the internet answers under any name, with a certificate by the lab's authority."""

import asyncio
import ssl
from pathlib import Path

import pytest

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
    """The strictest client that trusts the lab's authority."""
    context = ssl.create_default_context(cafile=str(keys / "ca.crt"))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


async def asked(keys: Path, name: str | None, client: ssl.SSLContext | None) -> bytes:
    """What the stand-in answers on a port of loopback, with TLS where the client speaks it."""
    context = internet.tls_context(keys) if client else None
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
