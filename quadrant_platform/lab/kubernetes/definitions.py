"""The CustomResourceDefinitions of every kind that a system may use, as their projects publish them.

`python -m quadrant_platform.lab.kubernetes.definitions` prints them as one list for `kubectl apply --server-side -f -`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.checkout import ROOT
from quadrant_platform.host.files import write_atomically
from quadrant_platform.host.kubectl import Kubectl
from quadrant_platform.host.progress import Say
from quadrant_platform.lab.build import requirements
from quadrant_platform.lab.build.artifacts import make
from quadrant_platform.lab.build.go_modules import MODULES_FOLDER
from quadrant_platform.lab.build.go_sources import fetch
from quadrant_platform.lab.kubernetes.kubeconfig import kubectl
from quadrant_platform.lab.machine.home import Home

EXTRA_FOLDER = ROOT.parent / "shared" / "crds"
"""Files with definitions that no Go module has; it need not exist, and QUADRANT_CRDS names another."""
PURPOSE = "fetches the definitions of the systems' kinds"


@dataclass(frozen=True)
class Source:
    """Files of a Go module, at the version that `build/modules/<pin>/go.mod` requires."""

    pin: str
    module: str
    files: str

    @property
    def folder(self) -> Path:
        """Where the go.mod is that requires it."""
        return MODULES_FOLDER / self.pin


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
    """Apply the definitions that the cluster lacks, and record their sources."""
    cluster = kubectl(home)
    there = _established(cluster)
    if missing := [one for one in found if one["metadata"]["name"] not in there]:
        cluster.apply(missing)
    names = [one["metadata"]["name"] for one in found]
    cluster.need("wait", "--for=condition=Established", *(f"crd/{name}" for name in names), "--timeout=60s")
    write_atomically(_record(home, sources), json.dumps(names))


def installed(home: Home, sources: Collection[Source]) -> bool:
    """Return whether the cluster has all definitions of sources that have not changed since they were installed."""
    record = _record(home, sources)
    return record.exists() and set(json.loads(record.read_text("utf-8"))) <= _established(kubectl(home))


def _established(cluster: Kubectl) -> set[str]:
    """Return the names alone: whole definitions are megabytes."""
    return {line.split()[0] for line in cluster.need("get", "crd", "--no-headers").splitlines()}


def _record(home: Home, sources: Collection[Source]) -> Path:
    """Return the record of what was installed; another version of a source has another one."""
    return home.state / f"definitions-{digest(sources)}.json"


def digest(sources: Collection[Source]) -> str:
    """Return the digest by which definitions are kept; it changes with the version of a module."""
    total = hashlib.sha256(repr(sources).encode())
    for source in sources:
        total.update((source.folder / "go.mod").read_bytes())
    for file in sorted(extra_folder().glob("*.yaml")) if sources == SOURCES else ():
        total.update(file.read_bytes())
    return total.hexdigest()[:16]


def all_kinds(home: Home, say: Say) -> list[dict[str, Any]]:
    """Return the definitions of all sources and of the extra folder; BadInput where a module is not available."""
    found = [one for source in SOURCES for one in published_by(source, home, say)]
    return [*found, *(one for file in sorted(extra_folder().glob("*.yaml")) for one in _read(file))]


def problems(home: Home, sources: Collection[Source] = SOURCES) -> tuple[Problem, ...]:
    """Return why definitions that are not kept yet could not be fetched on this machine; empty where they can."""
    missing = [source for source in sources if not _kept(source, home).is_dir()]
    return requirements.go_problems(PURPOSE, [source.folder for source in missing]) if missing else ()


def extra_folder() -> Path:
    """Return the folder of definitions that no Go module has; it need not exist."""
    return Path(os.environ.get("QUADRANT_CRDS") or EXTRA_FOLDER)


def published_by(source: Source, home: Home, say: Say) -> list[dict[str, Any]]:
    """Return the definitions of one source, fetched once; BadInput where its module is not available."""
    folder = make(_kept(source, home), source.module, say, partial(_fetch, source, say))
    return [one for file in sorted(folder.iterdir()) for one in _read(file)]


def _kept(source: Source, home: Home) -> Path:
    """Return the folder of a source's files once they were fetched: a machine may lose its Go, or its network."""
    return home.definitions / f"{source.module.replace('/', '_')}-{digest([source])}"


def _fetch(source: Source, say: Say, part: Path) -> None:
    folder = fetch(source.module, source.folder, PURPOSE, say)
    part.mkdir()
    for file in folder.glob(source.files):
        shutil.copyfile(file, part / file.name)


def _read(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the definitions of a file; lines for a template engine do not concern the schema."""
    text = "".join(line for line in file.read_text("utf-8").splitlines(keepends=True) if "{{" not in line)
    for document in yaml.load_all(text, _Loader):
        if document and document["kind"] == "CustomResourceDefinition":
            yield document


def main() -> int:
    """Print all definitions as one list; return 2 where a module is not available."""
    try:
        found = all_kinds(Home.here(), _say)
        sys.stdout.write(json.dumps({"apiVersion": "v1", "kind": "List", "items": found}) + "\n")
    except BadInput as error:
        _say(str(error))
        return 2
    return 0


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
