"""motovault: the connections that are open, who else is refused, and which pairs may never talk."""

import pytest

from tests.demands.reach import FOREIGN, NEIGHBOURS, reach
from tests.demands.rendered import STAGES, manifests, named, secret_files, workload

SYSTEM = "motovault"

OWNERS = {
    "NET-12": ("admin-backend", {"admin-postgres": 5432, "admin-redis": 6379, "admin-minio": 9000}),
    "NET-13": ("mvp-platform-vehicles-api", {"mvp-platform-vehicles-db": 5432, "mvp-platform-vehicles-redis": 6379}),
    "NET-14": ("mvp-platform-tenants", {"platform-postgres": 5432, "platform-redis": 6379}),
}
JOBS = {"admin-postgres": {"admin-migrations"}, "platform-postgres": {"platform-backup"}}
DATABASES = ("admin-postgres", "platform-postgres", "mvp-platform-vehicles-db")

FORBIDDEN = [
    ("admin-backend", "platform-postgres", 5432),
    ("admin-backend", "mvp-platform-vehicles-db", 5432),
    ("admin-backend", "platform-redis", 6379),
    ("admin-backend", "mvp-platform-vehicles-redis", 6379),
    ("traefik", "mvp-platform-vehicles-api", 8000),
    ("traefik", "mvp-platform-tenants", 8000),
    ("mvp-platform-vehicles-api", "platform-postgres", 5432),
    ("mvp-platform-tenants", "mvp-platform-vehicles-db", 5432),
    ("mvp-platform-tenants", "mvp-platform-vehicles-api", 8000),
    ("mvp-platform-vehicles-api", "mvp-platform-tenants", 8000),
    ("admin-frontend", "admin-backend", 3001),
    ("admin-frontend", "admin-postgres", 5432),
    ("admin-frontend", "mvp-platform-landing", 3000),
    ("mvp-platform-landing", "admin-frontend", 3000),
    ("mvp-platform-landing", "admin-backend", 3001),
    ("traefik", "admin-postgres", 5432),
    ("admin-postgres", "admin-redis", 6379),
    ("admin-redis", "admin-minio", 9000),
    ("admin-minio", "admin-postgres", 5432),
]


@STAGES
@pytest.mark.demand("NET-11", partly="no call without a key is refused")
@pytest.mark.parametrize("api", ["mvp-platform-vehicles-api", "mvp-platform-tenants"])
def test_the_backend_calls_the_platform_apis(stage: str, api: str) -> None:
    verdict = reach(SYSTEM, stage).why("admin-backend", api, 8000)
    assert verdict.allowed, f"the call must get through: {verdict.missing}"
    assert {verdict.egress, verdict.ingress} == {("motovault-backend/admin-backend",), (f"motovault-backend/{api}",)}, (
        "by the policies of the two ends and by nothing wider"
    )


@STAGES
@pytest.mark.demand("NET-11", partly="no call without a key is refused")
@pytest.mark.parametrize(
    ("api", "key"),
    [
        ("mvp-platform-vehicles-api", "platform-vehicles-api-key"),
        ("mvp-platform-tenants", "platform-tenants-api-key"),
    ],
)
def test_caller_and_platform_api_hold_the_same_key(stage: str, api: str, key: str) -> None:
    """X-22: the tenants key is added, and each key is mounted at the callee too."""
    for side in ("admin-backend", api):
        assert secret_files(SYSTEM, stage, side)[key] == key, f"{side} reads the key from a file of its Secret"
    homes = {workload(SYSTEM, stage, side)["metadata"]["namespace"] for side in ("admin-backend", api)}
    assert homes == {"motovault-backend"}, "both read one Secret, so that the key is the same"
    source = named(manifests(SYSTEM, stage), "Secret" if stage == "dev" else "ExternalSecret", key)
    assert source["metadata"]["namespace"] == "motovault-backend", "and that Secret is made where they read it"


