"""The way in of motovault: Traefik alone, its files, its certificate, and nothing in the clear."""

import pytest

from tests.demands.gateway import certified, dynamic, entry, middleware, routers, static, target
from tests.demands.reach import reach
from tests.demands.rendered import STAGES, breaks, manifests, named, planted, pod, refused
from tests.policies.builders import REMOVE
from tests.stacks import Manifest, containers

MOTOVAULT = "motovault"
PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]


def named_nginx(image: str) -> Manifest:
    """A second ingress, as a seed's Compose file had one."""
    spec = {"containers": [{"name": "proxy", "image": image}]}
    meta = {"name": "nginx-proxy", "namespace": "motovault-frontend"}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": {"template": {"spec": spec}}}


@STAGES
@pytest.mark.demand("ING-01")
def test_traefik_reads_its_files_and_certificates_from_read_only_mounts(stage: str) -> None:
    spec = pod(MOTOVAULT, stage, "traefik")
    (traefik,) = (one for one in spec["containers"] if one["name"] == "traefik")
    assert traefik["image"].rpartition(":")[2].startswith("v3."), "the major version is 3"
    mounts = {one["mountPath"]: one for one in traefik["volumeMounts"]}
    assert set(mounts) == {"/etc/traefik", "/certs"}, "it reads nothing else"
    assert all(one["readOnly"] for one in mounts.values()), "and writes nothing"
    config = named(manifests(MOTOVAULT, stage), "ConfigMap", "traefik-config")
    assert set(config["data"]) == {"traefik.yml", "middleware.yml"}, "static settings and dynamic middlewares"
    (volume,) = (one for one in spec["volumes"] if one["name"] == mounts["/etc/traefik"]["name"])
    assert volume["configMap"]["name"] == "traefik-config", "both files stand under /etc/traefik"
    (volume,) = (one for one in spec["volumes"] if one["name"] == mounts["/certs"]["name"])
    assert volume["secret"]["secretName"] == "motovaultpro", "the certificate is the one of this system"


@STAGES
@pytest.mark.demand("ING-03")
def test_no_nginx_stands_beside_traefik(stage: str) -> None:
    stack = manifests(MOTOVAULT, stage)
    assert not {"Ingress", "IngressClass"} & {one["kind"] for one in stack}, "routers are Traefik's own objects"
    images = {one["image"] for manifest in stack for one in containers(manifest)}
    assert not [image for image in images if "nginx" in image], "nothing runs nginx as an ingress"
    assert not breaks(MOTOVAULT, stage, "no-nginx-ingress"), "and the policy agrees"
    old = named_nginx("nginx:1.29")
    assert refused([*stack, old], "no-nginx-ingress") == {"nginx-proxy"}, "the removed service stays removed"
    meta = {"name": "nginx"}
    kind = {"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": meta}
    other = {**kind, "spec": {"controller": "k8s.io/ingress-nginx"}}
    assert refused([*stack, other], "no-nginx-ingress") == {"nginx"}, "a class for nginx is a second way in"


@STAGES
@pytest.mark.demand("ING-04")
def test_the_dashboard_answers_to_private_addresses_over_tls(stage: str) -> None:
    """X-15: one ipAllowList, as ipWhiteList is Traefik 2's. X-09: in prod this router is the only way to it."""
    rule = routers(MOTOVAULT, stage)["dashboard"]
    assert rule["match"] == "Host(`traefik.motovaultpro.local`)", "one host, all paths"
    assert target(rule) == ("api@internal", None), "it leads to Traefik's own dashboard"
    assert rule["middlewares"] == [{"name": "dashboard-allowlist"}], "the list is asked first, and alone"
    assert middleware(MOTOVAULT, stage, "dashboard-allowlist") == {"ipAllowList": {"sourceRange": PRIVATE}}, "private"
    assert entry(MOTOVAULT, stage, "dashboard") == (["websecure"], True), "TLS only"
    assert "traefik.motovaultpro.local" in certified(MOTOVAULT, stage), "with a certificate that has its name"
    assert static(MOTOVAULT, stage)["api"]["insecure"] is (stage == "dev"), "in prod 8080 serves no dashboard"


