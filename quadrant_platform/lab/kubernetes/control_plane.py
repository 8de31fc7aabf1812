"""etcd, the API server, the controllers and the scheduler: their command lines."""

from __future__ import annotations

from pathlib import Path

from quadrant_platform.lab.kubernetes import authority, kubeconfig
from quadrant_platform.lab.machine import network_plan
from quadrant_platform.lab.machine.daemons import Daemon
from quadrant_platform.lab.machine.home import Home

ETCD, ETCD_PEERS = "http://127.0.0.1:12379", "http://127.0.0.1:12380"
PORTS = {12379: "etcd", 12380: "etcd", 10257: "kube-controller-manager", 10259: "kube-scheduler"}
"""Ports of loopback that must be free."""
PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl")


def daemons(home: Home) -> tuple[Daemon, ...]:
    """Return the control plane in the order in which it starts."""
    return etcd(home), apiserver(home), controller_manager(home), scheduler(home)


def etcd(home: Home) -> Daemon:
    """Return the store; without fsync, since `lab down` throws it away."""
    return _daemon(
        home,
        "etcd",
        data_dir=home.state / "etcd",
        listen_client_urls=ETCD,
        advertise_client_urls=ETCD,
        listen_peer_urls=ETCD_PEERS,
        initial_advertise_peer_urls=ETCD_PEERS,
        initial_cluster=f"default={ETCD_PEERS}",
        unsafe_no_fsync="true",
        log_level="warn",
    )


def apiserver(home: Home) -> Daemon:
    """Return the API server, on the node's own address: pods reach it there, and nothing outside does."""
    keys = authority.folder(home)
    return _daemon(
        home,
        "kube-apiserver",
        etcd_servers=ETCD,
        bind_address=network_plan.NODE_ADDRESS,
        advertise_address=network_plan.NODE_ADDRESS,
        secure_port=6443,
        service_cluster_ip_range=network_plan.SERVICES,
        authorization_mode="Node,RBAC",
        enable_admission_plugins="NodeRestriction",
        client_ca_file=keys / "ca.crt",
        tls_cert_file=keys / "apiserver.crt",
        tls_private_key_file=keys / "apiserver.key",
        kubelet_certificate_authority=keys / "ca.crt",
        kubelet_client_certificate=keys / "apiserver-client.crt",
        kubelet_client_key=keys / "apiserver-client.key",
        kubelet_preferred_address_types="InternalIP",
        service_account_issuer=f"https://kubernetes.default.svc.{network_plan.DOMAIN}",
        service_account_key_file=keys / "service-accounts.key",
        service_account_signing_key_file=keys / "service-accounts.key",
        requestheader_client_ca_file=keys / "ca.crt",
        requestheader_allowed_names="front-proxy",
        requestheader_extra_headers_prefix="X-Remote-Extra-",
        requestheader_group_headers="X-Remote-Group",
        requestheader_username_headers="X-Remote-User",
        proxy_client_cert_file=keys / "front-proxy.crt",
        proxy_client_key_file=keys / "front-proxy.key",
        enable_aggregator_routing="true",
        cert_dir=home.state / "apiserver",
        endpoint_reconciler_type="lease",
        v=1,
    )


def controller_manager(home: Home) -> Daemon:
    """Return the controllers."""
    keys, access = authority.folder(home), kubeconfig.of_party(home, "controller-manager")
    return _daemon(
        home,
        "kube-controller-manager",
        kubeconfig=access,
        authentication_kubeconfig=access,
        authorization_kubeconfig=access,
        bind_address="127.0.0.1",
        cluster_cidr=network_plan.PODS,
        service_account_private_key_file=keys / "service-accounts.key",
        root_ca_file=keys / "ca.crt",
        use_service_account_credentials="true",
        leader_elect="false",
        horizontal_pod_autoscaler_sync_period="5s",
        cert_dir=home.state / "controller-manager",
    )


def scheduler(home: Home) -> Daemon:
    """Return the scheduler."""
    access = kubeconfig.of_party(home, "scheduler")
    return _daemon(
        home,
        "kube-scheduler",
        kubeconfig=access,
        authentication_kubeconfig=access,
        authorization_kubeconfig=access,
        bind_address="127.0.0.1",
        leader_elect="false",
        cert_dir=home.state / "scheduler",
    )


def _daemon(home: Home, program: str, **flags: str | int | Path) -> Daemon:
    options = (f"--{name.replace('_', '-')}={value}" for name, value in flags.items())
    return Daemon(program, (str(home.bin / program), *options))
