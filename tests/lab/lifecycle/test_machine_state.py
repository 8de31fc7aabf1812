"""The state of a machine: ports that others hold, and no trace of the inspection."""

import socket
from contextlib import closing
from pathlib import Path

import pytest

from quadrant_platform.lab.lifecycle import machine_state
from quadrant_platform.lab.lifecycle.machine_state import RequiredPort, inspect_machine
from quadrant_platform.lab.machine import network_plan
from quadrant_platform.lab.machine.home import Home


def test_a_port_that_a_stranger_holds_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as stranger:
        port = stranger.getsockname()[1]
        monkeypatch.setenv("LAB_HTTPS_PORT", str(port))
        wanted = RequiredPort("127.0.0.1", port, "the public entry (LAB_HTTPS_PORT)")
        assert wanted in inspect_machine(Home(tmp_path)).taken, "curl would meet the stranger"


def test_a_stranger_on_all_addresses_is_seen_where_the_node_will_listen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(socket.create_server(("0.0.0.0", 0))) as stranger:
        port = stranger.getsockname()[1]
        monkeypatch.setattr(machine_state, "ON_NODE", {port: "kubelet"})
        taken = inspect_machine(Home(tmp_path)).taken
    assert RequiredPort(network_plan.NODE_ADDRESS, port, "kubelet") in taken, (
        "it has that port of addresses that are yet to come, too"
    )


def test_a_port_of_the_node_that_is_not_taken_is_free_before_its_address_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as elsewhere:
        monkeypatch.setattr(machine_state, "ON_NODE", {elsewhere.getsockname()[1]: "kubelet"})
        taken = {port.address for port in inspect_machine(Home(tmp_path)).taken}
    assert network_plan.NODE_ADDRESS not in taken, "loopback is another address"


def test_looking_at_a_machine_leaves_no_trace(tmp_path: Path) -> None:
    inspect_machine(Home(tmp_path / "lab"))
    assert list(tmp_path.iterdir()) == [], "a refusal must leave nothing behind"
