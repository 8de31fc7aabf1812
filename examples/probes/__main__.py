"""A program of another team: it asks a platform's stack for its addresses, and has each of them probed."""

import pulumi
import pulumi_kubernetes as kubernetes

config = pulumi.Config()
platform = pulumi.StackReference(config.require("platform"))
urls = platform.require_output("urls")

cluster = kubernetes.Provider("cluster", kubeconfig=config.require("kubeconfig"))
kubernetes.apiextensions.CustomResource(
    "platform",
    api_version="monitoring.coreos.com/v1",
    kind="Probe",
    metadata={"name": "platform", "namespace": config.get("namespace") or "monitoring"},
    spec={
        "prober": {"url": "blackbox-exporter.monitoring:9115"},
        "module": "http_2xx",
        "targets": {"staticConfig": {"static": urls}},
    },
    opts=pulumi.ResourceOptions(provider=cluster),
)
pulumi.export("watched", urls)
