"""The real S3 server, whose keys' files change: it takes the new keys within seconds, in the same container."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from quadrant_platform.lab.machine.home import Home
from tests.components.pods import Container, SecretVolume, eventually, free_port
from tests.components.sample import main_container, one
from tests.components.storage.test_object_store import built

SERVER = next(iter((Home.here().bin / ".built").glob("versitygw-*/versitygw")), None) or shutil.which("versitygw")

pytestmark = [
    pytest.mark.skipif(SERVER is None, reason="needs lab: versitygw is not built"),
    pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl: it signs requests"),
]


class Store:
    """The object store's container."""

    def __init__(self, root: Path) -> None:
        self.port, self.secret = free_port(), SecretVolume(root / "secrets")
        self.container = Container(root, {"/data": "data"}, {"/run/secrets": str(self.secret.root)})
        (root / "bin").mkdir()
        (root / "bin" / "versitygw").symlink_to(str(SERVER))
        command = main_container(one(built(), "StatefulSet"))["command"]
        changed = {":9000": f"127.0.0.1:{self.port}", ":9001": f"127.0.0.1:{free_port()}"}
        self.command = [
            "env",
            f"PATH={root / 'bin'}:{os.environ['PATH']}",
            *(changed.get(word, word) for word in command),
        ]

    def write(self, key: str) -> None:
        """Write the Secrets' new values into the pod."""
        self.secret.write({"pictures-access": "pictures", "pictures-secret": key})

    def admits(self, key: str) -> bool:
        """Whether a request that is signed with a key is answered."""
        signed = ["--aws-sigv4", "aws:amz:us-east-1:s3", "--user", f"pictures:{key}"]
        signed += ["-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD"]
        address = f"http://127.0.0.1:{self.port}/originals"
        found = subprocess.run(
            ["curl", "-s", "--noproxy", "*", "-m", "10", "-o", "/dev/null", "-w", "%{http_code}", *signed, address],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return found.stdout == "200"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with the key `first`."""
    found = Store(tmp_path)
    found.write("first")
    found.container.start(found.command)
    try:
        eventually(lambda: found.admits("first"), "the server answers")
        yield found
    finally:
        found.container.stop()


def test_the_server_takes_a_changed_key_in_the_same_container(store: Store) -> None:
    process = store.container.process
    assert not store.admits("second"), "one key counts"
    store.write("second")
    eventually(lambda: store.admits("second"), "the new key counts")
    assert not store.admits("first"), "and the former one does not"
    assert process is not None, "it was started"
    assert process.poll() is None, "the container has not ended"


def test_a_container_ends_with_its_server(store: Store) -> None:
    process = store.container.process
    assert process is not None, "it runs"
    subprocess.run(["pkill", "-9", "-P", str(process.pid), "versitygw"], check=True)
    eventually(lambda: process.poll() is not None, "the kubelet sees that the server died")
