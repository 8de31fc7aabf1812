"""The CustomResourceDefinitions of every kind that a system may use, from where their projects publish them.

`python -m lab.definitions` prints them as one list for `kubectl apply --server-side -f -`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lab.build.programs import MODULES_FOLDER
from lab.home import Home
from lab.kubeconfig import Kubectl
from model.errors import BadInput, Problem

SHARED = Path(__file__).resolve().parents[2] / "shared" / "crds"
"""Where definitions that are no part of a Go module may be laid beside the checkout; QUADRANT_CRDS names another."""


@dataclass(frozen=True)
class Source:
    """Files of a Go module, at the version that `lab/modules/<pin>/go.mod` requires."""

    pin: str
    module: str
    files: str


CALICO = Source("calico", "github.com/projectcalico/calico", "libcalico-go/config/crd/*.yaml")
SOURCES = (
    Source(
        "traefik",
        "github.com/traefik/traefik/v3",
        "docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml",
    ),
    Source("cert-manager", "github.com/cert-manager/cert-manager", "deploy/crds/crd-*.yaml"),
    Source(
        "prometheus-operator",
        "github.com/prometheus-operator/prometheus-operator",
        "example/prometheus-operator-crd/*.yaml",
    ),
    Source("definitions", "github.com/external-secrets/external-secrets", "config/crds/bases/external-secrets.io_*"),
    Source("definitions", "github.com/argoproj/argo-rollouts", "manifests/crds/*-crd.yaml"),
)


class _Loader(yaml.CSafeLoader):
    """Reads `=`, an operator of Alertmanager's matchers, as the text that it is."""


def _as_text(_: yaml.CSafeLoader, node: yaml.ScalarNode) -> str:
    return str(node.value)


_Loader.add_constructor("tag:yaml.org,2002:value", _as_text)


def install(home: Home, sources: Collection[Source], found: Collection[dict[str, Any]]) -> None:
    """Bring definitions to the cluster, and remember of what sources they were."""
    kubectl = Kubectl(home)
    there = _there(kubectl)
    if lacking := [one for one in found if one["metadata"]["name"] not in there]:
        kubectl.apply(lacking)
    names = [one["metadata"]["name"] for one in found]
    kubectl.run("wait", "--for=condition=Established", *(f"crd/{name}" for name in names), "--timeout=60s")
    record = _record(home, sources)
    record.write_text(json.dumps(names), "utf-8")


def installed(home: Home, sources: Collection[Source]) -> bool:
    """Whether the cluster has all definitions of sources that have not changed since they were installed."""
    record = _record(home, sources)
    return record.exists() and set(json.loads(record.read_text("utf-8"))) <= _there(Kubectl(home))


def _there(kubectl: Kubectl) -> set[str]:
    """Return the names alone: whole definitions are megabytes."""
    return {line.split()[0] for line in kubectl.run("get", "crd", "--no-headers").splitlines()}


def _record(home: Home, sources: Collection[Source]) -> Path:
    """Return the file that says what was installed, under a name that another version does not have."""
    return home.state / f"definitions-{digest(sources)}.json"


def digest(sources: Collection[Source]) -> str:
    """Return what names the definitions of sources: another version of a module has another one."""
    total = hashlib.sha256(repr(sources).encode())
    for source in sources:
        total.update((MODULES_FOLDER / source.pin / "go.mod").read_bytes())
    for file in sorted(shared().glob("*.yaml")) if sources == SOURCES else ():
        total.update(file.read_bytes())
    return total.hexdigest()[:16]


def all_kinds() -> list[dict[str, Any]]:
    """Return the definitions of all sources, and those beside the checkout."""
    files = [file for source in SOURCES for file in of(source)]
    return [*files, *(one for file in sorted(shared().glob("*.yaml")) for one in _read(file))]


def problems() -> tuple[Problem, ...]:
    """Return why definitions could not be fetched on this machine; empty where they can."""
    if shutil.which("go") is not None:
        return ()
    remedy = "install Go, as lab/modules/kubernetes/go.mod asks for it"
    return (Problem(("go",), "is not on PATH, and fetches the definitions of the systems' kinds", remedy),)


def shared() -> Path:
    """Return the folder of the definitions that are no part of a Go module; it need not exist."""
    return Path(os.environ.get("QUADRANT_CRDS") or SHARED)


def of(source: Source) -> list[dict[str, Any]]:
    """Return the definitions of one source; BadInput where its module cannot be had."""
    return [one for file in sorted(_folder(source).glob(source.files)) for one in _read(file)]


def _read(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the definitions of a file; lines that only a template engine understands say nothing of the schema."""
    text = "".join(line for line in file.read_text("utf-8").splitlines(keepends=True) if "{{" not in line)
    for document in yaml.load_all(text, _Loader):
        if document and document["kind"] == "CustomResourceDefinition":
            yield document


def _folder(source: Source) -> Path:
    if found := problems():
        raise BadInput(found)
    listed = subprocess.run(
        ["go", "mod", "download", "-json", source.module],
        cwd=MODULES_FOLDER / source.pin,
        env={**os.environ, "GOWORK": "off", "GOFLAGS": "-mod=readonly"},
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:
        what = f"cannot be fetched: {listed.stderr.strip() or listed.stdout.strip()}"
        raise BadInput([Problem((source.module,), what, "look at `go env GOPROXY`, then run the same command again")])
    return Path(json.loads(listed.stdout)["Dir"])


def main() -> int:
    """Print all definitions as one list; returns 2 where a module cannot be had."""
    try:
        sys.stdout.write(json.dumps({"apiVersion": "v1", "kind": "List", "items": all_kinds()}) + "\n")
    except BadInput as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