@STAGES
@pytest.mark.demand("ING-13", check="reachability")
def test_the_console_of_the_object_store_has_a_route_in_dev_only(stage: str) -> None:
    """X-14: dev has one explicit edge and a host behind the allow-list; prod has no console route."""
    rules = routers(MOTOVAULT, stage)
    assert ("minio-console" in rules) is (stage == "dev"), "the buckets of prod are not browsed"
    expected = {"traefik"} if stage == "dev" else set()
    assert reach(MOTOVAULT, stage).sources("admin-minio", 9001) == expected, "there is no other way to the console"
    services = [one for one in manifests(MOTOVAULT, stage) if one["kind"] == "Service"]
    types = {one["metadata"]["name"]: one["spec"].get("type") for one in services}
    assert {name for name, kind in types.items() if kind not in ("ClusterIP", None)} == {"traefik"}, "no own port"


@pytest.mark.demand("ING-13", check="manifest")
def test_the_console_route_is_behind_the_allow_list() -> None:
    """X-14: the host is minio.motovaultpro.local."""
    rule = routers(MOTOVAULT, "dev")["minio-console"]
    assert rule["match"] == "Host(`minio.motovaultpro.local`)", "the host that the Resolution names"
    assert target(rule) == ("admin-minio", 9001), "the console, not the buckets"
    assert rule["middlewares"] == [{"name": "dashboard-allowlist"}], "for the developers' own network"
    assert ("admin-minio", 9000) not in reach(MOTOVAULT, "dev").targets("traefik"), "the buckets stay closed to it"


def test_the_certificate_of_dev_holds_the_declared_names() -> None:
    """X-16: the list of names counts, the common name is motovaultpro.com, and the .local hosts of dev are added."""
    stack = [one for one in manifests(MOTOVAULT, "dev") if one["metadata"].get("namespace") == "motovault-frontend"]
    spec = named(stack, "Certificate", "motovaultpro")["spec"]
    declared = ["motovaultpro.com", "admin.motovaultpro.com", "*.motovaultpro.com"]
    local = ["traefik.motovaultpro.local", "minio.motovaultpro.local"]
    assert spec["commonName"] == "motovaultpro.com", "the name of the product"
    assert spec["dnsNames"] == [*declared, *local], "every host that dev answers to"
    assert spec["ipAddresses"] == ["127.0.0.1"], "and a port-forward"
    assert (spec["privateKey"]["algorithm"], spec["privateKey"]["size"]) == ("RSA", 2048), "RSA with 2048 bits"
    assert spec["duration"] == "8760h", "365 days"
    issuer = named(stack, "Issuer", spec["issuerRef"]["name"])["spec"]
    authority = named(stack, "Certificate", issuer["ca"]["secretName"])["spec"]
    root = named(stack, "Issuer", authority["issuerRef"]["name"])["spec"]
    assert root == {"selfSigned": {}}, "no authority outside signs it"


@STAGES
@pytest.mark.demand("ING-15")
def test_every_host_is_served_with_its_certificate(stage: str) -> None:
    names = certified(MOTOVAULT, stage)
    assert {"motovaultpro.com", "admin.motovaultpro.com"} <= names, "the two public hosts"
    hosts = {rule["match"].split("`")[1] for rule in routers(MOTOVAULT, stage).values()}
    assert hosts <= names, "a host without certificate would warn its visitors"


@STAGES
@pytest.mark.demand("ING-15")
def test_nothing_answers_in_the_clear(stage: str) -> None:
    """X-28: TLS is mandatory from the client to Traefik in every stack."""
    stack = manifests(MOTOVAULT, stage)
    redirect = static(MOTOVAULT, stage)["entryPoints"]["web"]["http"]["redirections"]["entryPoint"]
    assert redirect == {"to": ":443", "scheme": "https", "permanent": True}, "port 80 only redirects"
    for policy in ("tls-only", "plain-routers-redirect"):
        assert not breaks(MOTOVAULT, stage, policy), f"the stack keeps {policy}"
    router = named(stack, "IngressRoute", "landing")
    open_ = planted(stack, router, "spec/tls", REMOVE)
    assert refused(open_, "tls-only") == {"landing"}, "a router on 443 without TLS is refused"
    plain = planted(stack, router, "spec/entryPoints", ["web"])
    assert refused(plain, "plain-routers-redirect") == {"landing"}, "a router that answers on 80 is refused"
    plain_file = [name for name, one in dynamic(MOTOVAULT, stage).get("http", {}).get("routers", {}).items()
                  if one["entryPoints"] != ["websecure"] or "tls" not in one]  # fmt: skip
    assert not plain_file, "nor does a route of the dynamic file answer there"
