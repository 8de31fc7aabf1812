"""Look-ups of data stores in a recorded stack: the files that an engine reads, and its settings as data."""

import configparser
import re
from typing import Any

import yaml

from quadrant_platform.model.loader import load_system, system_file
from tests.demands.rendered import container, manifests, named, pod, workload
from tests.stacks import Manifest

_SETTING = re.compile(r"^(\S+) = '(.*)'$", re.MULTILINE)


def beside(system: str, stage: str, name: str) -> list[Manifest]:
    """The objects in the namespace of a workload."""
    namespace = workload(system, stage, name)["metadata"]["namespace"]
    return [one for one in manifests(system, stage) if one["metadata"].get("namespace") == namespace]


def file_text(system: str, stage: str, name: str, path: str) -> str:
    """The text of a file that the first container of a workload sees, from the ConfigMap mounted there."""
    spec = pod(system, stage, name)
    mounts = {mount["mountPath"]: mount["name"] for mount in spec["containers"][0]["volumeMounts"]}
    place = next(where for where in mounts if path.startswith(f"{where}/"))
    source = next(one for one in spec["volumes"] if one["name"] == mounts[place])["configMap"]
    file = path.removeprefix(f"{place}/")
    keys = {item["path"]: item["key"] for item in source.get("items", ())}
    text: str = named(beside(system, stage, name), "ConfigMap", source["name"])["data"][keys.get(file, file)]
    return text


def script_files(system: str, stage: str, name: str) -> dict[str, str]:
    """The files under /scripts of a job, by name."""
    volume = next(one for one in pod(system, stage, name)["volumes"] if one["name"] == "scripts")
    data: dict[str, str] = named(beside(system, stage, name), "ConfigMap", volume["configMap"]["name"])["data"]
    return data


def statements(text: str) -> list[str]:
    """The statements of an SQL file, each on one line."""
    return [" ".join(part.split()) for part in text.split(";") if part.strip()]


def redis_settings(system: str, stage: str, name: str) -> dict[str, str]:
    """The directives of redis.conf."""
    lines = file_text(system, stage, name, "/etc/redis/redis.conf").splitlines()
    return {key: value for key, _, value in (line.partition(" ") for line in lines)}


def server_settings(system: str, stage: str, name: str) -> dict[str, str]:
    """The parameters of a PostgreSQL server: of a pod in dev, and of the operator's cluster in prod."""
    if stage == "prod":
        found: dict[str, str] = named(manifests(system, stage), "Cluster", name)["spec"]["postgresql"]["parameters"]
        return found
    return dict(_SETTING.findall(file_text(system, stage, name, "/etc/postgresql/postgresql.conf")))


def pooler_settings(system: str, stage: str, name: str) -> tuple[int, dict[str, str]]:
    """How many instances of a pooler run, and the settings of each: pgbouncer.ini, or what the operator makes it of."""
    if stage == "prod":
        spec = named(manifests(system, stage), "Pooler", name)["spec"]
        own = {
            "pool_mode": spec["pgbouncer"]["poolMode"],
            "listen_port": str(spec["serviceTemplate"]["spec"]["ports"][0]["port"]),
        }
        return spec["instances"], own | spec["pgbouncer"]["parameters"]
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(file_text(system, stage, name, "/etc/pgbouncer/pgbouncer.ini"))
    return workload(system, stage, name)["spec"]["replicas"], dict(parser["pgbouncer"])


def clickhouse_settings(system: str, stage: str, name: str) -> dict[str, Any]:
    """The file that ClickHouse merges over its own configuration."""
    found: dict[str, Any] = yaml.safe_load(file_text(system, stage, name, "/etc/clickhouse/config.d/settings.yaml"))
    return found


def limits(system: str, stage: str, name: str) -> dict[str, str]:
    """The CPU and memory limits of the container that carries its workload's name."""
    stated = container(system, stage, name)["resources"]["limits"]
    return {resource: stated[resource] for resource in ("cpu", "memory") if resource in stated}


def claim(system: str, stage: str, name: str) -> str:
    """The size of the volume of each of a StatefulSet's pods, mounted where its first container writes."""
    found = workload(system, stage, name)
    pod = found["spec"]["template"]["spec"]
    mounts = pod["containers"][0]["volumeMounts"]
    assert any(mount["name"] == "data" and not mount["readOnly"] for mount in mounts), f"{name} writes to no volume"
    copies = range(found["spec"]["replicas"])
    claims = [f"data-{found['metadata']['name']}-{ordinal}" for ordinal in copies]
    everything = manifests(system, stage)
    specs = [named(everything, "PersistentVolumeClaim", one)["spec"] for one in claims]
    [size] = {one["resources"]["requests"]["storage"] for one in specs}
    return str(size)


def composed(system: str) -> dict[str, str]:
    """The secrets that a system puts together from others, by file; a vault holds the same texts."""
    secrets = load_system(system_file(system)).secrets
    return {file: key.compose for one in secrets.values() for file, key in one.keys.items() if key.compose}
