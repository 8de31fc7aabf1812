"""Writes the table of the types of Kubernetes' fields from the OpenAPI documents of its releases.

Usage: python -m tools.native_types SWAGGER_JSON..., the oldest release first.
"""

import json
import sys
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parents[1] / "policies/validation/native_types.json"
_PREFIXES = (
    "io.k8s.api.", "io.k8s.apimachinery.pkg.apis.", "io.k8s.apimachinery.pkg.", "io.k8s.kube-aggregator.pkg.apis.",
    "io.k8s.apiextensions-apiserver.pkg.apis.",
)  # fmt: skip
_WORDS = {
    "api.resource.Quantity": "quantity", "util.intstr.IntOrString": "intOrString", "meta.v1.Time": "time",
    "meta.v1.MicroTime": "microTime",
}  # fmt: skip
_FORMATS = {"int32": "int32", "int64": "int64", "byte": "bytes"}
_SCALARS = {"string": "string", "boolean": "boolean", "integer": "int64", "number": "number"}
_MAP_KEYS = "x-kubernetes-list-map-keys"
_OPTIONS = frozenset({"DeleteOptions", "WatchEvent", "Status", "APIGroup", "APIGroupList", "APIResourceList"})


Keys = dict[str, dict[str, list[str]]]
"""The fields by which elements of lists are told apart, by type and list."""


def _short(name: str) -> str:
    prefix = next((one for one in _PREFIXES if name.startswith(one)), "")
    return name.removeprefix(prefix)


def _word(schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    """Return the word for a type: a scalar, `[]` or `{}` and that of the elements, or a definition."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        short = _short(name)
        return _WORDS.get(short) or (short if definitions[name].get("properties") else "any")
    if schema.get("type") == "array":
        return "[]" + _word(schema["items"], definitions)
    if schema.get("type") == "object":
        return "{}" + _word(schema["additionalProperties"], definitions) if "additionalProperties" in schema else "any"
    return _FORMATS.get(schema.get("format", "")) or _SCALARS.get(schema.get("type", ""), "any")


def _merge_keys(schema: dict[str, Any]) -> dict[str, list[str]]:
    """Return the lists of a structure whose elements are told apart by some of their fields."""
    properties = schema.get("properties", {})
    return {key: one[_MAP_KEYS] for key, one in properties.items() if _MAP_KEYS in one}


def _add(document: dict[str, Any], kinds: dict[str, str], types: dict[str, dict[str, str]], keys: Keys) -> None:
    definitions = document["definitions"]
    for name, schema in definitions.items():
        fields = {key: _word(one, definitions) for key, one in schema.get("properties", {}).items()}
        if fields and _short(name) not in _WORDS:
            types.setdefault(_short(name), {}).update(fields)
            keys.setdefault(_short(name), {}).update(_merge_keys(schema))
        for one in schema.get("x-kubernetes-group-version-kind", ()):
            if one["kind"] not in _OPTIONS and not one["kind"].endswith("List") and fields:
                version = f"{one['group']}/{one['version']}".removeprefix("/")
                kinds[f"{version} {one['kind']}"] = _short(name)


def _reached(kinds: dict[str, str], types: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Return the types to which the kinds lead."""
    todo, found = list(kinds.values()), dict[str, dict[str, str]]()
    while todo:
        name = todo.pop()
        if name in types and name not in found:
            found[name] = types[name]
            todo += [word.lstrip("[]{}") for word in types[name].values()]
    return found


def main(paths: list[str]) -> None:
    """Write the table; a field that one of the releases has is in it."""
    kinds, types, keys = dict[str, str](), dict[str, dict[str, str]](), Keys()
    for path in paths:
        _add(json.loads(Path(path).read_text(encoding="utf-8")), kinds, types, keys)
    reached = _reached(kinds, types)
    merged = {name: found for name, found in keys.items() if found and name in reached}
    table = {"kinds": kinds, "types": reached, "keys": merged}
    TABLE.write_text(json.dumps(table, indent=0, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
