"""What a program wrote of an object that the API server returned, by the fields that its manager owns.

Server-side apply records under `metadata.managedFields` which fields each manager applied. Those of the engine's
manager are the program's words; what the server defaulted, or controllers wrote, is not among them.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

_MANAGER = "pulumi-kubernetes-"
"""How the provider's names of managers begin, unless a program names one."""
_NAMED_MANAGER = "pulumi.com/patchFieldManager"
_IDENTITY = ("apiVersion", "kind")
_NAMES = ("name", "namespace")


def written_part(returned: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the part of an object that its program wrote; nothing where the record does not tell.

    A list or map that is applied as a whole is returned as a whole, with the defaults inside it.
    """
    metadata = returned.get("metadata") or {}
    owned = list(_applied(metadata))
    if len(owned) != 1:
        return None
    written = _owned(returned, owned[0])
    names = {key: metadata[key] for key in _NAMES if key in metadata}
    identity = {key: returned[key] for key in _IDENTITY if key in returned}
    return {**written, **identity, "metadata": {**written.get("metadata", {}), **names}}


def _applied(metadata: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    named = (metadata.get("annotations") or {}).get(_NAMED_MANAGER)
    for entry in metadata.get("managedFields") or ():
        manager = entry.get("manager", "")
        ours = manager == named or manager.startswith(_MANAGER)
        if ours and entry.get("operation") == "Apply" and not entry.get("subresource"):
            yield entry.get("fieldsV1") or {}


def _owned(value: Any, fields: Mapping[str, Any]) -> Any:
    """Return the owned part of a value; one without recorded members is owned as a whole."""
    if isinstance(value, Mapping):
        members = {key[2:]: inner for key, inner in fields.items() if key.startswith("f:")}
        found = {key: _owned(value[key], inner) for key, inner in members.items() if key in value}
        return found if members else value
    if isinstance(value, list):
        items = [(json.loads(key[2:]), key[0], inner) for key, inner in fields.items() if key[:2] in {"k:", "v:"}]
        return list(_items(value, items)) if items else value
    return value


def _items(value: list[Any], owned: list[tuple[Any, str, Mapping[str, Any]]]) -> Iterator[Any]:
    """Yield the owned items of a list: by their keys (`k`) or by their value (`v`)."""
    for item in value:
        for wanted, how, inner in owned:
            if how == "v" and item == wanted:
                yield item
            elif how == "k" and isinstance(item, Mapping) and wanted.items() <= item.items():
                yield _owned(item, inner)
