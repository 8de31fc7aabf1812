"""Broker: Kafka without ZooKeeper, every node broker and controller, on claims of its own."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator, Mapping
from typing import TypedDict

import pulumi

from quadrant_platform.components.base.component import BuildContext, register
from quadrant_platform.components.builders import engine_images, manifests, pod_template, stores
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.volumes import claim_template, claimed, fingerprint, scratch, scripts
from quadrant_platform.components.workload.priorities import class_name
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.expansion.workloads import KAFKA_CONTROLLER_PORT
from quadrant_platform.model.schema import datastores as declared
from quadrant_platform.model.schema.types import parse_quantity

START = """\
#!/bin/sh
set -eu
# Kafka's programs, the one that formats included, make their log directory first: on a root that is read-only.
export LOG_DIR=/tmp
# The node's number is the ordinal at the end of its host name.
node="${HOSTNAME##*-}"
sed -e "s/@node@/$node/g" -e "s/@host@/$HOSTNAME/g" /scripts/server.properties > /tmp/server.properties
/opt/kafka/bin/kafka-storage.sh format --ignore-formatted --cluster-id @cluster@ --config /tmp/server.properties
export KAFKA_HEAP_OPTS="-Xms@heap@m -Xmx@heap@m"
exec /opt/kafka/bin/kafka-server-start.sh /tmp/server.properties
"""


class BrokerArgs(TypedDict):
    """What a broker is built from."""

    site: BuildContext
    broker: declared.BrokerSpec


class Broker(pulumi.ComponentResource):
    """One Kafka cluster; a single node where the environment runs single copies."""

    def __init__(self, name: str, args: BrokerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quadrant:data:Broker", name, None, opts)
        for manifest in objects(args["site"].plan, name, args["broker"]):
            register(self, manifest, args["site"])
        self.register_outputs({})


def objects(plan: Plan, name: str, broker: declared.BrokerSpec) -> Iterator[Manifest]:
    """Yield the account, scripts, Services, StatefulSet and budget."""
    endpoint = plan.topology.endpoints[name]
    labels = stores.labels_of(plan, endpoint, broker.resources, broker.labels)
    nodes = 1 if plan.environment.copies == "single" else broker.instances
    files = {"server.properties": properties(endpoint, broker, nodes), "start.sh": start_script(plan, name, broker)}
    yield manifests.service_account(endpoint, labels)
    yield manifests.config_map(endpoint.namespace, f"{name}-scripts", files, labels)
    yield manifests.service(endpoint, labels)
    yield manifests.service(endpoint, labels, name=_nodes(name), headless=True)
    yield {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": manifests.metadata(endpoint.namespace, name, labels),
        "spec": {
            "replicas": nodes,
            "serviceName": _nodes(name),
            "podManagementPolicy": "Parallel",
            "selector": {"matchLabels": dict(endpoint.labels)},
            "template": pod_template.template(plan, pod(plan, endpoint, broker, labels, files)),
            "volumeClaimTemplates": [claim_template(plan, broker.storage)],
        },
    }
    if nodes > 1:
        yield manifests.disruption_budget(endpoint, labels)


def properties(endpoint: Endpoint, broker: declared.BrokerSpec, nodes: int) -> str:
    """Return the server's settings; @node@ and @host@ are filled in by the start script."""
    name = manifests.name_of(endpoint)
    domain = f"{_nodes(name)}.{endpoint.namespace}.svc.cluster.local"
    voters = ",".join(f"{node}@{name}-{node}.{domain}:{KAFKA_CONTROLLER_PORT}" for node in range(nodes))
    copies = min(nodes, 3)
    settings = {
        "process.roles": "broker,controller",
        "node.id": "@node@",
        "controller.quorum.voters": voters,
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://:{broker.port},CONTROLLER://:{KAFKA_CONTROLLER_PORT}",
        "advertised.listeners": f"PLAINTEXT://@host@.{domain}:{broker.port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": "/data/log",
        "log.retention.hours": str(broker.retention_hours),
        "num.partitions": str(max(broker.topics.values(), default=1)),
        "default.replication.factor": str(copies),
        "offsets.topic.replication.factor": str(copies),
        "transaction.state.log.replication.factor": str(copies),
        "transaction.state.log.min.isr": str(max(copies - 1, 1)),
        "min.insync.replicas": str(max(copies - 1, 1)),
        "auto.create.topics.enable": "true",
    }
    return "".join(f"{key}={value}\n" for key, value in settings.items())


def start_script(plan: Plan, name: str, broker: declared.BrokerSpec) -> str:
    """Return the start script with the cluster's identity and half of the memory as heap."""
    identity = uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}.{plan.namespace(broker.segment)}")
    cluster = base64.urlsafe_b64encode(identity.bytes).decode().rstrip("=")
    heap = int(parse_quantity(pod_template.limits_of(plan, broker.resources).memory) / 2**20) // 2
    return START.replace("@cluster@", cluster).replace("@heap@", str(heap))


def pod(
    plan: Plan, endpoint: Endpoint, broker: declared.BrokerSpec, labels: Mapping[str, str], files: Mapping[str, str]
) -> pod_template.PodTemplate:
    """Return a node's pod."""
    name = manifests.name_of(endpoint)
    mounts = [claimed("/data"), scripts(f"{name}-scripts"), scratch("tmp", "/tmp", "256Mi")]
    answers = pod_template.tcp_probe(broker.port)
    container = pod_template.container(
        name,
        engine_images.image_of(plan, endpoint, engine_images.KAFKA),
        pod_template.sized(plan, pod_template.limits_of(plan, broker.resources), store=True),
        command=["/bin/sh", "/scripts/start.sh"],
        endpoint=endpoint,
        probes=pod_template.probes(plan, answers, answers, answers, starts=pod_template.RECOVERY),
        mounts=mounts,
    )
    return pod_template.PodTemplate(
        endpoint,
        labels,
        [container],
        mounts=mounts,
        priority=class_name(plan, stores.LEVEL),
        grace=60,
        annotations={"quadrant.dev/config": fingerprint(files.values())},
    )


def _nodes(name: str) -> str:
    return f"{name}-nodes"
