"""Defects to plant into the fixture's policies: each changes who reaches whom, so every analyzer must notice."""

from collections.abc import Callable
from typing import Any

from tests.oracles.fixture import Manifest

Plant = Callable[[list[Manifest]], None]


def _spec(manifests: list[Manifest], name: str) -> dict[str, Any]:
    found = next(one for one in manifests if one["kind"] == "NetworkPolicy" and one["metadata"]["name"] == name)
    spec: dict[str, Any] = found["spec"]
    return spec


def _drop_policy(manifests: list[Manifest]) -> None:
    manifests[:] = [one for one in manifests if one["metadata"]["name"] != "redis"]


def _isolate_one_direction(manifests: list[Manifest]) -> None:
    manifests[:] = [one for one in manifests if one["metadata"]["name"] != "default-deny"]
    spec = _spec(manifests, "worker")
    spec["policyTypes"] = ["Ingress"]
    del spec["egress"]


def _drop_dns_over_tcp(manifests: list[Manifest]) -> None:
    egress = _spec(manifests, "api")["egress"]
    egress[:] = [rule for rule in egress if rule["ports"] != [{"protocol": "TCP", "port": 53}]]


def _mistype_selector(manifests: list[Manifest]) -> None:
    _spec(manifests, "api")["podSelector"] = {"matchLabels": {"app": "apii"}}


def _mistype_port(manifests: list[Manifest]) -> None:
    _spec(manifests, "redis")["ingress"][0]["ports"][0]["port"] = 6380


def _mistake_protocol(manifests: list[Manifest]) -> None:
    _spec(manifests, "redis")["ingress"][0]["ports"][0]["protocol"] = "UDP"


def _forget_ports(manifests: list[Manifest]) -> None:
    for name, direction in (("api", "egress"), ("redis", "ingress")):
        for rule in _spec(manifests, name)[direction]:
            rule.pop("ports")


def _open_port_range(manifests: list[Manifest]) -> None:
    for name, direction in (("api", "egress"), ("redis", "ingress")):
        for rule in _spec(manifests, name)[direction]:
            rule["ports"] = [{"port": 53, "endPort": 9090}]


def _forget_peers(manifests: list[Manifest]) -> None:
    _spec(manifests, "proxy")["ingress"][0].pop("from")


def _admit_whole_namespace(manifests: list[Manifest]) -> None:
    _spec(manifests, "postgres")["ingress"][0]["from"] = [{"podSelector": {}}]
    _spec(manifests, "redis")["egress"].append({"to": [{"podSelector": {}}], "ports": [{"port": 5432}]})


def _admit_by_exclusion(manifests: list[Manifest]) -> None:
    others = {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["api"]}]}
    peer = {"namespaceSelector": {}, "podSelector": others}
    _spec(manifests, "postgres")["ingress"].append({"from": [peer], "ports": [{"port": 5432}]})


def _forget_exception(manifests: list[Manifest]) -> None:
    _spec(manifests, "worker")["egress"][0]["to"][0]["ipBlock"]["except"].remove("169.254.0.0/16")


def _forget_exception_of_the_other_family(manifests: list[Manifest]) -> None:
    del _spec(manifests, "worker")["egress"][0]["to"][1]["ipBlock"]["except"]


def _forget_the_other_family(manifests: list[Manifest]) -> None:
    _spec(manifests, "worker")["egress"][0]["to"].pop()


def _widen_network(manifests: list[Manifest]) -> None:
    _spec(manifests, "proxy")["egress"][2]["to"][1]["ipBlock"]["cidr"] = "192.168.7.0/28"


DEFECTS: dict[str, Plant] = {
    plant.__name__.removeprefix("_"): plant
    for plant in (
        _drop_policy,
        _isolate_one_direction,
        _drop_dns_over_tcp,
        _mistype_selector,
        _mistype_port,
        _mistake_protocol,
        _forget_ports,
        _open_port_range,
        _forget_peers,
        _admit_whole_namespace,
        _admit_by_exclusion,
        _forget_exception,
        _forget_exception_of_the_other_family,
        _forget_the_other_family,
        _widen_network,
    )
}
