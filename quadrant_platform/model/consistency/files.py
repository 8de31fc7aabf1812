"""Files of containers: configuration, secrets and volumes, what each refers to, and what secrets are made of."""

import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

from quadrant_platform.documents.problems import KeyPath, Problem, did_you_mean
from quadrant_platform.model.consistency.context import Context, Found
from quadrant_platform.model.schema.service import SCRIPTS_DIR, SECRETS_DIR, ContainerSpec

PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_FILE_NAME = re.compile(r"[-._a-zA-Z0-9]{1,253}")
CONTROL_GROUPS = ("monitoring",)
"""Groups of secrets that control planes read, such as the keys of Alertmanager's receivers."""


def references(context: Context) -> Found:
    """Check that what a container mounts is declared."""
    for path, process in context.processes.items():
        for place, name in enumerate(process.config):
            yield from context.unknown((*path, "config", place), name, "config", context.system.configs)
        for place, name in enumerate(process.secrets):
            yield from context.unknown((*path, "secrets", place), name, "secret", context.system.secrets)


def unused(context: Context) -> Found:
    """Check that a workload mounts each config and reads each secret."""
    configs = (name for process in context.processes.values() for name in process.config)
    for name in context.unused(context.system.configs, configs):
        yield Problem(("configs", name), f"no workload mounts the config {name!r}", "remove it or use it")
    for name in context.unused(context.system.secrets, (name for _, name in secret_uses(context))):
        if context.system.secrets[name].group not in CONTROL_GROUPS:
            yield Problem(("secrets", name), f"no workload reads the secret {name!r}", "remove it or use it")


def secret_uses(context: Context) -> Iterator[tuple[KeyPath, str]]:
    """Iterate over every place that names a secret."""
    for path, process in context.processes.items():
        yield from (((*path, "secrets", place), name) for place, name in enumerate(process.secrets))
    yield from single_values(context)
    for name, middleware in context.system.edge.middlewares.items():
        if middleware.basic_auth is not None:
            yield ("edge", "middlewares", name, "basicAuth"), middleware.basic_auth


def single_values(context: Context) -> Iterator[tuple[KeyPath, str]]:
    """Iterate over the places that mean a secret's one value: passwords, keys and parts of composed secrets."""
    for path, store in context.stores.items():
        for key, field in (("password", "password"), ("accessKey", "access_key"), ("secretKey", "secret_key")):
            name = getattr(store, field, None)
            if name is not None:
                yield (*path, key), name
    for name in context.system.secrets:
        yield from composed(context, name)


def composed(context: Context, name: str) -> Iterator[tuple[KeyPath, str]]:
    """Iterate over the places where a secret is composed of others."""
    for file, vault_key in context.system.secrets[name].keys.items():
        for word in PLACEHOLDER.findall(vault_key.compose or ""):
            yield ("secrets", name, "keys", file, "compose"), word


def paths(context: Context) -> Found:
    """Check that everything that a container mounts has a path of its own."""
    for path, process in context.processes.items():
        taken = {SECRETS_DIR: "the secrets", SCRIPTS_DIR: "the scripts"}
        for place, where, what in _mounts(context, path, process):
            if where in taken:
                yield Problem(place, f"{what} and {taken[where]} are mounted at one path, {where}", "move one of them")
            taken.setdefault(where, what)


def _mounts(context: Context, path: KeyPath, process: ContainerSpec) -> Iterator[tuple[KeyPath, str, str]]:
    for place, name in enumerate(process.config):
        if name in context.system.configs:
            yield (*path, "config", place), context.system.configs[name].path.rstrip("/"), f"config {name!r}"
    for name, volume in process.volumes.items():
        yield (*path, "volumes", name, "path"), volume.path.rstrip("/"), f"volume {name!r}"


def variables(context: Context) -> Found:
    """Check that CONFIG_PATH names one file."""
    for path, process in context.processes.items():
        setters = [f"config {name!r}" for name in process.config if _sets_path(context, name)]
        if "CONFIG_PATH" in getattr(process, "env", {}):
            setters.append("`env`")
        if len(setters) > 1:
            what = f"CONFIG_PATH is set by {' and by '.join(setters)}; it can name one file only"
            yield Problem((*path, "config"), what, "leave `variable` on one of them")


def _sets_path(context: Context, name: str) -> bool:
    return name in context.system.configs and context.system.configs[name].variable is not None


def key_files(context: Context) -> Found:
    """Check that two secrets of one container do not share a file name."""
    for path, process in context.processes.items():
        taken: dict[str, str] = {}
        for place, name in enumerate(process.secrets):
            secret = context.system.secrets.get(name)
            for file in secret.keys if secret is not None else ():
                if taken.setdefault(file, name) != name:
                    what = f"{name!r} and {taken[file]!r} both have the file {SECRETS_DIR}/{file}"
                    yield Problem((*path, "secrets", place), what, "rename the key of one of them")


def placeholders(context: Context) -> Found:
    """Check that environments fill in every placeholder of a configuration file."""
    apis = context.system.external_apis
    known = ["logLevel", *(f"egress:{name}" for name, api in apis.items() if api.mode == "baseUrl")]
    for name, config in context.system.configs.items():
        for path, text in _texts(("configs", name, "content"), config.content):
            for word in PLACEHOLDER.findall(text):
                api = word.removeprefix("egress:")
                if word.startswith("egress:") and api in apis and word not in known:
                    what = f"${{{word}}}: {api!r} is in mode passthrough, where the client keeps the API's own URL"
                    yield Problem(path, what, f"write https://{apis[api].host} or set `mode: baseUrl`")
                elif word not in known and not context.gaps.may_declare(api):
                    yield Problem(path, f"nothing fills in ${{{word}}}", did_you_mean(word, known))


def _texts(path: KeyPath, value: Any) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, below in value.items():
            yield from _texts((*path, key), below)
    elif isinstance(value, list | tuple):
        for place, below in enumerate(value):
            yield from _texts((*path, place), below)


def secret_references(context: Context) -> Found:
    """Check that the secrets of stores, middlewares and composed secrets are declared."""
    for path, name in secret_uses(context):
        if path[0] not in ("services", "jobs"):
            yield from context.unknown(path, name, "secret", context.system.secrets)


def one_value(context: Context) -> Found:
    """Check that a secret used as one value has one key."""
    for path, name in single_values(context):
        secret = context.system.secrets.get(name)
        if secret is not None and len(secret.keys) > 1:
            what = f"{name!r} has several keys ({', '.join(secret.keys)}), and one value is needed here"
            yield Problem(path, what, "make it a secret of its own with one key")


def secret_keys(context: Context) -> Found:
    """Check that a key is a file name, and a key of a Kubernetes Secret."""
    for name, secret in context.system.secrets.items():
        for file in secret.keys:
            if not _FILE_NAME.fullmatch(file):
                what = f"{file!r} is not a file name that a Secret may have: letters, digits, '-', '_' and '.'"
                yield Problem(("secrets", name, "keys", file), what, "rename the key")


def secret_cycles(context: Context) -> Found:
    """Check that no secret is composed of itself."""
    parts = {name: [word for _, word in composed(context, name)] for name in context.system.secrets}
    while parts:
        try:
            TopologicalSorter(parts).prepare()
        except CycleError as error:
            cycle = error.args[1][::-1]
            what = f"a value composed of itself: {' -> '.join(cycle)}; it could never be made"
            yield Problem(("secrets", cycle[0], "keys"), what, "take one of the references out")
            parts = {name: words for name, words in parts.items() if name not in cycle}
        else:
            return
