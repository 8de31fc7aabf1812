"""Where pulumi keeps the state of a stack: the backend that the user chose, else a folder of this machine."""

import json
import os
import shlex
from collections.abc import Mapping
from pathlib import Path

import yaml

from quadrant_platform.applier.clusters import local_state
from quadrant_platform.host.checkout import ROOT

URL = "PULUMI_BACKEND_URL"
PASSPHRASE, PASSPHRASE_FILE = "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"
PROJECT = "Pulumi.yaml"
_RELATIVE = "file://."


def chosen_by_user() -> bool:
    """Return whether the user named a backend, in any of the ways in which pulumi looks for one."""
    return any((os.environ.get(URL), os.environ.get("PULUMI_ACCESS_TOKEN"), _of_project(), _of_login()))


def environment() -> dict[str, str]:
    """Return the variables by which pulumi finds the state.

    A backend of the user's, with its secrets, is left as it is. Otherwise the state is in a folder of the user, with
    a passphrase that is made once.
    """
    # The salt of the passphrase is in the state, so that no stack's file has to hold it.
    found = {"PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true"}
    if not chosen_by_user():
        found[URL] = _own().as_uri()
        if not os.environ.keys() & {PASSPHRASE, PASSPHRASE_FILE}:
            found[PASSPHRASE_FILE] = str(local_state.passphrase_file())
    elif (url := os.environ.get(URL) or _of_project()) and url.startswith(_RELATIVE):
        # Relative to the project, wherever pulumi is called.
        found[URL] = (ROOT / url.removeprefix("file://")).resolve().as_uri()
    return found


def folder() -> Path:
    """Return a project of the same name, made on first use: what pulumi writes into stack files goes there."""
    place = local_state.folder() / "project"
    place.mkdir(exist_ok=True)
    (place / PROJECT).write_text((ROOT / PROJECT).read_text(encoding="utf-8"), encoding="utf-8")
    return place


def config_file(stack: str) -> Path:
    """Return the file with the settings of a stack's last run."""
    return folder() / f"Pulumi.{stack}.yaml"


def same_state(stack: str) -> str:
    """Return a line that leads plain pulumi to the state that this machine keeps."""
    plainly = by_hand("preview", "--stack", stack, "--config-file", str(config_file(stack)))
    return f"no backend is named, so the state is kept here; plain pulumi: `{plainly}`"


def by_hand(*words: str) -> str:
    """Return the command by which a user calls pulumi on the state, whichever backend it is in."""
    own = {} if chosen_by_user() else environment()
    variables = [f"{key}={shlex.quote(value)}" for key, value in own.items() if key in {URL, PASSPHRASE_FILE}]
    return " ".join([*variables, "pulumi", *map(shlex.quote, words)])


def _own() -> Path:
    backend = local_state.folder() / "stacks"
    backend.mkdir(exist_ok=True)
    return backend


def _of_project() -> str | None:
    project = yaml.safe_load((ROOT / PROJECT).read_text(encoding="utf-8"))
    backend = project.get("backend") if isinstance(project, Mapping) else None
    return backend.get("url") if isinstance(backend, Mapping) else None


def _of_login() -> str | None:
    """Return the backend of `pulumi login`; after a logout the file is there and names none."""
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    try:
        credentials = json.loads((home / "credentials.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return credentials.get("current") if isinstance(credentials, dict) else None
