"""A preview shows what a system declares beside its objects."""

from __future__ import annotations

from quadrant_platform.program.overview import lines, overview
from tests.components.sample import environment, shop

FORWARDS = {"devPorts": {5432: "orders-db:5432", 9000: "traefik:8080"}}


def test_the_ways_out_give_host_and_reason() -> None:
    found = overview(shop(), environment("prod"))
    assert "way out: fraud to fraud.example.com:443, scores orders" in list(lines(found)), "why the way exists"
    assert found["title"] == "A shop", "the heading of the preview"


def test_an_api_of_another_stage_is_no_way_out() -> None:
    names = [one["name"] for one in overview(shop(), environment("dev"))["waysOut"]]
    assert names == ["mail", "customs"], "fraud is called in prod only"


def test_an_address_that_no_cluster_chose_is_marked() -> None:
    marked = [line for line in lines(overview(shop(), environment("dev"))) if line.startswith("guessed: ")]
    assert sum(" for customs; " in line for line in marked) == 1, "the one API that keeps its name"


def test_ports_for_developers_name_workload_and_namespace() -> None:
    shown = list(lines(overview(shop(FORWARDS), environment("dev"))))
    assert "dev port: 5432 to orders-db:5432 in shop-database" in shown, "the workload that the port leads to"
    assert "dev port: 9000 to traefik:8080 in shop-frontend" in shown, "the public Traefik is a workload too"


def test_ports_for_developers_are_absent_in_prod() -> None:
    assert overview(shop(FORWARDS), environment("prod"))["devPorts"] == [], "prod forwards no ports"
