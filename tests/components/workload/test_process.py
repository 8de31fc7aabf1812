"""Files of a container: configuration and secrets read-only, space to write bounded."""

import pytest

from quadrant_platform.components.builders.volumes import Mount
from quadrant_platform.components.workload.process import environment_variables, mounts_of
from tests.components.sample import planned


def mounts(name: str) -> dict[str, Mount]:
    """The mounts of a service by their path."""
    return {mount.path: mount for mount in mounts_of(planned().services[name])}


def test_config_files_are_at_their_declared_place() -> None:
    mount = mounts("api")["/app/config"]
    sources = mount.volume["projected"]["sources"]
    assert [source["configMap"]["items"] for source in sources] == [
        [{"key": "production.yml", "path": "production.yml"}],
        [{"key": "flags.txt", "path": "flags.txt"}],
    ], "two files of one directory share a mount, as neither may hide the other"
    assert mount.in_container()["readOnly"] is True, "a container does not write its own configuration"


def test_secrets_are_files_in_one_read_only_directory() -> None:
    mount = mounts("api")["/run/secrets"]
    found = {source["secret"]["name"]: source["secret"]["items"] for source in mount.volume["projected"]["sources"]}
    assert found["mail-key"] == [{"key": "mail-key", "path": "mail-key"}], "a file of the key's name"
    assert set(found) == {"orders-password", "session-password", "mail-key"}, "the declared ones and no other"
    assert mount.volume["projected"]["defaultMode"] == 0o440, "only the container's user reads them"
    assert mount.read_only, "and no container writes them"


def test_a_container_gets_the_paths_of_its_files() -> None:
    variables = environment_variables(planned().services["api"])
    assert variables == {
        "NODE_ENV": "production",
        "CONFIG_PATH": "/app/config/production.yml",
        "SECRETS_DIR": "/run/secrets",
    }, "paths, never contents"


def test_a_container_without_secrets_gets_no_variables() -> None:
    assert environment_variables(planned().services["web"]) == {}, "there is nothing to find"
    assert "/run/secrets" not in mounts("web"), "nor to mount"


@pytest.mark.parametrize("name", ["web", "api", "worker"])
def test_there_is_always_bounded_space_for_temporary_files(name: str) -> None:
    mount = mounts(name)["/tmp"]
    assert mount.volume["emptyDir"] == {"sizeLimit": "64Mi"}, "the root is read-only, and a node's disk is not endless"
    assert not mount.read_only, "it is there to be written"


def test_declared_space_takes_the_place_of_the_usual_one() -> None:
    changes = {"services": {"worker": {"volumes": {"scratch": {"path": "/tmp", "size": "1Gi"}}}}}
    some = planned(changes=changes)
    found = [mount for mount in mounts_of(some.services["worker"]) if mount.path == "/tmp"]
    assert [mount.volume["emptyDir"]["sizeLimit"] for mount in found] == ["1Gi"], "a path is mounted once"


def volume_names(name: str) -> list[str]:
    return [mount.volume["name"] for mount in mounts(name).values()]


@pytest.mark.parametrize("name", ["web", "api", "worker"])
def test_volumes_of_a_pod_have_different_names(name: str) -> None:
    found = volume_names(name)
    assert len(found) == len(set(found)), "the API server refuses two of one name"
