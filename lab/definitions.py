"""The CustomResourceDefinitions of every kind that a system may use, from where their projects publish them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lab.build.programs import MODULES_FOLDER
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


_Loader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: loader.construct_scalar(node))


def all_kinds() -> list[dict[str, Any]]:
    """Return the definitions of all sources, and those beside the checkout."""
    files = [file for source in SOURCES for file in of(source)]
    return [*files, *(one for file in sorted(shared().glob("*.yaml")) for one in _read(file))]


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
        raise BadInput([Problem((source.module,), what, "look at `go env GOPROXY`, then run `lab up` again")])
    return Path(json.loads(listed.stdout)["Dir"])
