"""An environment is checked alone and against its system; the other cross-checks have a file each under bad/."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.model.consistency import problems_of, problems_with
from quadrant_platform.model.consistency.environment_names import lengths
from quadrant_platform.model.loader import load_environment, load_system, system_file, systems
from quadrant_platform.model.schema.environment import PRESETS, Environment, merged
from quadrant_platform.model.schema.system import System
from quadrant_platform.model.schema.types import Stage

SHOP: dict[str, Any] = {
    "name": "shop",
    "services": {
        "web": {
            "segment": "frontend",
            "image": "shop/web:1.0.0",
            "ports": {"http": 3000},
            "resources": {"profiles": {"load-50": {"cpu": "2", "memory": "2Gi"}}},
        }
    },
    "externalDatabases": {
        "orders": {
            "segment": "database", "storage": "1Gi", "database": "shop", "user": "shop", "password": "orders-password",
        }
    },
    "secrets": {"orders-password": {"keys": {"orders-password": {"path": "shop/orders"}}}},
    "vault": {"role": "shop"},
    "flows": [{"from": "web", "to": "orders", "ports": [5432], "why": "orders"}],
}  # fmt: skip
ADDRESS = {"externalDatabases": {"orders": {"primary": "10.1.0.5/32"}}}


def shop(**changes: Any) -> System:
    return System.model_validate(merged(SHOP, changes))


def environment(stage: Stage = Stage.PROD, **overrides: Any) -> Environment:
    return Environment.model_validate(merged(PRESETS[stage], merged(ADDRESS, overrides)))


def refusal(overrides: Mapping[str, Any], preset: str = "prod") -> list[str]:
    with pytest.raises(BadInput) as caught:
        load_environment(preset, overrides)
    return [str(problem) for problem in caught.value.problems]


def test_the_example_fits_both_presets() -> None:
    assert problems_of(shop()) == [], "the example is sound"
    for stage in Stage:
        assert problems_with(shop(), environment(stage)) == [], f"the example fits {stage}"


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        (
            {"logLevel": "VERBOSE"},
            "logLevel: 'VERBOSE' is not a value that is allowed here; use 'ERROR', 'WARN', 'INFO' or 'DEBUG'",
        ),
        ({"logLevel": "DEBUG"}, "logLevel DEBUG is for dev; use ERROR, WARN or INFO in prod"),
        (
            {"storageLimits": "1Gi"},
            ("storageLimits: unknown key 'storageLimits'; did you mean 'storageLimit'?"),
        ),
        (
            {"name": "dev"},
            (
                "name: the preset is prod, and its name decides which rows and jobs apply; "
                "remove `name` and choose the preset with `quadrant:environment`"
            ),
        ),
        (
            {"network": {"clusterCidrs": ["198.18.0.0/15", "198.19.0.0/16"]}},
            (
                "network.clusterCidrs.1: overlapping CIDRs: 198.19.0.0/16 and 198.18.0.0/15 (network.clusterCidrs.0) "
                "have addresses in common; make them disjoint or remove one"
            ),
        ),
        (
            {"network": {"nodeCidrs": ["10.96.0.0/16"], "egressCidr": "10.96.240.0/24"}},
            (
                "network.egressCidr: overlapping CIDRs: 10.96.240.0/24 and 10.96.0.0/16 (network.nodeCidrs.0) "
                "have addresses in common; make them disjoint or remove one"
            ),
        ),
        (
            {"namespacePrefix": "Alice"},
            (
                "namespacePrefix: 'Alice' is no prefix of a namespace; write lower-case letters, digits and hyphens, "
                "with a hyphen at the end, such as alice-"
            ),
        ),
        (
            {"externalDatabases": {"orders": {"primary": "10.1.0.0/24"}}},
            (
                "externalDatabases.orders.primary: 10.1.0.0/24 is a range, and a database has one address; "
                "write the address with /32 or /128"
            ),
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_bad_override_is_told_its_key(overrides: dict[str, Any], expected: str) -> None:
    assert refusal(overrides) == [expected], "an override names its key path, the reason and the remedy"


def test_nodes_may_lie_inside_the_clusters_ranges() -> None:
    network = {"clusterCidrs": ["198.18.0.0/15"], "nodeCidrs": ["198.18.1.0/24"]}
    assert load_environment("prod", {"network": network}).network.node_cidrs, "a cluster's ranges contain its nodes"


def test_a_cidr_of_one_family_does_not_overlap_the_other() -> None:
    assert load_environment("prod", {"network": {"clusterCidrs": ["::/0"]}}).network.cluster_cidrs, (
        "IPv6 and IPv4 share no address"
    )


def test_an_unknown_preset_gets_the_nearest_name() -> None:
    assert refusal({}, "prd") == ["there is no preset 'prd'; did you mean 'prod'?"], "presets are dev and prod"


def test_problems_of_a_stack_have_the_lines_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.prod.yaml"
    file.write_text("config:\n  quadrant:overrides:\n    zones: true\n    spread: loose\n")
    with pytest.raises(BadInput) as caught:
        load_environment("prod", {"zones": True, "spread": "loose"}, file)
    assert [problem.line for problem in caught.value.problems] == [4], "the override is in line 4"
    assert str(caught.value).startswith(f"{file}:4: spread: "), "the place comes first"


@pytest.mark.parametrize(
    ("system", "overrides", "expected"),
    [
        ({}, {"images": {"wbe": "web:2.0.0"}}, "images.wbe: the system has no workload 'wbe'; did you mean 'web'?"),
        (
            {},
            {"externalDatabases": {"order": {"primary": "10.1.0.6/32"}}},
            "externalDatabases.order: the system has no external database 'order'; did you mean 'orders'?",
        ),
        (
            {},
            {"sizeProfile": "load-500"},
            "sizeProfile: the system has no sizing profile 'load-500'; did you mean 'load-50'?",
        ),
        (
            {},
            {"peers": {"prometeus": {"namespace": "observability", "labels": {"app": "prometheus"}}}},
            "peers.prometeus: there is no control plane 'prometeus'; did you mean 'prometheus'?",
        ),
        (
            {"vault": None},
            {},
            ("secrets: secrets come from a vault, and 'shop' does not name one; "
             "add `vault: {role: …}` to the system"),
        ),
        (
            {"segments": {"platform": {"namespace": "monitoring"}}},
            {},
            ("peers: the namespace 'monitoring' of segment platform is that of prometheus; "
             "set segments.platform.namespace in the system to another"),
        ),
        (
            {
                "edge": {
                    "certificate": {"name": "shop", "commonName": "shop.example.com", "hosts": ["*.example.com"]},
                    "routes": {"site": {"host": "shop.example.com", "to": "web", "why": "the shop"}},
                }
            },
            {},
            ("publishing.dnsChallenge: the certificate 'shop' comes from an ACME server by a DNS challenge only; "
             "give cert-manager's dns01 solver, or issuer: selfSigned"),
        ),
    ],
    ids=["image", "external-database", "profile", "peer", "vault", "namespace", "challenge"],
)  # fmt: skip
def test_an_environment_that_does_not_fit_its_system_is_refused(
    system: dict[str, Any], overrides: dict[str, Any], expected: str
) -> None:
    found = [str(problem) for problem in problems_with(shop(**system), environment(**overrides))]
    assert found == [expected], "what an environment names, the system has"


def test_an_external_database_needs_an_address_in_prod_only() -> None:
    bare = {stage: Environment.model_validate(PRESETS[stage]) for stage in Stage}
    assert problems_with(shop(), bare[Stage.DEV]) == [], "dev runs one in the cluster"
    assert [str(problem) for problem in problems_with(shop(), bare[Stage.PROD])] == [
        (
            "externalDatabases: the database 'orders' is outside the cluster in prod, and its address is missing; "
            "add `orders: {primary: <address>/32}`"
        )
    ], "prod has no database of its own to fall back to"


@pytest.mark.parametrize("name", systems())
def test_shipped_systems_have_nothing_to_complain_about(name: str) -> None:
    assert problems_of(load_system(system_file(name))) == [], "every cross-check passes"


@pytest.mark.parametrize("stages", [[], ["prod"]], ids=["no workload at all", "a job of the other stage"])
def test_a_system_of_which_nothing_runs_is_told_so(stages: list[str]) -> None:
    job = {"segment": "backend", "image": "shop/job:1.0.0", "command": ["run"], "stages": stages}
    system = System.model_validate({"name": "bare", "jobs": {"tidy": job} if stages else {}})
    with pytest.raises(BadInput, match=r"nothing of 'bare' runs in dev; add `services`"):
        load_environment("dev", {}, system=system)


def test_overrides_without_schema_errors_are_checked_in_the_same_run() -> None:
    wrong = {"spot": "maybe", "sizeProfile": "load-5", "network": {"clusterCidrs": ["11.0.0.0/8", "11.1.0.0/16"]}}
    with pytest.raises(BadInput) as caught:
        load_environment("dev", wrong, system=shop())
    places = sorted(".".join(map(str, problem.path)) for problem in caught.value.problems)
    assert places == ["network.clusterCidrs.1", "sizeProfile", "spot"], "one run reports all three"


@pytest.mark.parametrize("wrong", [{"databases": "stateful", "secrets": "generated"}, {"publishing": {"issuer": 5}}])
def test_overrides_that_are_left_out_cause_no_further_problems(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as caught:
        load_environment("prod", {**ADDRESS, **wrong}, system=shop())
    assert len(caught.value.problems) == 1, "one mistake is reported, not its consequences"


def test_a_prefix_leaves_room_for_the_longest_namespace() -> None:
    fits, too_long = "a" * 49 + "-", "a" * 50 + "-"
    assert not list(lengths(shop(), environment(namespacePrefix=fits))), "shop-frontend takes 13 of 63 characters"
    [problem] = lengths(shop(), environment(namespacePrefix=too_long))
    assert "has 64 characters" in problem.what, "Kubernetes refuses such a namespace"
    assert (problem.path, problem.remedy) == (("namespacePrefix",), "shorten the prefix by 1"), "where, and the remedy"
