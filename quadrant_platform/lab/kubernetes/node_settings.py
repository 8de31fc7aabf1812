"""Configuration files of the node's parts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from quadrant_platform.host.files import write_atomically
from quadrant_platform.lab.build.catalogue import PAUSE
from quadrant_platform.lab.kubernetes import authority, kubeconfig
from quadrant_platform.lab.machine import network_plan
from quadrant_platform.lab.machine.home import Home

PLUGINS = Path("/usr/lib/cni")


def folder(home: Home) -> Path:
    """Return where the files are."""
    return home.state / "settings"


def socket(home: Home) -> Path:
    """Return where containerd listens."""
    return home.state / "containerd" / "containerd.sock"


def write(home: Home) -> tuple[str, ...]:
    """Write the files that differ from what they should be; return the processes that have to restart."""
    files = {
        "containerd.toml": ("containerd", _containerd(home)),
        "kubelet.yaml": ("kubelet", json.dumps(_kubelet(home), indent=2)),
        "proxy.yaml": ("kube-proxy", json.dumps(_proxy(home), indent=2)),
        "cni/10-lab.conflist": ("containerd", json.dumps(_network(home), indent=2)),
    }
    _link_plugins(home)
    return tuple(name for file, (name, content) in files.items() if _changed(folder(home) / file, content))


def _changed(file: Path, content: str) -> bool:
    """Write a file unless it has this content: kube-proxy ends whenever its file is written."""
    if file.exists() and file.read_text("utf-8") == content:
        return False
    write_atomically(file, content)
    return True


def _link_plugins(home: Home) -> None:
    plugins = folder(home) / "plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    for source in (home.bin / "calico", *(PLUGINS / name for name in ("host-local", "portmap", "loopback"))):
        link = plugins / source.name
        if not link.is_symlink() or link.readlink() != source:
            link.unlink(missing_ok=True)
            link.symlink_to(source)


def _containerd(home: Home) -> str:
    place, settings = home.state / "containerd", folder(home)
    return f"""version = 2
root = "{place / "root"}"
state = "{place / "state"}"
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
        "address": network_plan.NODE_ADDRESS,
        "authentication": {"anonymous": {"enabled": False}, "x509": {"clientCAFile": str(keys / "ca.crt")}},
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": str(keys / "kubelet.crt"),
        "tlsPrivateKeyFile": str(keys / "kubelet.key"),
        "containerRuntimeEndpoint": f"unix://{socket(home)}",
        "clusterDNS": [network_plan.DNS_SERVICE],
        "clusterDomain": network_plan.DOMAIN,
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
        "bindAddress": network_plan.NODE_ADDRESS,
        "clusterCIDR": network_plan.PODS,
        "clientConnection": {"kubeconfig": str(kubeconfig.of_party(home, "proxy"))},
        "healthzBindAddress": "127.0.0.1:10256",
        "metricsBindAddress": "127.0.0.1:10249",
        "nodePortAddresses": [f"{network_plan.NODE_ADDRESS}/32"],
        "conntrack": {"maxPerCore": 0, "min": 0},
        "nftables": {"minSyncPeriod": "0s", "syncPeriod": "30s"},
    }


def _network(home: Home) -> dict[str, Any]:
    calico = {
        "type": "calico",
        "log_level": "warning",
        "log_file_path": str(home.logs / "cni.log"),
        "datastore_type": "kubernetes",
        "nodename": network_plan.NODE,
        "nodename_file_optional": True,
        "mtu": 1500,
        "ipam": {
            "type": "host-local",
            "dataDir": str(home.state / "addresses"),
            "ranges": [[{"subnet": network_plan.PODS}]],
        },
        "policy": {"type": "k8s"},
        "kubernetes": {"kubeconfig": str(kubeconfig.file(home))},
    }
    portmap = {"type": "portmap", "snat": True, "capabilities": {"portMappings": True}}
    return {"cniVersion": "0.3.1", "name": "lab", "plugins": [calico, portmap]}
