"""The places of volumes: the pack names those of the file, Kubernetes those that it counts after changes of its own."""

from __future__ import annotations

import re
from typing import Any

from tests.policies.validation.kubernetes import Manifest
from tests.policies.validation.mutations import at

_VOLUME = re.compile(r"(?P<list>.*spec[.]volumes)\[(?P<index>[0-9]+)\](?P<rest>.*)")
_CLAIM = re.compile(r"spec[.]volumeClaimTemplates\[[0-9]+\][.]metadata[.]name")
_A_CLAIM = "the name of a claim"


def in_the_file(obj: Manifest, fields: frozenset[str]) -> frozenset[str]:
    """Return fields with the places of volumes in the file.

    Kubernetes puts the claims of a StatefulSet before its volumes, in any order, and leaves out volumes of images.
    """
    if not fields:
        return fields
    listed = obj["spec"].get("volumeClaimTemplates") if obj["kind"] == "StatefulSet" and obj.get("spec") else None
    claims = {_name((one or {}).get("metadata")) for one in listed or ()}
    return frozenset(_moved(field, obj, claims) for field in fields)


def of_claims(fields: frozenset[str]) -> frozenset[str]:
    """Return fields without the places of claims, of which Kubernetes knows none."""
    return frozenset(_A_CLAIM if _CLAIM.fullmatch(field) else field for field in fields)


def _name(one: Any) -> str:
    return str((one or {}).get("name") or "")


def _moved(field: str, obj: Manifest, claims: set[str]) -> str:
    found = _VOLUME.fullmatch(field)
    if not found:
        return field
    place = int(found["index"]) - len(claims)
    volumes = at(obj, tuple(found["list"].split("."))) if place >= 0 else []
    own = [index for index, one in enumerate(volumes) if _name(one) not in claims and not (one or {}).get("image")]
    return f"{found['list']}[{own[place]}]{found['rest']}" if place >= 0 else _A_CLAIM
