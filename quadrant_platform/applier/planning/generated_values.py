"""Generated values: made once for an installation and kept in one Secret of the cluster, never on disk."""

import base64
import json
import secrets
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import bcrypt

from quadrant_platform.applier.observed.applyset import NAMESPACE
from quadrant_platform.applier.observed.object_keys import ObjectKey, Objects
from quadrant_platform.host.kubectl import Kubectl, KubectlError
from quadrant_platform.program.recorder import Recording
from quadrant_platform.vocabulary import MANAGED_BY_LABEL, OWNER, PART_OF_LABEL

ALPHABET = string.ascii_letters + string.digits
_PASSWORD = "random:index/randomPassword:RandomPassword"
_KEY = "values.json"

Values = Mapping[str, Mapping[str, str]]
"""The outputs of every random resource by its logical name."""


@dataclass(frozen=True, slots=True)
class GeneratedValues:
    """The values of an installation, and the version of the Secret that holds them; None before the first write."""

    installation: str
    values: Values
    version: str | None

    def outputs(self, _urn: str, name: str) -> Mapping[str, str]:
        """Return the outputs of a random resource, as the recorder asks for them."""
        return self.values[name]


def password_lengths(recording: Recording) -> dict[str, int]:
    """Return the length of every password that a program generates, by its logical name."""
    found: dict[str, int] = {}
    for one in recording.resources:
        if one.type == _PASSWORD:
            found[one.name] = one.inputs["length"]
        elif one.type.startswith("random:"):
            raise NotImplementedError(f"{one.urn} is not a RandomPassword; add its outputs to {__name__}")
    return found


def complete(kept: GeneratedValues, lengths: Mapping[str, int]) -> GeneratedValues:
    """Return the kept values with new ones for the passwords that are missing; none is ever dropped.

    A claim outlives its StatefulSet, and the store on it keeps the old password.
    """
    missing = {name: length for name, length in lengths.items() if name not in kept.values}
    fresh = {name: _outputs("".join(secrets.choice(ALPHABET) for _ in range(missing[name]))) for name in missing}
    return replace(kept, values={**kept.values, **fresh})


def recover(kept: GeneratedValues, before: GeneratedValues, wanted: Objects, live: Objects) -> GeneratedValues:
    """Return values in which live Secrets replace those that were just generated.

    That is the case where the Secret of the kept values was lost: the stores keep their passwords.
    """
    fresh = {one["result"]: name for name, one in kept.values.items() if name not in before.values}
    found: dict[str, dict[str, str]] = {}
    for key, field, value in _texts(wanted):
        there = live.get(key, {}).get("data", {}).get(field)
        if value in fresh and there is not None:
            found[fresh[value]] = _outputs(_decoded(there))
    return replace(kept, values={**kept.values, **found})


def _texts(objects: Objects) -> Iterator[tuple[ObjectKey, str, str]]:
    for key, manifest in objects.items():
        if key.kind == "Secret":
            yield from ((key, field, _decoded(text)) for field, text in manifest.get("data", {}).items())


def _decoded(text: str) -> str:
    return base64.b64decode(text).decode()


def _outputs(value: str) -> dict[str, str]:
    # bcrypt reads 72 bytes and refuses more.
    return {"result": value, "bcryptHash": bcrypt.hashpw(value.encode()[:72], bcrypt.gensalt(10)).decode()}


def read(kubectl: Kubectl, installation: str) -> GeneratedValues:
    """Return the values that the cluster keeps for an installation."""
    place = (secret_name(installation), "--namespace", NAMESPACE, "--ignore-not-found")
    for found in kubectl.objects("get", "secret", *place):
        values: Values = json.loads(_decoded(found["data"][_KEY]))
        return GeneratedValues(installation, values, found["metadata"]["resourceVersion"])
    return GeneratedValues(installation, {}, None)


def write(kubectl: Kubectl, kept: GeneratedValues) -> None:
    """Keep values; KubectlError where they changed since they were read, so that none is ever replaced."""
    verb = "create" if kept.version is None else "replace"
    text = json.dumps(_manifest(kept))
    try:
        kubectl.need(verb, f"--field-manager={kubectl.manager}", "-f", "-", stdin=text)
    except KubectlError as error:
        raise KubectlError(f"the generated values of {kept.installation} cannot be kept: {error}") from None


def _manifest(kept: GeneratedValues) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "name": secret_name(kept.installation),
        "namespace": NAMESPACE,
        "labels": {MANAGED_BY_LABEL: OWNER, PART_OF_LABEL: kept.installation},
    }
    if kept.version is not None:
        metadata["resourceVersion"] = kept.version
    text = json.dumps(kept.values, indent=1, sort_keys=True)
    data = {_KEY: base64.b64encode(text.encode()).decode()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "data": data}


def secret_name(installation: str) -> str:
    """Return the name of the Secret that keeps an installation's values."""
    return f"{installation}-values"
