"""The node: containerd, the kubelet, kube-proxy, and Felix, who enforces NetworkPolicies."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from lab import authority, kubeconfig, plan
from lab.build.catalogue import PAUSE
from lab.daemons import Daemon
from lab.home import Home

PROGRAMS = ("kubelet", "kube-proxy", "calico", "calico-felix")
IMAGES = (PAUSE,)
PLUGINS = Path("/usr/lib/cni")
PORTS = {10249: "kube-proxy", 10256: "kube-proxy"}


def socket(home: Home) -> Path:
    """Return where containerd listens."""
    return home.state / "containerd" / "containerd.sock"


def containerd(home: Home) -> Daemon:
    """Return the runtime, with nothing of it outside the lab's folder but its shims' sockets."""
    return Daemon("containerd", ("containerd", "--config", str(_settings(home) / "containerd.toml")))


def kubelet(home: Home) -> Daemon:
    """Return the kubelet."""
    command = (
        str(home.bin / "kubelet"),
        f"--config={_settings(home) / 'kubelet.yaml'}",
        f"--kubeconfig={kubeconfig.of_party(home, 'kubelet')}",
        f"--root-dir={home.state / 'kubelet'}",
        f"--hostname-override={plan.NODE}",
        f"--node-ip={plan.NODE_ADDRESS}",
    )
    return Daemon("kubelet", command)


def proxy(home: Home) -> Daemon:
    """Return the Services' proxy."""
    command = (str(home.bin / "kube-proxy"), f"--config={_settings(home) / 'proxy.yaml'}")
    return Daemon("kube-proxy", (*command, f"--hostname-override={plan.NODE}"))


def felix(home: Home) -> Daemon:
    """Return the enforcer of policies, told everything by its environment."""
    settings = {
        "DATASTORETYPE": "kubernetes",
        "FELIXHOSTNAME": plan.NODE,
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


def declare_storage(kubectl: kubeconfig.Kubectl, home: Home) -> None:
    """Say how much pods may write outside volumes; a kubelet that does not measure it would say nothing.

    Without a number, no pod that asks for ephemeral storage finds a node; the kubelet keeps what it does not measure.
    """
    megabytes = shutil.disk_usage(home.state).free // 1_000_000
    patch = json.dumps({"status": {"capacity": {"ephemeral-storage": f"{megabytes}M"}}})
    kubectl.run("patch", "node", plan.NODE, "--subresource=status", "--type=merge", f"--patch={patch}")


def write_settings(home: Home) -> None:
    """Write the configuration files of all of them, and the folder of network plugins."""
    folder = _settings(home)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "containerd.toml").write_text(_containerd(home), "utf-8")
    _write(folder / "kubelet.yaml", _kubelet(home))
    _write(folder / "proxy.yaml", _proxy(home))
    _write(folder / "cni" / "10-lab.conflist", _network(home))
    plugins = folder / "plugins"
    plugins.mkdir(exist_ok=True)
    for source in (home.bin / "calico", *(PLUGINS / name for name in ("host-local", "portmap", "loopback"))):
        link = plugins / source.name
        link.unlink(missing_ok=True)
        link.symlink_to(source)


def _settings(home: Home) -> Path:
    return home.state / "settings"


def _write(file: Path, content: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=2), "utf-8")


def _containerd(home: Home) -> str:
    folder, settings = home.state / "containerd", _settings(home)
    return f"""version = 2
root = "{folder / "root"}"
state = "{folder / "state"}"
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.tracing.processor.v1.otlp"]
[grpc]
  address = "{socket(home)}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE}"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{settings / "plugins"}"
    conf_dir = "{settings / "cni"}"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    discard_unpacked_layers = true
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
    SystemdCgroup = false
"""


def _kubelet(home: Home) -> dict[str, Any]:
    keys = authority.folder(home)
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": plan.NODE_ADDRESS,
        "authentication": {"anonymous": {"enabled": False}, "x509": {"clientCAFile": str(keys / "ca.crt")}},
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": str(keys / "kubelet.crt"),
        "tlsPrivateKeyFile": str(keys / "kubelet.key"),
        "containerRuntimeEndpoint": f"unix://{socket(home)}",
        "clusterDNS": [plan.DNS_SERVICE],
        "clusterDomain": plan.DOMAIN,
        "cgroupDriver": "cgroupfs",
        "failCgroupV1": False,
        "failSwapOn": False,
        "enforceNodeAllocatable": [],
        "localStorageCapacityIsolation": False,
        "evictionHard": {},
        "imageGCHighThresholdPercent": 100,
        "makeIPTablesUtilChains": False,
        "healthzPort": 0,
        "maxPods": 250,
        "podLogsDir": str(home.state / "pod-logs"),
        "registerWithTaints": [],
        "resolvConf": "",
        "serializeImagePulls": False,
        "syncFrequency": "10s",
        "volumePluginDir": str(home.state / "volume-plugins"),
    }


def _proxy(home: Home) -> dict[str, Any]:
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "bindAddress": plan.NODE_ADDRESS,
        "clusterCIDR": plan.PODS,
        "clientConnection": {"kubeconfig": str(kubeconfig.of_party(home, "proxy"))},
        "healthzBindAddress": "127.0.0.1:10256",
        "metricsBindAddress": "127.0.0.1:10249",
        "nodePortAddresses": ["127.0.0.1/32"],
        "conntrack": {"maxPerCore": 0, "min": 0},
        "nftables": {"minSyncPeriod": "0s", "syncPeriod": "30s"},
    }


def _network(home: Home) -> dict[str, Any]:
    calico = {
        "type": "calico",
        "log_level": "warning",
        "log_file_path": str(home.logs / "cni.log"),
        "datastore_type": "kubernetes",
        "nodename": plan.NODE,
        "nodename_file_optional": True,
        "mtu": 1500,
        "ipam": {
            "type": "host-local",
            "dataDir": str(home.state / "addresses"),
            "ranges": [[{"subnet": plan.PODS}]],
        },
        "policy": {"type": "k8s"},
        "kubernetes": {"kubeconfig": str(kubeconfig.file(home))},
    }
    portmap = {"type": "portmap", "snat": True, "capabilities": {"portMappings": True}}
    return {"cniVersion": "0.3.1", "name": "lab", "plugins": [calico, portmap]}
