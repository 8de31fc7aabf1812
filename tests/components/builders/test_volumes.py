"""Volumes, and where containers see them."""

from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.volumes import Mount


def test_a_mount_has_two_halves() -> None:
    volume: Manifest = {"name": "tmp", "emptyDir": {}}
    assert Mount("/tmp", volume).in_container() == {"name": "tmp", "mountPath": "/tmp", "readOnly": True}, (
        "read-only by default"
    )
