"""The Redis servers: where they stand, how they keep and forget data, and how one takes over from another."""

import pytest
import yaml

from quadrant_platform.model.consistency import problems_of
from quadrant_platform.model.loader import system_file
from quadrant_platform.model.schema.system import System
from quadrant_platform.quantities import parse_quantity
from tests.demands.reach import reach
from tests.demands.rendered import STAGES, container, labels, manifests, named, ports, segments, settings, workload
from tests.demands.stores import claim, file_text, limits, redis_settings

MOTOVAULT, PINKY, CARBON = "motovault", "pinky-promise", "carbon254"
CACHES = {"admin-redis": "database", "platform-redis": "platform", "mvp-platform-vehicles-redis": "platform"}
CLIENTS = {
    "admin-redis": "admin-backend",
    "platform-redis": "mvp-platform-tenants",
    "mvp-platform-vehicles-redis": "mvp-platform-vehicles-api",
}


@STAGES
@pytest.mark.demand("CAC-01")
@pytest.mark.parametrize(("cache", "segment"), CACHES.items())
def test_a_cache_of_the_platform_stands_in_its_segment(stage: str, cache: str, segment: str) -> None:
    """X-22: each has a password of its own."""
    target = workload(MOTOVAULT, stage, cache)
    assert target["kind"] == "StatefulSet", "what it holds outlives its pod"
    assert target["metadata"]["namespace"] == f"motovault-{segment}", "its namespace is that of its segment"
    assert segments(MOTOVAULT, stage, cache) == {segment}, "and it stands in no other one"
    assert 6379 in ports(container(MOTOVAULT, stage, cache)), "it listens on the port of Redis"
    assert redis_settings(MOTOVAULT, stage, cache)["port"] == "6379", "as in its own file"
    service = named(manifests(MOTOVAULT, stage), "Service", cache)
    assert 6379 in {port["port"] for port in service["spec"]["ports"]}, "and clients call it there"
    assert claim(MOTOVAULT, stage, cache) == {"dev": "1Gi", "prod": "5Gi"}[stage], "on a volume of the stage's size"


@STAGES
@pytest.mark.demand("CAC-01")
def test_the_three_caches_are_separate(stage: str) -> None:
    redis = {one["metadata"]["name"] for one in manifests(MOTOVAULT, stage)
             if one["kind"] == "StatefulSet" and "redis" in one["metadata"]["name"]}  # fmt: skip
    assert redis == set(CACHES), "there are three, and no fourth"
    for cache, client in CLIENTS.items():
        assert reach(MOTOVAULT, stage).sources(cache, 6379) == {client}, f"{cache} serves one application"


@STAGES
@pytest.mark.demand("CAC-08")
def test_the_cache_of_the_backend_keeps_what_it_holds(stage: str) -> None:
    """X-52: a StatefulSet with a volume takes the place of the seed's Deployment."""
    target = workload(PINKY, stage, "redis-cache")
    assert target["kind"] == "StatefulSet", "a Deployment's pods share one volume or have none"
    assert labels(PINKY, stage, "redis-cache")["app"] == "redis-cache", "the label by which the seed selects it"
    assert 6379 in ports(container(PINKY, stage, "redis-cache")), "it listens on the port of Redis"
    assert claim(PINKY, stage, "redis-cache") == {"dev": "1Gi", "prod": "2Gi"}[stage], "it writes to a volume"
    conf = redis_settings(PINKY, stage, "redis-cache")
    assert (conf["appendonly"], conf["dir"]) == ("yes", "/data"), "every write is logged there"
    assert conf["maxmemory"] == "512mb", "memory is bounded by a number"
    assert conf["maxmemory-policy"] == "volatile-lru", "and what expires goes first when it is full"


@STAGES
@pytest.mark.demand("CAC-08")
def test_answers_and_sessions_are_cached(stage: str) -> None:
    cache = settings(PINKY, stage, "backend")["cache"]
    assert (cache["host"], cache["port"]) == ("redis-cache", 6379), "the backend finds the cache by name"
    assert cache["responses"]["ttl_seconds"] > 0, "answers of the API are kept for some time"
    assert cache["sessions"]["ttl_seconds"] > 0, "and so are sessions"


