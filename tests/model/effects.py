"""Everything that a system does in an environment: the objects, what a preview shows beside them, the templates."""

from __future__ import annotations

import runpy
from functools import partial
from operator import setitem
from typing import Any

import pulumi
import pytest

from quadrant_platform.components.base import component
from quadrant_platform.components.stack import configured_plan
from quadrant_platform.model.expansion.plan import plan
from quadrant_platform.model.schema.environment import Environment
from quadrant_platform.model.schema.system import System
from quadrant_platform.program.overview import lines, overview
from quadrant_platform.program.recorder import PROGRAM, PROJECT, Monitor, placeholders
from quadrant_platform.program.runtime import execute
from quadrant_platform.vocabulary import SECRETS_ANNOTATION
from tools.docs.templates import templates


def _run() -> None:
    runpy.run_path(str(PROGRAM), run_name="__main__")


def _settle(manifest: Any) -> None:
    """Put the digest of an object's secrets where its output stands, which no two runs print alike."""
    annotations = manifest.get("spec", {}).get("template", {}).get("metadata", {}).get("annotations", {})
    if SECRETS_ANNOTATION in annotations:
        annotations[SECRETS_ANNOTATION].apply(partial(setitem, annotations, SECRETS_ANNOTATION))


def effects(system: System, environment: Environment) -> str:
    """Return all of it as one text that two runs can be compared by.

    The program runs as it is, but for one thing: objects without generated values are kept as they are handed over,
    which takes a tenth of the time of their registration.
    """
    objects: list[Any] = []
    kept: list[pulumi.Resource] = []
    registered = component.registered

    def keep(parent: Any, manifest: Any, after: Any, keep_it: bool, *rest: Any) -> Any:
        _settle(manifest)
        objects.append(manifest | {"kept": keep_it})
        kept.extend(() if kept else [pulumi.ComponentResource("test:test:Kept", "kept")])
        return registered(parent, manifest, after, keep_it, *rest) if manifest["kind"] == "Secret" else kept[0]

    monitor = Monitor("test", placeholders, unknown=False, reveal=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(component, "registered", keep)
        patch.setattr(configured_plan, "configured_plan", lambda: (plan(system, environment), None))
        execute(_run, monitor, {}, (PROJECT, "test"), False)
    described = overview(system, environment)
    shown = [described["title"], *lines(described)]
    return repr((monitor.recorded, [one for one in objects if one["kind"] != "Secret"], shown, templates(system)))
