"""A proxy of the environment is never asked for what is on this machine."""

from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from quadrant_platform.lab.machine import daemons, network_plan, proxies
from quadrant_platform.lab.machine.daemons import Daemon
from quadrant_platform.lab.machine.home import Home

pytestmark = pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")
"""A daemon outlives its starter on purpose."""
PROXY = "http://proxy.example.com:3128"


@pytest.fixture(autouse=True)
def proxied(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that reaches the outside through a proxy."""
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


def excepted() -> list[str]:
    return proxies.exceptions()["NO_PROXY"].split(",")


@pytest.mark.parametrize(
    "address",
    [network_plan.NODE_ADDRESS, network_plan.API_SERVICE, network_plan.DNS_SERVICE, "10.244.0.7", "127.0.0.1"],
)
def test_every_address_of_the_cluster_is_reached_directly(address: str) -> None:
    networks = [ip_network(one) for one in excepted() if one[0].isdigit()]
    assert any(ip_address(address) in network for network in networks), "no proxy can reach the inside of this machine"


def test_names_of_services_are_reached_directly() -> None:
    assert {".svc", ".cluster.local"} <= {*excepted()}, "the API server calls webhooks by their names"


def test_what_the_user_excepts_stays_excepted_in_either_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "intranet.example.com, 192.0.2.0/24")
    monkeypatch.setenv("no_proxy", "intranet.example.com,other.example.com,")
    found = proxies.exceptions()
    assert excepted()[:3] == ["intranet.example.com", "192.0.2.0/24", "other.example.com"], "each once, and none lost"
    assert found["no_proxy"] == found["NO_PROXY"], "programs differ in which one they read"


def test_who_excepts_everything_goes_on_to_do_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    assert excepted() == ["*"], "followed by others, some programs take the star for a name"


def test_daemons_keep_the_proxy_and_reach_the_cluster_without_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    daemon = Daemon("shown", ("sh", "-c", 'echo "$HTTPS_PROXY $NO_PROXY"'))
    assert daemons.wait_for_exit([daemons.start(daemon, home)], 10), "it ends at once"
    shown = daemon.log(home).read_text("utf-8")
    assert shown.startswith(PROXY), "containerd pulls images through it"
    assert network_plan.NODE_ADDRESS in shown, "the kubelet reaches the API server"
