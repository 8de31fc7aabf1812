"""Stores: what all data stores share, from the password's file to the StatefulSet around the pod."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypedDict

from quadrant_platform.components.base.component import BuildContext
from quadrant_platform.components.builders import pod_template
from quadrant_platform.components.builders.manifests import Manifest, config_map, metadata, name_of, workload_labels
from quadrant_platform.components.builders.volumes import claim_template, secret_mount, secrets_of
from quadrant_platform.components.workload.priorities import Level
from quadrant_platform.model.expansion.endpoint import Endpoint
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.schema.datastores import DatabaseSpec
from quadrant_platform.model.schema.service import SECRETS_DIR, Sizing
from quadrant_platform.model.schema.types import Bytes

SCRIPTS = Path(__file__).parents[1] / "scripts"
LEVEL: Level = "critical"
"""Data stores keep their place in a full cluster, whatever their size."""


class DatabaseArgs(TypedDict):
    """What a database is built from, on any engine."""

    site: BuildContext
    database: DatabaseSpec


def labels_of(plan: Plan, endpoint: Endpoint, resources: Sizing, extra: Mapping[str, str]) -> dict[str, str]:
    """Return the labels of a store's objects and pods, the declared ones included."""
    return workload_labels(plan, endpoint, resources.tier) | dict(extra)


def without_selector(endpoint: Endpoint, labels: Mapping[str, str]) -> dict[str, str]:
    """Return the labels that do not select the workload's pods."""
    selecting = dict(endpoint.labels)
    return {key: value for key, value in labels.items() if key not in selecting}


def password_mount(plan: Plan, secret: str) -> pod_template.Mount:
    """Return the directory with a store's password in it."""
    return secret_mount(secrets_of(plan, [secret]))


def password_file(plan: Plan, secret: str) -> str:
    """Return where a store finds its password."""
    return f"{SECRETS_DIR}/{next(iter(plan.system.secrets[secret].keys))}"


def scripts_map(endpoint: Endpoint, names: Iterable[str], labels: Mapping[str, str]) -> Manifest:
    """Return the ConfigMap `<workload>-scripts` of scripts that stand beside this module."""
    texts = {name: (SCRIPTS / name).read_text(encoding="utf-8") for name in names}
    return config_map(endpoint.namespace, f"{name_of(endpoint)}-scripts", texts, labels)


def settings_map(endpoint: Endpoint, files: Mapping[str, str], labels: Mapping[str, str]) -> Manifest:
    """Return the ConfigMap `<workload>-settings` of an engine's own configuration files."""
    return config_map(endpoint.namespace, f"{name_of(endpoint)}-settings", files, labels)


def settings_mount(endpoint: Endpoint, path: str, places: Mapping[str, str] | None = None) -> pod_template.Mount:
    """Return the directory of those files; `places` gives some of them another place in it."""
    source: Manifest = {"name": f"{name_of(endpoint)}-settings"}
    if places:
        source["items"] = [{"key": key, "path": place} for key, place in places.items()]
    return pod_template.Mount(path, {"name": "settings", "configMap": source})


def texts_of(maps: Iterable[Manifest]) -> list[str]:
    """Return the texts of some ConfigMaps, whose fingerprint rolls the pods that read them."""
    return [text for one in maps for _, text in sorted(one["data"].items())]


def stateful_set(
    plan: Plan,
    pod: pod_template.PodTemplate,
    storage: Bytes,
    *,
    name: str | None = None,
    replicas: int = 1,
    parallel: bool = False,
) -> Manifest:
    """Return the StatefulSet around a store's pod, with a claim named `data`; several copies keep apart."""
    template = pod_template.template(plan, pod)
    if replicas > 1:
        template["spec"]["affinity"] = {"podAntiAffinity": apart(plan, pod.endpoint)}
    spec: Manifest = {
        "serviceName": name_of(pod.endpoint),
        "replicas": replicas,
        "selector": {"matchLabels": dict(pod.endpoint.labels)},
        "template": template,
        "volumeClaimTemplates": [claim_template(plan, storage)],
    }
    if parallel:
        spec["podManagementPolicy"] = "Parallel"
    meta = metadata(pod.endpoint.namespace, name or name_of(pod.endpoint), pod.labels)
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": meta, "spec": spec}


def apart(plan: Plan, endpoint: Endpoint) -> Manifest:
    """Return the rule that keeps copies on different nodes: strictly, or as far as there are nodes."""
    term = {"labelSelector": {"matchLabels": dict(endpoint.labels)}, "topologyKey": "kubernetes.io/hostname"}
    if plan.environment.spread == "required":
        return {"requiredDuringSchedulingIgnoredDuringExecution": [term]}
    return {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm": term}]}


def exporter(
    plan: Plan,
    endpoint: Endpoint,
    image: str,
    command: Iterable[str],
    *,
    health: str = "/",
    env: Mapping[str, str] | None = None,
    mounts: Iterable[pod_template.Mount] = (),
) -> Manifest:
    """Return the sidecar that translates an engine's statistics to Prometheus' format on the port `metrics`."""
    listener = endpoint.listener("metrics")
    if listener is None:
        raise LookupError(f"{endpoint.id} has no port named metrics; see model/expansion/workloads.py")
    action = pod_template.http_probe(health, listener.number)
    return pod_template.container(
        "exporter",
        image,
        pod_template.sized(plan, pod_template.HELPER, store=True),
        command=command,
        endpoint=endpoint,
        ports=["metrics"],
        env=env,
        probes=pod_template.probes(plan, action, action, action),
        mounts=mounts,
    )
