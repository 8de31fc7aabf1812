"""Images: their version and their registry."""

from __future__ import annotations

import pytest

from quadrant_platform.policies.configuration.config import Config
from tests.policies.builders import DIGEST, UNKNOWN, Manifest, changed, obj, workload
from tests.policies.cases import INIT, MAIN, PodCase, breaks, ephemeral, keeps
from tests.policies.judging import engine_rules, rules
from tests.policies.servicer import Pack

CASES = (
    breaks(f"{MAIN}/image", "registry.example.com:5000/shop/app", "pinned-by-tag-and-digest/tag"),
    breaks(f"{MAIN}/image", "app:latest", "pinned-by-tag-and-digest/tag"),
    breaks(f"{MAIN}/image", "app:latest-12", "pinned-by-tag-and-digest/tag"),
    breaks(f"{INIT}/image", "app:stable", "pinned-by-tag-and-digest/tag"),
    breaks("ephemeralContainers", [{**ephemeral()[0], "image": "busybox"}], "pinned-by-tag-and-digest/tag"),
    breaks(f"{MAIN}/image", "app:bookworm", "pinned-by-tag-and-digest/tag"),
    breaks(f"{MAIN}/image", "app:facade", "pinned-by-tag-and-digest/tag"),
    keeps(f"{MAIN}/image", f"app@{DIGEST}"),
    keeps(f"{MAIN}/image", f"app:latest@{DIGEST}"),
    keeps(f"{MAIN}/image", "app:befacaad"),
    breaks("volumes/0", {"name": "v", "image": {"reference": "data"}}, "pinned-by-tag-and-digest/tag"),
    breaks(f"{MAIN}/image", UNKNOWN, "pinned-by-tag-and-digest/unknown", "registry-allow-list/unknown",
           "no-nginx-ingress/unknown", "high-uid-gid/unknown"),
    keeps(f"{MAIN}/image", f"app:v3@{DIGEST}"),
    breaks(f"{MAIN}/image", "registry.unknown.test/app:1.0", "registry-allow-list/"),
    breaks(f"{INIT}/image", "registry.example.com.evil.test/app:1.0", "registry-allow-list/"),
    breaks(f"{MAIN}/image", "localhost:5000/app:1.0", "registry-allow-list/"),
    breaks(f"{MAIN}/image", "a.b.azurecr.io/app:1.0", "registry-allow-list/"),
    breaks("volumes/0", {"name": "v", "image": {"reference": "x.test/data:1"}}, "registry-allow-list/"),
    keeps(f"{MAIN}/image", "shop.azurecr.io/app:1.0"),
    keeps(f"{MAIN}/image", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1.0"),
    keeps(f"{MAIN}/image", "quay.io:443/team/app:1.0"),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_change_breaks_exactly_its_rules(case: PodCase) -> None:
    assert rules(case.manifest) == case.rules, "the direct check finds what the case names and nothing else"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_engine_sees_the_same_rules_broken(case: PodCase) -> None:
    assert engine_rules(case.manifest) == case.rules, "proxies, floats and unknowns change nothing"


@pytest.mark.parametrize(("manifest", "config", "found"), [
    (workload(), Config(registries=frozenset({"registry.example.com/shop"})), set()),
    (workload(), Config(registries=frozenset({"registry.example.com:5000/shop/app"})), set()),
    (workload(), Config(registries=frozenset({"registry.example.com/other"})), {("registry-allow-list", "")}),
    (workload(), Config(registries=frozenset({"registry.example.com:5001"})), {("registry-allow-list", "")}),
])  # fmt: skip
def test_a_platform_decides_what_may_be_disputed(
    manifest: Manifest, config: Config, found: set[tuple[str, str]]
) -> None:
    assert rules(manifest, config=config) == found, "a switch, with a default that is written down"


@pytest.mark.parametrize(("image", "broken"), [
    ("ghcr.io/cloudnative-pg/postgresql:17.6", set()),
    ("ghcr.io/cloudnative-pg/postgresql", {"pinned-by-tag-and-digest"}),
    ("images.unknown.test/postgresql:17.6", {"registry-allow-list"}),
    (None, set()),
])  # fmt: skip
def test_the_image_of_an_operators_pods_is_judged_too(image: str | None, broken: set[str]) -> None:
    cluster = obj("postgresql.cnpg.io/v1", "Cluster", "db", spec={"instances": 3, "imageName": image})
    assert {policy for policy, _ in rules(cluster)} == broken, "the operator makes pods of it"


def test_a_digest_is_asked_for_only_where_the_stack_wants_it() -> None:
    config = Config(require_digest=True)
    good = f"app:1.2@sha256:{64 * '0'}"
    job = changed(workload(), "spec/template/spec/initContainers", [])
    path = "spec/template/spec/containers/0/image"
    assert rules(job, config=config) == {("pinned-by-tag-and-digest", "digest")}, "a tag alone is not enough"
    assert rules(changed(job, path, good), config=config) == set(), "tag and digest are"
    pack = Pack()
    pack.configure("pinned-by-tag-and-digest", requireDigest=True)
    assert pack.analyze(job).rules == {("pinned-by-tag-and-digest", "digest")}, "the engine passes the setting on"
