"""The node: containerd, the kubelet, kube-proxy, and Felix, which enforces NetworkPolicies."""

from __future__ import annotations

import json
import shutil

from quadrant_platform.host.kubectl import Kubectl
from quadrant_platform.lab.build.catalogue import PAUSE
from quadrant_platform.lab.kubernetes import kubeconfig, node_settings
from quadrant_platform.lab.machine import network_plan
from quadrant_platform.lab.machine.daemons import Daemon
from quadrant_platform.lab.machine.home import Home

PROGRAMS = ("kubelet", "kube-proxy", "calico", "calico-felix")
IMAGES = (PAUSE,)
PORTS = {10249: "kube-proxy", 10256: "kube-proxy"}


def containerd(home: Home) -> Daemon:
    """Return the runtime, with nothing of it outside the lab's folder but its shims' sockets."""
    return Daemon("containerd", ("containerd", "--config", str(node_settings.folder(home) / "containerd.toml")))


def kubelet(home: Home) -> Daemon:
    """Return the kubelet."""
    command = (
        str(home.bin / "kubelet"),
        f"--config={node_settings.folder(home) / 'kubelet.yaml'}",
        f"--kubeconfig={kubeconfig.of_party(home, 'kubelet')}",
        f"--root-dir={home.state / 'kubelet'}",
        f"--hostname-override={network_plan.NODE}",
        f"--node-ip={network_plan.NODE_ADDRESS}",
    )
    return Daemon("kubelet", command)


def proxy(home: Home) -> Daemon:
    """Return the Services' proxy."""
    command = (str(home.bin / "kube-proxy"), f"--config={node_settings.folder(home) / 'proxy.yaml'}")
    return Daemon("kube-proxy", (*command, f"--hostname-override={network_plan.NODE}"))


def felix(home: Home) -> Daemon:
    """Return the enforcer of policies, configured by its environment alone."""
    settings = {
        "DATASTORETYPE": "kubernetes",
        "FELIXHOSTNAME": network_plan.NODE,
        "IPTABLESBACKEND": "NFT",
        "DEFAULTENDPOINTTOHOSTACTION": "ACCEPT",
        "IPV6SUPPORT": "false",
        "IPINIPENABLED": "false",
        "VXLANENABLED": "false",
        "BPFENABLED": "false",
        "XDPENABLED": "false",
        "WIREGUARDENABLED": "false",
        "USAGEREPORTINGENABLED": "false",
        "LOGSEVERITYSCREEN": "warning",
        "LOGSEVERITYFILE": "none",
        "LOGSEVERITYSYS": "none",
        "IPTABLESREFRESHINTERVAL": "60",
    }
    environment = {f"FELIX_{name}": value for name, value in settings.items()}
    environment |= {"KUBECONFIG": str(kubeconfig.file(home)), "DATASTORE_TYPE": "kubernetes"}
    return Daemon("calico-felix", (str(home.bin / "calico-felix"),), environment)


def declare_storage(kubectl: Kubectl, home: Home) -> None:
    """Declare how much pods may write outside volumes, since the kubelet does not measure it here.

    Without a number, no pod that requests ephemeral storage finds a node; the kubelet keeps what it does not measure.
    """
    megabytes = shutil.disk_usage(home.state).free // 1_000_000
    patch = json.dumps({"status": {"capacity": {"ephemeral-storage": f"{megabytes}M"}}})
    kubectl.need("patch", "node", network_plan.NODE, "--subresource=status", "--type=merge", f"--patch={patch}")