@STAGES
@pytest.mark.demand("CAC-13")
def test_one_master_two_copies_and_three_sentinels_run(stage: str) -> None:
    """X-61: Sentinel mode, without Redis Cluster."""
    redis, sentinel = (workload(CARBON, stage, name) for name in ("redis", "redis-sentinel"))
    assert (redis["kind"], redis["spec"]["replicas"]) == ("StatefulSet", 3), "one master and two copies of it"
    assert (sentinel["kind"], sentinel["spec"]["replicas"]) == ("StatefulSet", 3), "three watch, two agree"
    assert "cluster-enabled" not in redis_settings(CARBON, stage, "redis"), "Sentinel and Cluster exclude each other"
    assert container(CARBON, stage, "redis")["command"][:2] == ["sh", "/scripts/redis-start.sh"], "its own script runs"
    arguments = container(CARBON, stage, "redis")["command"][2:]
    watchers = [f"redis-sentinel-{ordinal}" for ordinal in range(3)]
    assert arguments == ["6379", "/run/secrets/redis-password", "120", "redis-0", "redis", *watchers], (
        "the first copy is the first master, and the Sentinels name a later one"
    )


@STAGES
@pytest.mark.demand("CAC-13")
def test_two_sentinels_decide_on_a_new_master(stage: str) -> None:
    command = container(CARBON, stage, "redis-sentinel")["command"]
    assert command[5:9] == ["redis", "redis-0", "6379", "2"], "a majority of three is two"
    start = file_text(CARBON, stage, "redis-sentinel", "/scripts/sentinel-start.sh")
    assert 'state="sentinel monitor $name $master $master_port $quorum"' in start, "that is what the arguments become"
    assert "--sentinel" in start, "and the server runs as Sentinel"
    conf = file_text(CARBON, stage, "redis-sentinel", "/etc/redis/sentinel.conf").splitlines()
    assert "sentinel down-after-milliseconds redis 3000" in conf, "silence of three seconds starts a vote"
    assert "sentinel failover-timeout redis 10000" in conf, "and the change ends within ten"
    judged = reach(CARBON, stage)
    for source, target, port in (("redis-sentinel", "redis", 6379), ("redis-sentinel", "redis-sentinel", 26379),
                                 ("redis", "redis", 6379), ("redis", "redis-sentinel", 26379)):  # fmt: skip
        assert judged.why(source, target, port).allowed, f"{source} must reach {target} on {port}"


@STAGES
@pytest.mark.demand("CAC-13")
@pytest.mark.parametrize("client", ["normalization", "enrichment", "aggregation", "projection"])
def test_a_client_asks_the_sentinels_for_the_master(stage: str, client: str) -> None:
    """X-61: clients must ask Sentinel."""
    redis = settings(CARBON, stage, client)["redis"]
    assert (redis["sentinels"], redis["master"]) == (["redis-sentinel:26379"], "redis"), "no server is named"
    for target, port in (("redis", 6379), ("redis-sentinel", 26379)):
        assert reach(CARBON, stage).why(client, target, port).allowed, f"{client} reaches {target} on {port}"


@STAGES
@pytest.mark.demand("CAC-14")
def test_redis_forgets_the_least_used_and_logs_every_second(stage: str) -> None:
    conf = redis_settings(CARBON, stage, "redis")
    expected = {"maxmemory": "2gb", "maxmemory-policy": "allkeys-lru", "appendonly": "yes", "appendfsync": "everysec"}
    assert {key: conf[key] for key in expected} == expected, "the settings of the seed, word for word"
    start = file_text(CARBON, stage, "redis", "/scripts/redis-start.sh")
    assert "cat /etc/redis/redis.conf\n" in start, "the server reads this file"


@STAGES
@pytest.mark.demand("CAC-14")
def test_redis_has_room_to_rewrite_its_log(stage: str) -> None:
    """X-62: the rewrite forks the server, so its limit is 3Gi, at least 1.4 times maxmemory."""
    memory = limits(CARBON, stage, "redis")["memory"]
    assert memory == "3Gi", "the limit of the resolution"
    assert parse_quantity(memory) >= 1.4 * 2 * 2**30, "room for the pages that change during the fork"


@pytest.mark.demand("CAC-14")
def test_a_limit_without_that_room_is_refused() -> None:
    """X-62: what the resolution calls a policy is a check of the system's file."""
    declared = yaml.safe_load(system_file(CARBON).read_text(encoding="utf-8"))
    assert not problems_of(System.model_validate(declared)), "as shipped, it has room"
    declared["caches"]["redis"]["resources"]["size"]["memory"] = "2500Mi"
    found = [str(problem) for problem in problems_of(System.model_validate(declared))]
    assert any("1.4 times" in text for text in found), "2500Mi is less than 1.4 times 2Gi"


@pytest.mark.demand("CAC-14")
def test_redis_has_its_memory_reserved_in_prod() -> None:
    """X-62 reserves 2.5Gi; stores of prod have their whole limit, so that no neighbour takes it."""
    requests = container(CARBON, "prod", "redis")["resources"]["requests"]
    assert parse_quantity(requests["memory"]) >= 2.5 * 2**30, "what it is bound to use is set aside"
