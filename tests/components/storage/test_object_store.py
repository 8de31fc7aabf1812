"""Object store: an S3 server on a claim, its keys in files."""

from quadrant_platform.components.storage.object_store import HEALTH, ObjectStore, start_script
from tests.components.sample import Manifest, kinds, main_container, one, planned, pod_spec


def built(stage: str = "prod") -> list[Manifest]:
    some = planned(stage)
    return list(ObjectStore.manifests(some.object_stores["pictures"]))


def test_an_object_store_is_one_pod_with_a_claim() -> None:
    wanted = ["ServiceAccount", "ConfigMap", "Service", "PersistentVolumeClaim", "StatefulSet"]
    assert kinds(built()) == wanted, "and what it needs"
    assert one(built(), "StatefulSet")["spec"]["replicas"] == 1, "one server owns the files"
    claim = one(built(), "PersistentVolumeClaim", "data-pictures-0")
    assert claim["spec"]["resources"]["requests"]["storage"] == "50Gi", "of the declared size"


def test_its_claim_in_dev_is_small() -> None:
    claim = one(built("dev"), "PersistentVolumeClaim")
    assert claim["spec"]["resources"]["requests"]["storage"] == "1Gi", "a laptop's disk is small"


def test_clients_find_it_on_the_declared_ports() -> None:
    ports = {port["name"]: port["port"] for port in one(built(), "Service")["spec"]["ports"]}
    assert ports == {"s3": 9000, "console": 9001}, "and the console where there is one"


def test_its_keys_are_files_and_never_in_the_manifest() -> None:
    container = main_container(one(built(), "StatefulSet"))
    assert "env" not in container, "anyone who may describe the pod sees a variable"
    script = one(built(), "ConfigMap")["data"]["start.sh"]
    for key in ("pictures-access", "pictures-secret"):
        assert f'"$(cat /run/secrets/{key})"' in script, f"{key} is read when the server starts"


def test_its_buckets_are_made_before_it_starts() -> None:
    lines = start_script(planned().object_stores["pictures"]).splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("exec "))
    made = [line for line in lines[:start] if line.startswith("mkdir -p /data/objects/")]
    assert [line.rpartition("/")[2] for line in made] == ["originals", "thumbnails"], "clients expect them"


def test_another_bucket_rolls_its_pod() -> None:
    prints = set()
    for buckets in (["originals"], ["originals", "videos"]):
        some = planned("prod", {"objectStores": {"pictures": {"buckets": buckets}}})
        found = one(ObjectStore.manifests(some.object_stores["pictures"]), "StatefulSet")
        prints.add(found["spec"]["template"]["metadata"]["annotations"]["quadrant.dev/config"])
    assert len(prints) == 2, "buckets are made at start only"


def test_it_answers_the_health_path_of_its_predecessor() -> None:
    container = main_container(one(built(), "StatefulSet"))
    assert container["readinessProbe"]["httpGet"] == {"path": HEALTH, "port": 9000, "scheme": "HTTP"}, "clients ask it"
    assert f"--health {HEALTH}" in one(built(), "ConfigMap")["data"]["start.sh"], "so the server must serve it"


def test_it_keeps_its_place_in_a_full_cluster() -> None:
    assert pod_spec(one(built(), "StatefulSet"))["priorityClassName"] == "shop-critical", "data is evicted last"
