"""Files: configuration and secrets as read-only directories, scratch space and claims."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

import yaml

from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.components.builders.pod_template import Mount
from quadrant_platform.model.expansion.plan import Plan
from quadrant_platform.model.schema.service import (
    SCRIPTS_DIR,
    SECRETS_DIR,
    ConfigFile,
    ContainerSpec,
    JobSpec,
    ServiceSpec,
    Volume,
)
from quadrant_platform.model.schema.types import Bytes, parse_quantity

SCRATCH_DIR = "/tmp"
PLACEHOLDER = re.compile(r"\$\{(?:(?P<kind>egress):(?P<api>[^}]+)|(?P<word>logLevel))\}")


def rendered(plan: Plan, config: ConfigFile) -> str:
    """Return a configuration file's text with the environment's values in it."""
    text = config.content
    if not isinstance(text, str):
        text = yaml.dump(text, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)

    def fill(match: re.Match[str]) -> str:
        return plan.environment.log_level if match["word"] else egress_url(plan, match["api"])

    return PLACEHOLDER.sub(fill, text)


def egress_service(api: str) -> str:
    """Return the name of the Service behind which the egress Traefik serves one external API."""
    return f"egress-{api}"


def egress_url(plan: Plan, api: str) -> str:
    """Return the base URL under which the system calls an external API."""
    return f"http://{egress_service(api)}:{plan.system.external_apis[api].egress_port}"


def config_name(config: str) -> str:
    """Return the name of the ConfigMap that holds a configuration file."""
    return f"config-{config}"


def config_mounts(plan: Plan, names: Iterable[str]) -> Iterator[Mount]:
    """Yield a directory for each place that configuration files go to."""
    places: dict[str, list[tuple[str, str]]] = {}
    for name in names:
        path = PurePosixPath(plan.system.configs[name].path)
        places.setdefault(str(path.parent), []).append((name, path.name))
    for index, (place, files) in enumerate(places.items()):
        sources = [
            {"configMap": {"name": config_name(name), "items": [{"key": file, "path": file}]}} for name, file in files
        ]
        yield Mount(place, {"name": f"config-{index}", "projected": {"sources": sources}})


def secret_mount(keys: Mapping[str, Iterable[str]], path: str = SECRETS_DIR) -> Mount:
    """Return one read-only directory with a file for each key; `keys` is by Secret name."""
    sources = [
        {"secret": {"name": name, "items": [{"key": key, "path": key} for key in files]}}
        for name, files in keys.items()
    ]
    return Mount(path, {"name": "secrets", "projected": {"defaultMode": 0o440, "sources": sources}})


def secrets_of(plan: Plan, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the keys of the named secrets, by Secret name."""
    return {name: tuple(plan.system.secrets[name].keys) for name in names}


def scratch(name: str, path: str, size: str = "64Mi") -> Mount:
    """Return writable space that lives as long as the pod, and never grows past its size."""
    return Mount(path, {"name": name, "emptyDir": {"sizeLimit": size}}, read_only=False)


def scripts(config_map: str, path: str = SCRIPTS_DIR) -> Mount:
    """Return a ConfigMap's files as executable scripts."""
    return Mount(path, {"name": "scripts", "configMap": {"name": config_map, "defaultMode": 0o555}})


def claimed(path: str, name: str = "data") -> Mount:
    """Return the container's half of a StatefulSet's own claim."""
    return Mount(path, {"name": name}, read_only=False)


def claim_template(plan: Plan, size: Bytes, name: str = "data") -> Manifest:
    """Return a StatefulSet's claim, capped by the environment."""
    environment = plan.environment
    wanted = size
    if environment.storage_limit and parse_quantity(environment.storage_limit) < parse_quantity(size):
        wanted = environment.storage_limit
    spec: Manifest = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": wanted}}}
    if environment.storage_class:
        spec["storageClassName"] = environment.storage_class
    return {"metadata": {"name": name}, "spec": spec}


def mounts_of(plan: Plan, declared: ContainerSpec) -> list[Mount]:
    """Return everything that a service or job declares: configuration, secrets, volumes, and scratch space."""
    mounts = list(config_mounts(plan, declared.config))
    if declared.secrets:
        mounts.append(secret_mount(secrets_of(plan, declared.secrets)))
    mounts.extend(_volume(name, volume) for name, volume in declared.volumes.items())
    if all(mount.path != SCRATCH_DIR for mount in mounts):
        mounts.append(scratch("tmp", SCRATCH_DIR))
    return mounts


def environment_variables(plan: Plan, declaring: ServiceSpec | JobSpec) -> dict[str, str]:
    """Return the few variables there are: the declared ones, and where the files are."""
    variables: dict[str, str] = {str(key): value for key, value in declaring.env.items()}
    for config in (plan.system.configs[name] for name in declaring.config):
        if config.variable is not None:
            variables[config.variable] = config.path
    if declaring.secrets:
        variables["SECRETS_DIR"] = SECRETS_DIR
    return variables


def _volume(name: str, volume: Volume) -> Mount:
    return claimed(volume.path, name) if volume.persistent else scratch(name, volume.path, volume.size)


def fingerprint(texts: Iterable[str]) -> str:
    """Return a short hash of file contents; on the template it rolls pods whose files changed."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()[:16]
