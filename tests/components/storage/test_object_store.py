"""Object store: an S3 server on a claim, its keys in files."""

from quadrant_platform.components.storage.object_store import HEALTH, ObjectStore
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
    wanted = ["/run/secrets/pictures-access", "/run/secrets/pictures-secret"]
    assert container["command"][2:4] == wanted, "the start script reads them"


def test_another_bucket_rolls_its_pod() -> None:
    templates = []
    for buckets in (["originals"], ["originals", "videos"]):
        some = planned("prod", {"objectStores": {"pictures": {"buckets": buckets}}})
        found = one(ObjectStore.manifests(some.object_stores["pictures"]), "StatefulSet")
        templates.append(found["spec"]["template"])
    assert templates[0] != templates[1], "buckets are made at start only"


def test_it_answers_the_health_path_of_its_predecessor() -> None:
    container = main_container(one(built(), "StatefulSet"))
    assert container["readinessProbe"]["httpGet"] == {"path": HEALTH, "port": 9000, "scheme": "HTTP"}, "clients ask it"
    place = container["command"].index("--health")
    assert container["command"][place + 1] == HEALTH, "so the server must serve it"


def test_it_keeps_its_place_in_a_full_cluster() -> None:
    assert pod_spec(one(built(), "StatefulSet"))["priorityClassName"] == "shop-critical", "data is evicted last"