@STAGES
@pytest.mark.parametrize(
    ("owner", "store", "port"),
    [
        pytest.param(owner, store, port, marks=pytest.mark.demand(demand), id=store)
        for demand, (owner, stores) in OWNERS.items()
        for store, port in stores.items()
    ],
)
def test_a_data_store_answers_its_owner_and_nobody_else(stage: str, owner: str, store: str, port: int) -> None:
    """X-91: in prod the operator, which runs the databases, watches them; migration and backup are jobs of the owner.

    The other sources tried are every workload, unlabelled pods in every segment, a pod of a namespace
    without policies, and addresses of all kinds.
    """
    expected = {owner} | JOBS.get(store, set())
    if stage == "prod" and store in DATABASES:
        expected |= {"cnpg"}
    found = reach(SYSTEM, stage).sources(store, port)
    assert found == expected, f"{found - expected} must be refused and {expected - found} let in"


@STAGES
@pytest.mark.parametrize(
    ("owner", "stores"),
    [
        pytest.param(owner, set(stores.items()), marks=pytest.mark.demand(demand), id=owner)
        for demand, (owner, stores) in OWNERS.items()
    ],
)
def test_an_owner_reaches_its_stores_and_no_other(stage: str, owner: str, stores: set[tuple[str, int]]) -> None:
    everything = {(store, port) for _, several in OWNERS.values() for store, port in several.items()}
    names = {store for store, _ in everything}
    found = {(target, port) for target, port in reach(SYSTEM, stage).targets(owner) if target in names}
    assert found == stores, "its own stores on their ports, and none of another segment's"


@STAGES
@pytest.mark.demand("NET-15")
@pytest.mark.parametrize(
    ("target", "port"), [("admin-frontend", 3000), ("mvp-platform-landing", 3000), ("admin-backend", 3001)]
)
def test_traefik_reaches_what_is_behind_its_routes(stage: str, target: str, port: int) -> None:
    assert reach(SYSTEM, stage).sources(target, port) == {"traefik"}, "users come through Traefik and no other way"


@STAGES
@pytest.mark.demand("NET-15")
def test_traefik_asks_the_backend_who_a_user_is(stage: str) -> None:
    address = named(manifests(SYSTEM, stage), "Middleware", "api-auth")["spec"]["forwardAuth"]["address"]
    assert address.partition("//")[2].startswith("admin-backend"), "the forward-auth call goes to the backend"
    assert ":3001/auth/verify" in address, "on the port that the route uses too"


@STAGES
@pytest.mark.demand("NET-16")
@pytest.mark.parametrize(("source", "target", "port"), FORBIDDEN)
def test_a_forbidden_pair_is_refused_at_both_ends(stage: str, source: str, target: str, port: int) -> None:
    """X-07: pairs that share a segment without a row are refused like all others."""
    verdict = reach(SYSTEM, stage).why(source, target, port)
    assert not verdict.allowed, f"{source} must not reach {target}, yet {verdict.egress} and {verdict.ingress} allow it"
    assert len(verdict.missing) == 2, "the sender is not let out and the target lets no one in"


@STAGES
@pytest.mark.demand("NET-16")
def test_a_pod_without_rows_talks_to_nobody(stage: str) -> None:
    judged = reach(SYSTEM, stage)
    assert not judged.targets(NEIGHBOURS), "a pod beside the workloads is let out nowhere"
    ours = {pod.id.rpartition("/")[2] for pod in judged.pods if pod.namespace.startswith(SYSTEM)}
    assert not {target for target, _ in judged.targets(FOREIGN)} & ours, "a pod of another namespace gets in nowhere"


@STAGES
@pytest.mark.demand("NET-18")
@pytest.mark.parametrize("api", ["mvp-platform-tenants", "mvp-platform-vehicles-api"])
def test_a_platform_api_is_reached_by_the_backend_only(stage: str, api: str) -> None:
    assert reach(SYSTEM, stage).sources(api, 8000) == {"admin-backend"}, "there is no other way to it"
    routed = {service["name"] for router in manifests(SYSTEM, stage) if router["kind"] == "IngressRoute"
              for rule in router["spec"]["routes"] for service in rule["services"]}  # fmt: skip
    assert api not in routed, "no public route names it"


@STAGES
@pytest.mark.demand("NET-18")
def test_no_application_service_is_exposed_by_itself(stage: str) -> None:
    for name in ("admin-frontend", "mvp-platform-landing", "admin-backend", "mvp-platform-tenants",
                 "mvp-platform-vehicles-api"):  # fmt: skip
        spec = named(manifests(SYSTEM, stage), "Service", name)["spec"]
        assert spec.get("type") == "ClusterIP", f"{name} is found inside the cluster only"
        assert not spec.get("externalIPs"), f"{name} has no address outside"
