"""Volumes: configuration and secrets as read-only directories, scratch space and claims."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from quadrant_platform.components.builders.manifests import Manifest
from quadrant_platform.model.expansion.configs import PlannedConfig
from quadrant_platform.model.expansion.planned import SecretFiles
from quadrant_platform.model.schema.service import SCRIPTS_DIR, SECRETS_DIR


@dataclass(frozen=True)
class Mount:
    """A volume and where the container sees it."""

    path: str
    volume: Manifest
    read_only: bool = True

    def in_container(self) -> Manifest:
        """Return the container's half."""
        return {"name": self.volume["name"], "mountPath": self.path, "readOnly": self.read_only}


def config_mounts(configs: Iterable[PlannedConfig]) -> Iterator[Mount]:
    """Yield one directory for the configuration files that share it."""
    places: dict[str, list[Manifest]] = {}
    for config in configs:
        path = PurePosixPath(config.spec.path)
        items = [{"key": path.name, "path": path.name}]
        places.setdefault(str(path.parent), []).append({"configMap": {"name": config.object_name, "items": items}})
    for index, (place, sources) in enumerate(places.items()):
        yield Mount(place, {"name": f"config-{index}", "projected": {"sources": sources}})


def secret_mount(secrets: Iterable[SecretFiles], path: str = SECRETS_DIR) -> Mount:
    """Return one read-only directory with a file for each key."""
    sources = [
        {"secret": {"name": secret.name, "items": [{"key": key, "path": key} for key in secret.keys]}}
        for secret in secrets
    ]
    return Mount(path, {"name": "secrets", "projected": {"defaultMode": 0o440, "sources": sources}})


def scratch(name: str, path: str, size: str = "64Mi") -> Mount:
    """Return writable space that lives as long as the pod, and never grows past its size."""
    return Mount(path, {"name": name, "emptyDir": {"sizeLimit": size}}, read_only=False)


def memory(name: str, path: str, size: str) -> Mount:
    """Return writable space in memory, which counts against the limits of the containers that use it."""
    return Mount(path, {"name": name, "emptyDir": {"medium": "Memory", "sizeLimit": size}}, read_only=False)


def scripts(config_map: str, path: str = SCRIPTS_DIR) -> Mount:
    """Return a ConfigMap's files as executable scripts."""
    return Mount(path, {"name": "scripts", "configMap": {"name": config_map, "defaultMode": 0o555}})


def settings(config_map: str, path: str, places: Mapping[str, str] | None = None) -> Mount:
    """Return the directory of an engine's configuration files; `places` gives some of them another place in it."""
    source: Manifest = {"name": config_map}
    if places:
        source["items"] = [{"key": key, "path": place} for key, place in places.items()]
    return Mount(path, {"name": "settings", "configMap": source})


def claimed(path: str, name: str = "data") -> Mount:
    """Return the container's half of a StatefulSet's own claim."""
    return Mount(path, {"name": name}, read_only=False)
