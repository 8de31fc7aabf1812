"""kubeconform: strict, with the schemas of the package kubernetes-validate, since it would download its own."""

import importlib.util
import json
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from tests.oracles.incumbents.scanner import CACHE, Found, Scanner, installed

KUBERNETES = "1.37.0"
PROGRAM, _VERSION = installed("kubeconform")
_SHARED = "_definitions.json"
_GOOD = {"statusValid", "statusEmpty", "statusSkipped"}


Schema = dict[str, Any]


def _scan(program: Path, files: Sequence[Path]) -> Mapping[Path, Sequence[Found]]:
    location = f"{_schemas()}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
    options = ["-strict", "-kubernetes-version", KUBERNETES, "-schema-location", location, "-output", "json"]
    run = subprocess.run([program, *options, *files], capture_output=True, text=True, check=False)
    found: dict[Path, list[Found]] = defaultdict(list)
    for one in json.loads(run.stdout)["resources"]:
        rule = one["status"].removeprefix("status").lower()
        if one["status"] not in _GOOD:
            # The paths of schemas differ from machine to machine, the manifest's differ from run to run.
            text = re.sub(r"'?file://\S+|\S+\.yaml", "", one["msg"])
            found[Path(one["filename"])].append(Found(rule, one["kind"], "", one["name"], text))
    return {file: found[file] for file in files}


def _schemas() -> Path:
    """Return a folder of schemas that each stand alone; the package's refer to an address on the web."""
    folder = CACHE / "schemas" / f"{version('kubernetes-validate')}-{KUBERNETES}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(mkdtemp(dir=folder.parent))
        for name, schema in _standing_alone(_published()):
            (fresh / name).write_text(json.dumps(schema), encoding="utf-8")
        try:
            fresh.rename(folder)
        except OSError:  # another process was faster
            shutil.rmtree(fresh)
    return folder


def _published() -> Path:
    package = importlib.util.find_spec("kubernetes_validate")
    if package is None or package.origin is None:
        raise RuntimeError("kubernetes-validate is not installed, though the tests require it")
    return Path(package.origin).parent / "kubernetes-json-schema" / f"v{KUBERNETES}-local-strict"


def _standing_alone(folder: Path) -> Iterator[tuple[str, Schema]]:
    """Yield each kind's schema by its file's name, with the definitions that it needs and without prose."""
    shared: Schema = json.loads((folder / _SHARED).read_text(encoding="utf-8"))["$defs"]
    for file in folder.glob("*.json"):
        schema: Schema = json.loads(file.read_text(encoding="utf-8"))
        if "kind" in schema.get("properties", {}):
            names = set[str]()
            root = _bare({key: schema[key] for key in schema if key != "$id"}, names)
            definitions: Schema = {}
            while names - definitions.keys():
                name = min(names - definitions.keys())
                definitions[name] = _bare(shared[name], names)
            yield file.name, root | {"$defs": definitions}


def _bare(node: Any, names: set[str]) -> Any:
    """Return a schema that refers to definitions of its own file; `names` takes those up."""
    if isinstance(node, list):
        return [_bare(one, names) for one in node]
    if not isinstance(node, dict):
        return node
    bare = {
        key: _bare(value, names) for key, value in node.items() if not isinstance(value, str) or key != "description"
    }
    if isinstance(bare.get("$ref"), str):
        name = bare["$ref"].rpartition("/")[2]
        names.add(name)
        bare["$ref"] = f"#/$defs/{name}"
    return bare


KUBECONFORM = Scanner(
    "kubeconform", PROGRAM, "go", f"kubeconform {_VERSION.removeprefix('v')}", lambda: f"{_VERSION} {KUBERNETES}", _scan
)
