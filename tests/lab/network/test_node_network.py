"""The end of a run takes what the lab made, and nothing that looks like it."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.lab.lifecycle import cluster
from quadrant_platform.lab.machine.home import Home
from quadrant_platform.lab.network import firewall, links, node_network, packet_filters

NAT = """*nat
:PREROUTING ACCEPT [0:0]
:DOCKER - [0:0]
:cali-PREROUTING - [0:0]
:CNI-HOSTPORT-DNAT - [0:0]
-A PREROUTING -m comment --comment "cali:6gwbT8clXdHdC1b1" -j cali-PREROUTING
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A CNI-HOSTPORT-DNAT -p tcp -j CNI-DN-1
-A POSTROUTING -s 172.17.0.0/16 -j MASQUERADE
COMMIT
"""

WAY = "from 10.244.0.0/24 to 169.254.169.254 lookup 2440"


class Machine:
    """Commands are answered from a table and written down."""

    def __init__(self, answers: dict[str, str]) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.given: list[str] = []

    def run(self, command: Sequence[str], stdin: str | None = None) -> str:
        line = " ".join(command)
        self.asked.append(line)
        self.given += [stdin] if stdin else []
        return self.answers.get(line, "")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine(
        {
            "nft list tables": "table ip nat\ntable ip kube-proxy\ntable inet firewalld\ntable inet quadrant-lab\n",
            "iptables-nft-save -t nat": NAT,
            "ip netns list": "lab-internet (id: 0)\nsomebody\n",
            "ip -Numeric rule show": "0:\tfrom all lookup local\n2440:\t" + WAY + "\n",
            "ipset list -name": "cali40s:x\nblocklist\n",
        }
    )
    for module in (node_network, links, packet_filters, firewall):
        monkeypatch.setattr(module, "output_of", machine.run)
    monkeypatch.setattr(node_network, "ip", lambda *arguments: machine.run(["ip", *arguments]))
    monkeypatch.setattr(links, "LINKS", tmp_path / "links")
    for name in ("eth0", "lab0", "cali12345", "docker0", "lab-inet", "docker1"):
        (tmp_path / "links" / name).mkdir(parents=True)
    mark(tmp_path, tmp_path / "lab")
    return machine


def mark(folder: Path, root: Path) -> None:
    """Write into the node's link which lab made it."""
    (folder / "links" / "lab0" / "ifalias").write_text(f"quadrant:{root}\n", "utf-8")


def remembered(*tables: str) -> str:
    """What a run notes of a machine that does not forward."""
    return json.dumps({"tables": tables, "links": ["eth0", "docker0", "docker1"], "forwarding": "0"})


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    forwarding = tmp_path / "ip_forward"
    forwarding.write_text("1\n", "ascii")
    monkeypatch.setattr(node_network, "FORWARDING", forwarding)
    home = Home(tmp_path / "lab")
    home.state.mkdir(parents=True)
    (home.state / "before.json").write_text(remembered("ip nat"), "utf-8")
    return home


def test_rules_of_others_in_a_shared_table_stay(machine: Machine, home: Home) -> None:
    node_network.disconnect(home)
    (restored,) = machine.given
    assert "DOCKER" in restored, "Docker's rules are not ours"
    assert "MASQUERADE" in restored, "nor are those that were written by hand"
    assert "cali" not in restored, "Felix's chains and rules go"
    assert "CNI-" not in restored, "the port map's go too"


def test_only_the_labs_own_tables_links_sets_and_namespaces_are_removed(machine: Machine, home: Home) -> None:
    node_network.disconnect(home)
    removed = {line for line in machine.asked if "delete" in line or "destroy" in line}
    expected = {
        "ip netns delete lab-internet",
        "ip link delete lab0",
        "ip link delete lab-inet",
        "ip link delete cali12345",
        "nft delete table ip kube-proxy",
        "nft delete table inet quadrant-lab",
        "ipset destroy cali40s:x",
        f"ip rule delete {WAY}",
    }
    assert removed == expected, "namespaces, bridges, sets and firewalls of others stay"


def test_links_under_the_node_of_another_folders_lab_are_none_of_ours(
    machine: Machine, home: Home, tmp_path: Path
) -> None:
    mark(tmp_path, tmp_path / "other lab")
    assert list(node_network.remaining(home)) == [], "they are in use"
    with pytest.raises(BadInput, match="other lab runs here") as refused:
        cluster.down(home, print)
    folder = f"QUADRANT_LAB_HOME='{tmp_path}/other lab'"
    assert f"{folder} lab down" in str(refused.value), "the command can be copied, whatever the folder is called"
    assert not [line for line in machine.asked if "delete" in line], "not one link of the running lab is touched"


def test_a_table_that_the_run_added_goes_when_no_one_else_uses_it(machine: Machine, home: Home) -> None:
    (home.state / "before.json").write_text(remembered(), "utf-8")
    ours = (line for line in NAT.splitlines() if not line.startswith("-A") or "cali" in line or "CNI" in line)
    machine.answers["iptables-nft-save -t nat"] = "\n".join(ours)
    node_network.disconnect(home)
    assert "nft delete table ip nat" in machine.asked, "an empty table is a trace too"


def test_what_is_left_is_named_one_by_one(machine: Machine, home: Home) -> None:
    found = list(node_network.remaining(home))
    assert "link lab0" in found, "a bridge is named"
    assert "network namespace lab-internet" in found, "a namespace is named"
    assert f"routing rule {WAY}" in found, "a rule of routing is named"
    assert "nftables table inet quadrant-lab" in found, "the lab's own table is named"
    assert "nftables table ip kube-proxy" in found, "a table is named"
    assert [one for one in found if "cali:6gwbT8clXdHdC1b1" in one], "a rule is named in full"
    assert not [one for one in found if "DOCKER -" in one or "docker0" in one], "what is not ours is not left of ours"
