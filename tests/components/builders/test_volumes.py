"""Files of a container: configuration and secrets read-only, space to write bounded."""

import pytest

from quadrant_platform.components.builders import volumes
from quadrant_platform.components.builders.pod_template import Mount
from tests.components.sample import Manifest, planned


def mounts(name: str) -> dict[str, Mount]:
    """The mounts of a service by their path."""
    some = planned()
    return {mount.path: mount for mount in volumes.mounts_of(some, some.system.services[name])}


def test_a_mapping_is_rendered_as_yaml_with_the_environments_values() -> None:
    some = planned("prod")
    assert volumes.rendered(some, some.system.configs["app"]) == (
        "database:\n  host: orders-pool\nmail: http://egress-mail:9001\nlogging:\n  level: INFO\n"
    ), "the declared order, and a value for each placeholder"


def test_a_text_is_rendered_as_it_is() -> None:
    some = planned()
    assert volumes.rendered(some, some.system.configs["flags"]) == "fast=yes\n", "not every file is YAML"


def test_dev_logs_more_than_prod() -> None:
    levels = [
        volumes.rendered(some, some.system.configs["app"])[-6:-1].strip() for some in map(planned, ("dev", "prod"))
    ]
    assert levels == ["DEBUG", "INFO"], "the level is the environment's"


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
    assert mount.read_only, "and nobody writes them"


def test_a_container_knows_where_its_files_are() -> None:
    some = planned()
    variables = volumes.environment_variables(some, some.system.services["api"])
    assert variables == {
        "NODE_ENV": "production",
        "CONFIG_PATH": "/app/config/production.yml",
        "SECRETS_DIR": "/run/secrets",
    }, "paths, never contents"


def test_a_container_without_secrets_is_told_nothing() -> None:
    some = planned()
    assert volumes.environment_variables(some, some.system.services["web"]) == {}, "there is nothing to find"
    assert "/run/secrets" not in mounts("web"), "nor to mount"


@pytest.mark.parametrize("name", ["web", "api", "worker"])
def test_there_is_always_bounded_space_for_temporary_files(name: str) -> None:
    mount = mounts(name)["/tmp"]
    assert mount.volume["emptyDir"] == {"sizeLimit": "64Mi"}, "the root is read-only, and a node's disk is not endless"
    assert not mount.read_only, "it is there to be written"


def test_declared_space_takes_the_place_of_the_usual_one() -> None:
    changes = {"services": {"worker": {"volumes": {"scratch": {"path": "/tmp", "size": "1Gi"}}}}}
    some = planned(changes=changes)
    found = [mount for mount in volumes.mounts_of(some, some.system.services["worker"]) if mount.path == "/tmp"]
    assert [mount.volume["emptyDir"]["sizeLimit"] for mount in found] == ["1Gi"], "a path is mounted once"


def test_a_claim_has_its_declared_size_in_prod() -> None:
    claim = volumes.claim_template(planned("prod"), "20Gi")
    assert claim["spec"] == {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "20Gi"}},
    }, "one node at a time writes it"


@pytest.mark.parametrize(("size", "expected"), [("20Gi", "1Gi"), ("512Mi", "512Mi"), ("1Gi", "1Gi")])
def test_a_claim_in_dev_is_capped(size: str, expected: str) -> None:
    claim = volumes.claim_template(planned("dev"), size)
    assert claim["spec"]["resources"]["requests"]["storage"] == expected, "a laptop's disk is small"


def test_a_claim_names_the_environments_storage_class() -> None:
    some = planned(overrides={"storageClass": "fast"})
    assert volumes.claim_template(some, "1Gi")["spec"]["storageClassName"] == "fast", "where it names one"
    assert "storageClassName" not in volumes.claim_template(planned(), "1Gi")["spec"], "else the cluster's default"


def test_a_fingerprint_changes_with_any_text_and_with_their_bounds() -> None:
    prints = [volumes.fingerprint(texts) for texts in ([], ["ab"], ["a", "b"], ["b", "a"], ["ab", ""])]
    assert len(set(prints)) == len(prints), "a change that is not seen rolls no pods"
    assert volumes.fingerprint(["ab"]) == volumes.fingerprint(["ab"]), "and the same files roll none"


def test_a_call_of_an_external_api_is_configured_to_the_egress() -> None:
    some = planned()
    assert volumes.egress_url(some, "mail") == "http://egress-mail:9001", "TLS starts at the way out"


def volume_names(name: str) -> list[str]:
    return [mount.volume["name"] for mount in mounts(name).values()]


@pytest.mark.parametrize("name", ["web", "api", "worker"])
def test_volumes_of_a_pod_have_different_names(name: str) -> None:
    found = volume_names(name)
    assert len(found) == len(set(found)), "the API server refuses two of one name"


def test_a_mount_has_two_halves() -> None:
    volume: Manifest = {"name": "tmp", "emptyDir": {}}
    assert Mount("/tmp", volume).in_container() == {"name": "tmp", "mountPath": "/tmp", "readOnly": True}, (
        "read-only unless it says otherwise"
    )
