"""Broker: Kafka without ZooKeeper, every node broker and controller, on claims of its own."""

import base64
import uuid
from collections.abc import Iterator

from quadrant_platform.components.base.component import Address, Component
from quadrant_platform.components.builders.containers import RECOVERY, tcp_probe
from quadrant_platform.components.builders.engine_images import KAFKA
from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.volumes import claimed, scratch, scripts
from quadrant_platform.components.builders.workload import Workload
from quadrant_platform.model.expansion.planned import Planned
from quadrant_platform.model.expansion.workloads import KAFKA_CONTROLLER_PORT
from quadrant_platform.model.schema.datastores import BrokerSpec

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


class Broker(Component[Planned[BrokerSpec], Address]):
    """One Kafka cluster; a single node where the environment runs single copies."""

    token = "data:Broker"

    @staticmethod
    def manifests(inputs: Planned[BrokerSpec]) -> Iterator[Manifest]:
        """Yield the account, scripts, Services, StatefulSet and budget."""
        w = Workload(inputs)
        files = {"server.properties": properties(inputs), "start.sh": start_script(inputs)}
        yield w.account()
        yield w.config_map("scripts", files)
        yield w.service()
        yield w.service(_nodes(w.data_name), clusterIP="None", publishNotReadyAddresses=True)
        mounts = [claimed("/data"), scripts(f"{w.name}-scripts"), scratch("tmp", "/tmp", "256Mi")]
        probes = w.probes(tcp_probe(inputs.spec.port), starts=RECOVERY)
        container = w.container(KAFKA, command=["/bin/sh", "/scripts/start.sh"], probes=probes, mounts=mounts)
        pod = w.pod(container, mounts=mounts, grace=60, texts=files.values())
        together = {"serviceName": _nodes(w.data_name), "podManagementPolicy": "Parallel"}
        yield from w.stateful_set(pod, {"data": inputs.spec.storage}, **together)
        if inputs.copies > 1:
            yield w.budget()

    @staticmethod
    def results(inputs: Planned[BrokerSpec]) -> Address:
        """Return where clients connect."""
        return Address(inputs.name, inputs.spec.port)


def properties(broker: Planned[BrokerSpec]) -> str:
    """Return the server's settings; the start script fills in @node@ and @host@."""
    name, spec, nodes = broker.data_name, broker.spec, broker.copies
    # Every pod of the cluster resolves it, whatever the cluster's domain is.
    domain = f"{_nodes(name)}.{broker.endpoint.namespace}.svc"
    voters = ",".join(f"{node}@{name}-{node}.{domain}:{KAFKA_CONTROLLER_PORT}" for node in range(nodes))
    copies = min(nodes, 3)
    settings = {
        "process.roles": "broker,controller",
        "node.id": "@node@",
        "controller.quorum.voters": voters,
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://:{spec.port},CONTROLLER://:{KAFKA_CONTROLLER_PORT}",
        "advertised.listeners": f"PLAINTEXT://@host@.{domain}:{spec.port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": "/data/log",
        "log.retention.hours": str(spec.retention_hours),
        "num.partitions": str(max(spec.topics.values(), default=1)),
        "default.replication.factor": str(copies),
        "offsets.topic.replication.factor": str(copies),
        "transaction.state.log.replication.factor": str(copies),
        "transaction.state.log.min.isr": str(max(copies - 1, 1)),
        "min.insync.replicas": str(max(copies - 1, 1)),
        "auto.create.topics.enable": "true",
    }
    return "".join(f"{key}={value}\n" for key, value in settings.items())


def start_script(broker: Planned[BrokerSpec]) -> str:
    """Return the start script with the cluster's identity and half of the memory as heap."""
    identity = uuid.uuid5(uuid.NAMESPACE_DNS, f"{broker.data_name}.{broker.endpoint.namespace}")
    cluster = base64.urlsafe_b64encode(identity.bytes).decode().rstrip("=")
    heap = int(broker.limits.memory.mebibytes) // 2
    return START.replace("@cluster@", cluster).replace("@heap@", str(heap))


def _nodes(name: str) -> str:
    return f"{name}-nodes"
