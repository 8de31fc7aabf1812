"""ConfigMaps and Secrets."""

import base64
import json
from typing import Any, Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.fields import Field

_MOST: Final = 1024 * 1024
_ACCOUNT_NAME: Final = "kubernetes.io/service-account.name"
_JSON_KEYS: Final = frozenset({".dockercfg", ".dockerconfigjson"})
_KEYS: Final = {
    "kubernetes.io/dockercfg": (".dockercfg",), "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/basic-auth": ("username", "password"), "kubernetes.io/ssh-auth": ("ssh-privatekey",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
}  # fmt: skip
"""The keys that each type of Secret needs; of the two for `basic-auth`, one is enough."""


def _decoded(value: Any) -> bytes:
    return base64.b64decode(value) if isinstance(value, str) else bytes(value if isinstance(value, list) else ())


def config_map(one: Field) -> None:
    """Check a ConfigMap."""
    for key, value in one.entries("data"):
        value.check(formats.config_key(key))
        value.expect(key not in one.map("binaryData"), "must not be in binaryData too")
    for key, value in one.entries("binaryData"):
        value.check(formats.config_key(key))
    texts = sum(formats.size(text) for text in one.map("data").values() if isinstance(text, str))
    if texts + sum(len(_decoded(value)) for value in one.map("binaryData").values()) > _MOST:
        one.too_long(_MOST)


def secret(one: Field) -> None:
    """Check a Secret; no message holds a value."""
    written = {key: value.encode() for key, value in one.map("stringData").items() if isinstance(value, str)}
    held = {key: _decoded(value) for key, value in one.map("data").items()} | written
    place = one.at("data")
    for key in held:
        place.hidden(key).check(formats.config_key(key))
    if sum(map(len, held.values())) > _MOST:
        place.too_long(_MOST)
    _needed(one, place, held)


def _needed(one: Field, place: Field, held: dict[str, bytes]) -> None:
    """Check what the type of a Secret asks for."""
    kind = one.text("type")
    if kind == "kubernetes.io/service-account-token" and not one.at("metadata", "annotations").text(_ACCOUNT_NAME):
        one.at("metadata", "annotations").key(_ACCOUNT_NAME).required()
    if kind == "kubernetes.io/basic-auth" and any(key in held for key in _KEYS[kind]):
        return
    for key in _KEYS.get(kind, ()):
        if key not in held or (kind == "kubernetes.io/ssh-auth" and not held[key]):
            place.hidden(key).required()
        elif key in _JSON_KEYS and not _is_object(held[key]):
            place.hidden(key).invalid("must be a JSON object")


def _is_object(content: bytes) -> bool:
    try:
        return isinstance(json.loads(content), dict | None)
    except ValueError:
        return False
