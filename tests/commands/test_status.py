"""`status` shows a stack on one page."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from quadrant_platform.applier.status.report import EntryAddress, authority_secret, foreign_address, report, routes
from tests.applier.cluster import KUBECONFIG, STACK, SYSTEM, Cluster
from tests.commands.running import Runner

SPACE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {
        "name": "shop-frontend",
        "labels": {"quadrant.dev/system": "shop", "quadrant.dev/segment": "frontend"},
    },
}


def within(kind: str, name: str, **rest: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "shop-frontend"}, **rest}


def pod(name: str, ready: str, *claims: str) -> dict[str, Any]:
    mounted = [{"name": one, "persistentVolumeClaim": {"claimName": one}} for one in claims]
    volumes = [{"name": "scratch", "emptyDir": {}}, *mounted]
    return within("Pod", name, spec={"volumes": volumes}, status={"conditions": [{"type": "Ready", "status": ready}]})


def test_a_page_of_a_live_stack_names_its_cluster_and_its_address(quadrant: Runner, settled: Cluster) -> None:
    result = quadrant("status", *STACK)
    assert f"{SYSTEM} dev on cluster (" in result.out, "which cluster"
    assert "https://" in result.out, "its addresses"
    assert "curl" in result.out, "and a line to try"


def test_a_cluster_that_does_not_answer_is_reported_with_the_remedy(quadrant: Runner, cluster: Cluster) -> None:
    cluster.configure(answers=False)
    result = quadrant("status", *STACK)
    assert result.code == 2, "the kubeconfig is the user's"
    assert "does not answer" in result.err, "what"
    assert "get --raw /readyz" in result.err, "and the command that helps"


def test_pods_are_counted_by_segment_and_those_lacking_are_named() -> None:
    page = report("shop", [SPACE, pod("web-1", "True"), pod("web-2", "False")], None)
    assert page.segments[0]["ready"] == 1, "one is ready"
    assert page.segments[0]["lacking"] == {"web-2": "has not started"}, "the other has its reason"
    assert not page.ready, "a page with a gap is not ready"
    assert ("frontend", "1 of 2 pods ready in shop-frontend; web-2: has not started") in list(page.lines()), "in a line"


def test_ended_pods_of_jobs_are_not_lacking() -> None:
    done = within("Pod", "migrate-1", status={"phase": "Succeeded"})
    assert report("shop", [SPACE, pod("web-1", "True"), done], None).ready, "a job that ran is done"


def test_a_system_that_is_not_there_is_not_ready() -> None:
    assert not report("shop", [], None).ready, "nothing runs"


def claim(name: str, phase: str) -> dict[str, Any]:
    wanted = {"resources": {"requests": {"storage": "1Gi"}}}
    return within("PersistentVolumeClaim", name, spec=wanted, status={"phase": phase})


def test_volumes_and_certificates_are_summed_up() -> None:
    ready = {"notAfter": "2031", "conditions": [{"type": "Ready", "status": "True"}]}
    claims = [claim("a", "Bound"), claim("b", "Pending")]
    user = pod("web-1", "True", "a", "b")
    page = report("shop", [SPACE, *claims, user, within("Certificate", "c", status=ready)], None)
    lines = dict(page.lines())
    assert lines["volumes"] == "1 of 2 bound; shop-frontend/b is Pending", "and which is not"
    assert lines["certificates"] == "1 of 1 ready, the first ends 2031", "when to look again"


def test_a_claim_that_waits_for_its_first_pod_is_no_fault() -> None:
    claims = [claim("data", "Bound"), claim("dumps", "Pending")]
    page = report("shop", [SPACE, *claims, pod("web-1", "True", "data")], None)
    line = "1 of 1 bound, 1 waits for its first pod (shop-frontend/dumps)"
    assert dict(page.lines())["volumes"] == line, "a nightly job has not run yet, and no one has to act"
    assert [one["waits"] for one in page.volumes] == [False, True], "programs can distinguish it too"


def test_several_waiting_claims_hide_no_fault() -> None:
    claims = [claim("data", "Pending"), claim("dumps", "Pending"), claim("logs", "Pending"), claim("old", "Lost")]
    page = report("shop", [SPACE, *claims, pod("web-1", "False", "data")], None)
    volumes = dict(page.lines())["volumes"]
    waiting = "2 wait for their first pods (shop-frontend/dumps, shop-frontend/logs)"
    assert volumes.startswith(f"0 of 2 bound, {waiting}; "), "those that wait are named"
    assert volumes.endswith("; shop-frontend/data is Pending; shop-frontend/old is Lost"), (
        "a pod waits for the first, and a lost one is lost with and without pods"
    )


def test_a_pod_of_another_namespace_is_no_user_of_a_claim() -> None:
    strange = pod("web-1", "True", "dumps")
    strange["metadata"]["namespace"] = "elsewhere"
    page = report("shop", [SPACE, claim("dumps", "Pending"), strange], None)
    assert page.volumes[0]["waits"], "claims are mounted within their namespace only"


def test_a_load_balancer_is_the_entry_where_there_is_one() -> None:
    service = within("Service", "traefik", spec={"type": "LoadBalancer"})
    assert "port-forward --namespace shop-frontend service/traefik 8443:443" in foreign_address([service]).forward, (
        "without an address kubectl opens a port"
    )
    service["status"] = {"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}]}}
    assert foreign_address([service]) == EntryAddress("192.0.2.7", 443), "else the address itself"


def test_every_public_address_is_shown_once() -> None:
    rules = [{"match": "Host(`a.example`) && PathPrefix(`/api`)"}, {"match": "Host(`a.example`)"}]
    route = within("IngressRoute", "r", spec={"routes": rules})
    found = list(routes([route, route], EntryAddress("127.0.0.1", 8443)))
    assert [one["url"] for one in found] == ["https://a.example:8443/", "https://a.example:8443/api"], "sorted"
    assert found[0]["resolve"] == "a.example:8443:127.0.0.1", "what curl needs without a resolver"
    assert next(routes([route], EntryAddress("192.0.2.7", 443)))["url"] == "https://a.example/", (
        "the usual port is not written"
    )


def test_the_authority_of_one_cluster_is_not_that_of_another(
    quadrant: Runner, settled: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = []
    for name in ("here", "there"):
        authority(settled, name)
        kubeconfig = tmp_path / name
        kubeconfig.write_text(KUBECONFIG)
        monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
        files.append(Path(json.loads(quadrant("status", *STACK, "--format", "json").out)["authority"]))
    assert [file.read_text() for file in files] == ["here", "there"], "a system in two clusters has two authorities"
    assert f"--cacert {files[1]} " in quadrant("status", *STACK).out, "and the line to try takes its own"


def authority(cluster: Cluster, text: str) -> None:
    """Let the controller of certificates have signed the entry's own authority."""
    [space, name] = next(
        (one["metadata"]["namespace"], one["spec"]["secretName"])
        for one in (cluster.objects[key] for key in cluster.find("Certificate"))
        if one["spec"].get("isCA") and one["metadata"]["namespace"].endswith("-frontend")
    )
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": space}}
    state = cluster.read()
    state["objects"][f"|Secret|{space}|{name}"] = secret | {
        "data": {"tls.crt": base64.b64encode(text.encode()).decode()}
    }
    cluster.write(state)


def test_the_authority_is_that_of_the_entry() -> None:
    mine = within("Certificate", "ca", spec={"isCA": True, "secretName": "shop-ca"})
    leaf = within("Certificate", "leaf", spec={"secretName": "leaf"})
    assert authority_secret([leaf, mine], ["shop-frontend"]) == ("shop-frontend", "shop-ca"), "curl trusts this one"
    assert authority_secret([leaf], ["shop-frontend"]) is None, "where others signed, curl needs nothing"
