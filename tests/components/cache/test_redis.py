"""Redis alone, with replicas, and under Sentinel."""

from typing import Any

import pytest

from quadrant_platform.components.cache.redis import Cache, memory_text
from quadrant_platform.components.cache.sentinel import Sentinel
from quadrant_platform.model.schema.quantities import Bytes
from quadrant_platform.quantities import parse_quantity
from tests.components.sample import Manifest, args, kinds, main_container, one, planned, pod_spec, registered

MASTER = "statefulset.kubernetes.io/pod-name"


def built(name: str, stage: str = "prod", **changes: object) -> list[Manifest]:
    """The objects of one of the shop's caches, with changes to it."""
    plan = planned(stage, {"caches": {name: changes}})
    return list(Cache.manifests(plan.caches[name]))


def watchers(stage: str = "prod") -> list[Manifest]:
    """The objects of the shop's Sentinels."""
    plan = planned(stage)
    return list(Sentinel.manifests(plan.caches["session"]))


def conf(manifests: list[Manifest], name: str, file: str = "redis.conf") -> dict[str, str]:
    """The lines of a configuration file by their key."""
    text: str = one(manifests, "ConfigMap", f"{name}-settings")["data"][file]
    return {key: value for key, _, value in (line.rpartition(" ") for line in text.splitlines())}


@pytest.mark.parametrize(
    ("size", "text"), [("256Mi", "256mb"), ("2Gi", "2gb"), ("1Ti", "1024gb"), ("1500Ki", "1500kb"), ("5M", "5000000")]
)
def test_sizes_are_written_in_redis_units(size: str, text: str) -> None:
    assert memory_text(Bytes(round(parse_quantity(size)))) == text, "2g would be a decimal size"


def test_a_cache_keeps_to_its_memory_and_writes_its_log_every_second() -> None:
    found = conf(built("counters", maxMemory="128Mi", eviction="volatile-ttl"), "counters")
    wanted = {"maxmemory": "128mb", "maxmemory-policy": "volatile-ttl", "appendonly": "yes", "appendfsync": "everysec"}
    assert wanted.items() <= found.items(), "redis.conf carries the declared values"
    assert not [key for key in found if "pass" in key or "auth" in key], "a ConfigMap holds no password"


def test_a_statefulset_may_have_a_name_of_its_own() -> None:
    manifests = built("counters", statefulSet="counters-cluster")
    workload = one(manifests, "StatefulSet", "counters-cluster")
    assert workload["spec"]["template"]["spec"]["serviceAccountName"] == "counters", "the workload keeps its name"
    assert one(manifests, "Service")["metadata"]["name"] == "counters", "and so does the Service"


def test_a_single_cache_is_one_pod_without_budget() -> None:
    manifests = built("counters")
    assert one(manifests, "StatefulSet")["spec"]["replicas"] == 1, "one copy is what single means"
    assert "PodDisruptionBudget" not in kinds(manifests), "one copy would block drains"
    assert "affinity" not in pod_spec(one(manifests, "StatefulSet")), "a single copy has no others to keep apart from"


@pytest.mark.parametrize("name", ["counters", "pages", "session"])
def test_probes_ask_redis_itself_without_the_file_that_changes(name: str) -> None:
    container = main_container(one(built(name), "StatefulSet"))
    commands = {kind: container[f"{kind}Probe"]["exec"]["command"] for kind in ("startup", "readiness", "liveness")}
    found = {kind: command[2] for kind, command in commands.items()}
    assert found == {"startup": "live", "readiness": "ready", "liveness": "live"}, (
        "a loading server lives, but is not ready"
    )
    assert not any("secrets" in word for command in commands.values() for word in command), "it may be ahead of Redis"
    assert "env" not in container, "a password in a variable shows in every listing of the pod"


def test_replicas_follow_the_service_of_the_first_pod() -> None:
    manifests = built("pages", replicas=2)
    assert one(manifests, "StatefulSet")["spec"]["replicas"] == 3, "the master is one more than its replicas"
    assert one(manifests, "Service", "pages")["spec"]["selector"][MASTER] == "pages-0", "writes go to the master"
    assert MASTER not in one(manifests, "Service", "pages-replica")["spec"]["selector"], "reads go anywhere"
    assert main_container(one(manifests, "StatefulSet"))["command"][-1] == "pages", "the script gets the host to follow"
    assert "PodDisruptionBudget" in kinds(manifests), "several copies are drained one by one"


