"""The programs of the lab: which Go module folder pins each, and what building them takes.

A pin moves by `go get -tool PACKAGE@VERSION` in its folder; the digest of the folder then requires a new build.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

MODULES_FOLDER = Path(__file__).parent / "modules"
KUBERNETES = "v1.34.2"
"""Must be the version that `modules/kubernetes/go.mod` requires: the programs report what the linker sets."""
MEGABYTES_PER_MINUTE = 400
"""Measured over all modules: sources, compiled packages and programs."""
COMMANDS = "k8s.io/kubernetes/cmd"
OPERATOR = "github.com/prometheus-operator/prometheus-operator/cmd"


@dataclass(frozen=True)
class GoModule:
    """Programs whose requirements agree, so that one `go build` makes them all."""

    name: str
    programs: Mapping[str, str] = field(hash=False)
    """Package of each program."""
    minutes: float
    """CPU minutes of a first build; a later one finds most of it in Go's cache."""
    variables: Mapping[str, str] = field(default_factory=dict, hash=False)
    """String variables that the linker sets."""

    @property
    def megabytes(self) -> float:
        """What a first build adds to Go's caches and to the lab's folder."""
        return self.minutes * MEGABYTES_PER_MINUTE

    @property
    def folder(self) -> Path:
        """Where go.mod and go.sum are, and the sources of the lab's own programs."""
        return MODULES_FOLDER / self.name


MODULES = (
    GoModule("etcd", {"etcd": "go.etcd.io/etcd/server/v3"}, 2),
    GoModule(
        "kubernetes",
        {
            "kube-apiserver": f"{COMMANDS}/kube-apiserver",
            "kube-controller-manager": f"{COMMANDS}/kube-controller-manager",
            "kube-scheduler": f"{COMMANDS}/kube-scheduler",
            "kubelet": f"{COMMANDS}/kubelet",
            "kube-proxy": f"{COMMANDS}/kube-proxy",
            "kubectl": f"{COMMANDS}/kubectl",
        },
        13.5,
        {
            "k8s.io/component-base/version.gitVersion": KUBERNETES,
            "k8s.io/component-base/version.gitMajor": KUBERNETES.removeprefix("v").split(".")[0],
            "k8s.io/component-base/version.gitMinor": KUBERNETES.split(".")[1],
            "k8s.io/client-go/pkg/version.gitVersion": KUBERNETES,
        },
    ),
    GoModule(
        "calico",
        {
            "calico-felix": "github.com/projectcalico/calico/felix/cmd/calico-felix",
            "calico": "github.com/projectcalico/calico/cni-plugin/cmd/calico",
        },
        6,
    ),
    GoModule("coredns", {"coredns": "github.com/coredns/coredns"}, 4),
    GoModule("traefik", {"traefik": "github.com/traefik/traefik/v3/cmd/traefik"}, 12),
    GoModule("local-path", {"local-path-provisioner": "github.com/rancher/local-path-provisioner"}, 3),
    GoModule("cert-manager", {"cert-manager-controller": "github.com/cert-manager/cert-manager/cmd/controller"}, 4),
    GoModule("versitygw", {"versitygw": "github.com/versity/versitygw/cmd/versitygw"}, 3),
    GoModule("metrics-server", {"metrics-server": "sigs.k8s.io/metrics-server/cmd/metrics-server"}, 5),
    GoModule(
        "prometheus-operator",
        {
            "prometheus-operator": f"{OPERATOR}/operator",
            "prometheus-config-reloader": f"{OPERATOR}/prometheus-config-reloader",
        },
        4.5,
    ),
    GoModule(
        "exporters",
        {
            "postgres_exporter": "github.com/prometheus-community/postgres_exporter/cmd/postgres_exporter",
            "pgbouncer_exporter": "./pgbouncer_exporter",
        },
        1.5,
    ),
    GoModule("pause", {"pause": "./pause"}, 0.5),
)
PROGRAMS: Mapping[str, GoModule] = {program: module for module in MODULES for program in module.programs}
