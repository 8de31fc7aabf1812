"""Pods that watch the Kubernetes API are not cut off from it without a word."""

import json
from pathlib import Path
from typing import Any

import pytest

from quadrant_platform.applier.applying.cluster_session import unreachable_api
from quadrant_platform.applier.planning import configured_stack
from quadrant_platform.preflight.api_server import uncovered
from quadrant_platform.program import stacks
from tests.applier.cluster import STACK, SYSTEM, Cluster
from tests.commands.running import Runner


def matrix(*cidrs: str) -> dict[str, Any]:
    blocks = [{"cidr": cidr, "except": []} for cidr in cidrs]
    row = {"from": "shop-frontend/traefik", "to": "api-server", "port": 443, "protocol": "TCP"}
    return {"peers": {"api-server": {"kind": "cidr", "blocks": blocks}}, "rows": [row, {**row, "port": 6443}]}


def kubernetes(cluster: Cluster, service: str, *behind: str) -> None:
    """Give a cluster an API server with these addresses."""
    named = {"name": "kubernetes", "namespace": "default"}
    state = cluster.read()
    state["objects"]["|Service|default|kubernetes"] = {
        "apiVersion": "v1", "kind": "Service", "metadata": named,
        "spec": {"clusterIP": service, "clusterIPs": [service]},
    }  # fmt: skip
    state["objects"]["|EndpointSlice|default|kubernetes"] = {
        "apiVersion": "v1", "kind": "EndpointSlice", "metadata": named, "endpoints": [{"addresses": list(behind)}],
    }  # fmt: skip
    cluster.write(state)


@pytest.mark.parametrize(
    ("cidrs", "missing"),
    [
        (["10.96.0.1/32", "192.0.2.7/32"], []),
        (["0.0.0.0/0"], []),
        (["10.96.0.0/12", "192.0.2.0/29"], []),
        (["10.96.0.1/32"], ["192.0.2.7/32"]),
        (["10.96.0.2/32", "::/0"], ["10.96.0.1/32", "192.0.2.7/32"]),
        ([], ["10.96.0.1/32", "192.0.2.7/32"]),
    ],
)
def test_an_address_is_covered_by_any_block_around_it(cidrs: list[str], missing: list[str]) -> None:
    assert uncovered(cidrs, ["10.96.0.1/32", "192.0.2.7/32"]) == missing, "the others no block holds"


def test_families_of_addresses_are_distinguished() -> None:
    assert uncovered(["::/0"], ["10.0.0.1/32", "fd00::1/128"]) == ["10.0.0.1/32"], "the world of IPv6 holds no IPv4"


def test_a_line_has_the_whole_setting_for_each_missing_address() -> None:
    lines = list(
        unreachable_api(matrix("10.96.0.1/32", "203.0.113.0/24"), ["10.96.0.1/32", "192.0.2.7/32"], "Pulumi.x.yaml")
    )
    assert len(lines) == 1, "a covered address is not reported"
    assert "is at 192.0.2.7/32" in lines[0], "the address"
    assert "cut shop-frontend/traefik off" in lines[0], "who suffers, once"
    assert '{"cidrs": ["10.96.0.1/32", "192.0.2.7/32"]}' in lines[0], "what is right stays, what covers nothing goes"
    assert lines[0].endswith("under quadrant:overrides in Pulumi.x.yaml"), "and where to write it"


def test_nothing_is_reported_where_no_pod_watches_the_api() -> None:
    assert not list(unreachable_api({"peers": {}, "rows": []}, ["10.0.0.1/32"], "Pulumi.x.yaml")), (
        "no policy leads there"
    )


def test_policies_permit_the_addresses_that_a_foreign_cluster_has(quadrant: Runner, settled: Cluster) -> None:
    kubernetes(settled, "10.43.0.1", "192.0.2.7", "192.0.2.8")
    result = quadrant("up", *STACK)
    assert "warning: this cluster's API server" not in result.err, "nobody has to write them down"
    text = json.dumps([one for one in settled.read()["objects"].values() if one["kind"] == "NetworkPolicy"])
    for address in ("10.43.0.1/32", "192.0.2.7/32", "192.0.2.8/32"):
        assert address in text, "the Service's address and both behind it"
    assert "10.96.0.1/32" not in text, "and not what a preset assumes"


def test_addresses_that_a_stack_states_are_used_and_judged(
    quadrant: Runner, settled: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    kubernetes(settled, "10.43.0.1", "192.0.2.7", "192.0.2.8")
    stated = {"quadrant:overrides": '{"network": {"apiServer": {"cidrs": ["10.96.0.1/32"]}}}'}
    monkeypatch.setattr(configured_stack, "config_for", lambda *names: stacks.config_for(*names) | stated)
    result = quadrant("up", *STACK)
    warnings = [line for line in result.err.splitlines() if line.startswith("warning: this cluster's API server")]
    assert len(warnings) == 3, "the Service's address and both behind it"
    assert all(f"Pulumi.{SYSTEM}-dev.yaml" in line for line in warnings), "the stack's own file"
    assert result.code == 0, "and no reason to stop"


def test_the_setting_that_a_warning_names_silences_it() -> None:
    addresses = ["10.43.0.1/32", "192.0.2.7/32"]
    warning = next(unreachable_api(matrix("10.96.0.1/32"), addresses, "Pulumi.x.yaml"))
    setting = json.loads(warning.partition("write ")[2].partition(" under")[0])
    assert setting["network"]["apiServer"]["cidrs"] == addresses, "all of them in one go"
    assert not list(unreachable_api(matrix(*addresses), addresses, "Pulumi.x.yaml")), "then every pod reaches it"


def test_addresses_that_may_not_be_read_stop_nothing(quadrant: Runner, settled: Cluster, tmp_path: Path) -> None:
    kubectl = tmp_path / "bin" / "kubectl"
    refusal = "echo 'Error from server (Forbidden): services is forbidden' >&2; exit 1"
    script = kubectl.read_text().replace(
        "exec", f'case "$*" in *" endpointslices kubernetes "*) {refusal};; esac\nexec', 1
    )
    kubectl.write_text(script)
    result = quadrant("up", *STACK)
    assert "hides its API server's addresses, so it was not checked" in result.err, (
        "a check that was left out is reported"
    )
    assert "nothing changed" in result.err, "and the command goes on"
