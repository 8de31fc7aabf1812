"""Configuration files are in the namespaces of the pods that read them."""

from quadrant_platform.components.workload.configs import Configs
from tests.components.sample import Manifest, planned

READ_BY_A_DATABASE_JOB: Manifest = {"jobs": {"cleanup": {"config": ["flags"]}}}


def places(stage: str = "dev", changes: Manifest | None = None) -> set[tuple[str, str]]:
    """Namespace and name of every ConfigMap."""
    found = Configs.manifests(planned(stage, changes))
    return {(config["metadata"]["namespace"], config["metadata"]["name"]) for config in found}


def test_a_file_is_in_the_namespace_of_its_reader() -> None:
    assert places() == {("shop-core", "config-app"), ("shop-core", "config-flags")}, "a pod mounts from its own"


def test_a_file_with_readers_in_two_namespaces_is_in_both() -> None:
    found = places("prod", READ_BY_A_DATABASE_JOB)
    assert {("shop-core", "config-flags"), ("shop-database", "config-flags")} <= found, "each reads its own copy"


def test_a_reader_of_another_stage_needs_no_file() -> None:
    assert ("shop-database", "config-flags") not in places("dev", READ_BY_A_DATABASE_JOB), "the job is not there"


def test_a_file_has_the_name_that_its_path_ends_in() -> None:
    names = {key for config in Configs.manifests(planned()) for key in config["data"]}
    assert names == {"production.yml", "flags.txt"}, "the mount puts each key at its path"
