"""Objects that are deleted and do not go: which, what holds them, and the command that helps."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator

from quadrant_platform.applier.clusters.kubectl import Kubectl, listed, parsed
from quadrant_platform.applier.observed.object_keys import Manifest, ObjectKey, key_of

_REMAINING = re.compile(r"(\S+?)\.? has \d+ resource instance")
"""How Kubernetes tells in a namespace's conditions what is left there; the core group has no name."""
_OWN = ("kubernetes.io/", "batch.kubernetes.io/", "customresourcecleanup.", "foregroundDeletion", "orphan")
"""How finalizers begin that Kubernetes itself sets."""


def lingering(kubectl: Kubectl, names: Collection[Manifest]) -> list[Manifest]:
    """Return which of some objects are on their way out, each namespace with what is left there."""
    found = _leaving(kubectl.objects("get", "--ignore-not-found", "-f", "-", stdin=listed(names)))
    return [each for one in found for each in (one, *_left_within(kubectl, one))]


def _left_within(kubectl: Kubectl, one: Manifest) -> list[Manifest]:
    """Return what is left in a namespace, as far as it can be read; nothing for another object."""
    kinds = ",".join(sorted({kind for text in _conditions(one) for kind in _REMAINING.findall(text)}))
    if one["kind"] != "Namespace" or not kinds:
        return []
    answer = kubectl.run("get", kinds, "--namespace", one["metadata"]["name"], "-o", "json")
    return _leaving(parsed(answer.out))


def _leaving(objects: Collection[Manifest]) -> list[Manifest]:
    return [one for one in objects if "deletionTimestamp" in one["metadata"]]


def explain_lingering(left: Collection[Manifest], kubectl: Kubectl) -> Iterator[str]:
    """Yield a line for each object that does not go: what holds it, and what to do."""
    for one in left:
        yield f"{key_of(one)}: {_why(one)}; {_remedy(one, _call(kubectl))}"


def _why(one: Manifest) -> str:
    finalizers = one["metadata"].get("finalizers", ())
    held = [f"held by {', '.join(finalizers)}"] if finalizers else []
    return "; ".join([*held, *_conditions(one)]) or "no finalizer holds it, it is still ending"


def _conditions(one: Manifest) -> list[str]:
    """Return what a namespace says about its end; its conditions are true where something is in the way."""
    found = one.get("status", {}).get("conditions", ()) if one["kind"] == "Namespace" else ()
    return [text for each in found if each.get("status") == "True" and (text := each.get("message"))]


def _remedy(one: Manifest, call: str) -> str:
    argument, finalizers = _argument(key_of(one)), one["metadata"].get("finalizers", ())
    own = [name for name in finalizers if name.startswith(_OWN)]
    strange = ", ".join(name for name in finalizers if name not in own)
    look = f"look with `{call} describe {argument}`"
    if not strange:
        return look
    patch = json.dumps({"metadata": {"finalizers": own}})
    force = f"`{call} patch {argument} --type=merge --patch '{patch}'` lets go, and cleans nothing up"
    return f"the controller of {strange} has to run, {look}; where it never will again, {force}"


def _argument(key: ObjectKey) -> str:
    kind = f"{key.kind}.{key.group}" if key.group else key.kind
    return f"{kind.lower()} {key.name}{f' --namespace {key.namespace}' if key.namespace else ''}"


def _call(kubectl: Kubectl) -> str:
    return f"kubectl --kubeconfig {kubectl.kubeconfig}{f' --context {kubectl.context}' if kubectl.context else ''}"