def test_every_copy_is_scraped_once() -> None:
    for name in ("counters", "pages", "session"):
        manifests = built(name)
        wanted = one(manifests, "ServiceMonitor")["spec"]["selector"]["matchLabels"].items()
        services = [entry for entry in manifests if entry["kind"] == "Service"]
        [found] = [entry for entry in services if wanted <= entry["metadata"]["labels"].items()]
        assert MASTER not in found["spec"]["selector"], "the scraped Service leads to all copies"


def test_dev_runs_replicas_as_one_pod_but_keeps_sentinel() -> None:
    assert one(built("pages", "dev"), "StatefulSet")["spec"]["replicas"] == 1, "dev drops replicas"
    assert one(built("session", "dev"), "StatefulSet")["spec"]["replicas"] == 3, "failover is tried out in dev too"
    assert one(watchers("dev"), "StatefulSet")["spec"]["replicas"] == 3, "three watchers are the fewest that agree"


def test_three_servers_and_three_sentinels_stand_on_different_nodes() -> None:
    for manifests in (built("session"), watchers()):
        workload = one(manifests, "StatefulSet")
        rule = pod_spec(workload)["affinity"]["podAntiAffinity"]
        assert workload["spec"]["replicas"] == 3, "one of three may fail"
        assert rule["requiredDuringSchedulingIgnoredDuringExecution"][0]["topologyKey"] == "kubernetes.io/hostname", (
            "a lost node takes one copy only"
        )
        assert one(manifests, "PodDisruptionBudget")["spec"]["maxUnavailable"] == 1, "a majority stays"


def test_copies_start_together_as_the_first_may_have_to_follow_the_last() -> None:
    for manifests in (built("session"), watchers()):
        assert one(manifests, "StatefulSet")["spec"]["podManagementPolicy"] == "Parallel", (
            "in order, a full restart would wait for ever"
        )


def test_every_copy_has_a_name_that_outlives_its_pod() -> None:
    for manifests, name in ((built("session"), "session"), (watchers(), "session-sentinel")):
        for ordinal in range(3):
            spec: dict[str, Any] = one(manifests, "Service", f"{name}-{ordinal}")["spec"]
            assert spec["selector"][MASTER] == f"{name}-{ordinal}", "each name leads to one pod"
            assert spec["publishNotReadyAddresses"] is True, "a copy is found before it is ready"


def test_sentinels_agree_by_majority_within_seconds() -> None:
    manifests = watchers()
    found = conf(manifests, "session-sentinel", "sentinel.conf")
    assert main_container(one(manifests, "StatefulSet"))["command"][5:9] == ["session", "session-0", "6379", "2"], (
        "two of three Sentinels decide"
    )
    assert found["sentinel down-after-milliseconds session"] == "3000", "a failure is seen after three seconds"
    assert found["sentinel failover-timeout session"] == "10000", "and repaired within ten more"
    assert found["sentinel resolve-hostnames"] == found["sentinel announce-hostnames"] == "yes", (
        "addresses change with every pod"
    )


def test_a_master_that_was_cut_off_refuses_writes() -> None:
    assert conf(built("session"), "session")["min-replicas-to-write"] == "1", "they would be lost with it"
    assert "min-replicas-to-write" not in conf(built("counters"), "counters"), "a single copy has no replica"
    assert conf(built("session"), "session")["repl-diskless-sync-delay"] == "0", "it would add to every failover"


def test_a_master_hands_over_before_it_stops() -> None:
    workload = one(built("session"), "StatefulSet")
    stop = main_container(workload)["lifecycle"]["preStop"]["exec"]["command"]
    assert stop[-3:] == [f"session-sentinel-{ordinal}" for ordinal in range(3)], "the hook asks each Sentinel in turn"
    assert pod_spec(workload)["terminationGracePeriodSeconds"] > 20, "the hook takes up to 20 seconds"
    assert "lifecycle" not in main_container(one(built("counters"), "StatefulSet")), (
        "there is no other copy to hand over to"
    )


def test_the_component_registers_its_sentinels_below_itself() -> None:
    plan = planned("prod")

    def build() -> None:
        for name, cache in plan.caches.items():
            Cache(name, args(cache))

    found = registered(build)
    [watching] = [entry for entry in found if entry.type == "quadrant:data:Sentinel"]
    [parent] = [entry for entry in found if entry.urn == watching.parent]
    assert (parent.type, parent.name) == ("quadrant:data:Cache", "session"), "a cache is one concept"
    assert {entry.inputs["kind"] for entry in found if entry.parent == watching.urn} >= {"StatefulSet", "Service"}, (
        "the Sentinels are complete"
    )
