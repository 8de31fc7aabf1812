"""What nobody confirmed is marked as a guess, with the key that settles it."""

from __future__ import annotations

from typing import Any

from quadrant_platform.program.guesses import guess_lines, guesses
from tests.components.sample import environment, shop

LIMITED = {
    "edge": {
        "middlewares": {"limit": {"rateLimit": {"average": 5}}},
        "routes": {"orders": {"middlewares": ["signed-in", "limit"]}},
    }
}


def settings(stage: str, system: dict[str, Any] | None = None, **network: Any) -> dict[str, list[str]]:
    found = guesses(shop(system), environment(stage, {"network": network}))["guessedSettings"]
    return {one["key"]: one["for"] for one in found}


def test_the_presets_address_of_the_api_server_is_a_guess() -> None:
    for stage in ("dev", "prod"):
        assert "traefik" in settings(stage)["network.apiServer.cidrs"], f"Traefik watches it in {stage}"


def test_an_address_that_a_stack_names_is_none() -> None:
    found = settings("prod", apiServer={"cidrs": ["10.20.0.1/32"]})
    assert "network.apiServer.cidrs" not in found, "somebody has looked it up"


def test_a_line_says_how_to_find_the_address_and_what_cilium_needs() -> None:
    [line] = [one for one in guess_lines(guesses(shop(), environment("prod"))) if "API server" in one]
    assert "kubectl get service,endpointslices kubernetes" in line, "where the address is found"
    assert "policyCIDRMatchMode: nodes" in line, "Cilium's policies open no node by its address without it"


def test_who_calls_the_entry_is_a_guess_where_limits_count_by_address() -> None:
    assert settings("prod", LIMITED)["network.trustedProxies"] == ["limit"], "a balancer may give its own to all"
    assert "network.trustedProxies" not in settings("prod", LIMITED, trustedProxies={}), "the stack has said it"
    assert "network.trustedProxies" not in settings("prod"), "nothing here asks for an address"
