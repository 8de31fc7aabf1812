"""Objects that stay after their deletion: which, what holds them, and the command that helps."""

import json
import re
import shlex
from collections.abc import Collection, Iterator

from quadrant_platform.applier.observed.object_keys import ObjectKey, key_of
from quadrant_platform.host.kubectl import Kubectl, listed, parsed
from quadrant_platform.program.rendering import Manifest

_REMAINING = re.compile(r"(\S+?)\.? has \d+ resource instance")
"""The words in a namespace's conditions for what is left there; the core group has no name."""
_NATIVE = ("kubernetes.io/", "batch.kubernetes.io/", "customresourcecleanup.", "foregroundDeletion", "orphan")
"""Prefixes of the finalizers that Kubernetes itself sets."""


def lingering(kubectl: Kubectl, names: Collection[Manifest]) -> list[Manifest]:
    """Return the objects that are being deleted, each namespace with what is left there."""
    found = _leaving(kubectl.objects("get", "--ignore-not-found", "-f", "-", stdin=listed(names)))
    return [each for one in found for each in (one, *_left_within(kubectl, one))]


def _left_within(kubectl: Kubectl, one: Manifest) -> list[Manifest]:
    """Return what is left in a namespace, as far as it can be read; an empty list for another object."""
    kinds = ",".join(sorted({kind for text in _conditions(one) for kind in _REMAINING.findall(text)}))
    if one["kind"] != "Namespace" or not kinds:
        return []
    answer = kubectl.run("get", kinds, "--namespace", one["metadata"]["name"], "-o", "json")
    return _leaving(parsed(answer.out))


def _leaving(objects: Collection[Manifest]) -> list[Manifest]:
    return [one for one in objects if "deletionTimestamp" in one["metadata"]]


def explain_lingering(left: Collection[Manifest], kubectl: Kubectl) -> Iterator[str]:
    """Yield a line for each object that stays: what holds it, and what to do."""
    call = f"kubectl {shlex.join(kubectl.options())}"
    for one in left:
        yield f"{key_of(one)}: {_why(one)}; {_remedy(one, call)}"


def _why(one: Manifest) -> str:
    finalizers = one["metadata"].get("finalizers", ())
    held = [f"held by {', '.join(finalizers)}"] if finalizers else []
    return "; ".join([*held, *_conditions(one)]) or "no finalizer holds it, it is still ending"


def _conditions(one: Manifest) -> list[str]:
    """Return the reasons that a namespace gives: its conditions are true where something blocks the deletion."""
    found = one.get("status", {}).get("conditions", ()) if one["kind"] == "Namespace" else ()
    return [text for each in found if each.get("status") == "True" and (text := each.get("message"))]


def _remedy(one: Manifest, call: str) -> str:
    argument, finalizers = _argument(key_of(one)), one["metadata"].get("finalizers", ())
    native = [name for name in finalizers if name.startswith(_NATIVE)]
    foreign = ", ".join(name for name in finalizers if name not in native)
    look = f"look with `{call} describe {argument}`"
    if not foreign:
        return look
    patch = json.dumps({"metadata": {"finalizers": native}})
    force = f"`{call} patch {argument} --type=merge --patch '{patch}'` removes its finalizers, and cleans nothing up"
    return f"the controller of {foreign} has to run, {look}; where it never will again, {force}"


def _argument(key: ObjectKey) -> str:
    kind = f"{key.kind}.{key.group}" if key.group else key.kind
    return f"{kind.lower()} {key.name}{f' --namespace {key.namespace}' if key.namespace else ''}"
