"""The lab's authority signs for every part of the cluster, once."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from quadrant_platform.lab.kubernetes import authority
from quadrant_platform.lab.machine.home import Home


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
        assert owner == party.subject.name, f"Kubernetes reads who {party.file} is from its certificate"


def test_only_the_owner_reads_a_key(tmp_path: Path) -> None:
    home = Home(tmp_path)
    authority.issue(home)
    open_to_others = [file.name for file in authority.folder(home).glob("*.key") if file.stat().st_mode & 0o077]
    assert not open_to_others, "a key of the cluster's administrator is root on this machine"
