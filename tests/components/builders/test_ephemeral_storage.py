"""Bounds on what containers write to the node's disk."""

from quadrant_platform.components.builders.ephemeral_storage import bounded
from quadrant_platform.components.builders.manifests import Manifest

SIZES: Manifest = {"requests": {"cpu": "50m"}, "limits": {"memory": "64Mi"}}


def storage(containers: list[Manifest], side: str) -> list[str]:
    return [one["resources"][side]["ephemeral-storage"] for one in containers]


def test_each_container_may_fill_a_little_and_requests_less() -> None:
    found = bounded([{"name": "a", "resources": SIZES}, {"name": "b", "resources": SIZES}])
    assert storage(found, "limits") == ["256Mi", "256Mi"], "logs, and what lies beside the volumes"
    assert storage(found, "requests") == ["64Mi", "64Mi"], "so that the scheduler looks at the disk"
    assert found[0]["resources"]["limits"]["memory"] == "64Mi", "what was stated stays"
    assert "ephemeral-storage" not in SIZES["limits"], "the caller's own is left alone"


def test_the_first_container_has_room_for_the_scratch_volumes() -> None:
    volumes = [{"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}, {"name": "run", "emptyDir": {"sizeLimit": "1Mi"}},
               {"name": "config", "configMap": {"name": "c"}}]  # fmt: skip
    found = bounded([{"name": "a", "resources": SIZES}, {"name": "b", "resources": SIZES}], volumes)
    assert storage(found, "limits") == ["321Mi", "256Mi"], "a full emptyDir must not evict its pod"
