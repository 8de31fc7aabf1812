"""What a cluster serves and what its user may do there, checked before anything is changed."""

import shlex
from collections.abc import Collection, Set
from typing import Any

from quadrant_platform.documents.problems import BadInput, Problem
from quadrant_platform.host.kubectl import Kubectl, listed, parsed
from quadrant_platform.lab.kubernetes import definitions
from quadrant_platform.preflight import needs
from quadrant_platform.preflight.facts import ClusterFacts
from quadrant_platform.preflight.serving import ApiResource, Served
from quadrant_platform.program.rendering import Manifest

DEFINED = {"cert-manager.io", "traefik.io", "monitoring.coreos.com", "external-secrets.io", "argoproj.io"}
"""The groups whose definitions the lab has without further files."""
VERBS = ("list", "create", "patch", "delete")


def check_needs(kubectl: Kubectl, facts: ClusterFacts, manifests: Collection[Manifest], *, local: bool) -> None:
    """Raise BadInput with everything that a stack needs and its cluster does not have."""
    missing, kinds = needs.problems(facts, manifests), needs.missing_kinds(facts, manifests)
    if kinds:
        groups = {version.rpartition("/")[0] for version, _ in kinds}
        what = f"the stack has objects of these {len(kinds)} kinds, so nothing was changed"
        missing.append(Problem((), what, _definitions_remedy() if local else _remedy(kubectl, groups)))
    elif missing:
        missing.append(Problem((), "the stack needs this and does not make it, so nothing was changed"))
    if missing:
        raise BadInput(missing)


def _definitions_remedy() -> str:
    """Return how a local cluster gets definitions that no Go module has."""
    place = f"{definitions.extra_folder()}, or into the folder that QUADRANT_CRDS names"
    return f"put their definitions as .yaml files into {place}, and run `quadrant up` again"


def _remedy(kubectl: Kubectl, groups: Set[str]) -> str:
    reached = f"kubectl {shlex.join(kubectl.options())}"
    if groups & DEFINED:
        fetched = ".venv/bin/python -m quadrant_platform.lab.kubernetes.definitions"
        return f"definitions alone, on which nothing acts yet: `{fetched} | {reached} apply --server-side -f -`"
    return f"`{reached} get crd` lists those that are there"


def check_rights(kubectl: Kubectl, table: Served, manifests: Collection[Manifest]) -> None:
    """Raise BadInput with everything that `up` does and the kubeconfig's user may not do.

    One question settles a kind where the user may do everything with it everywhere.
    """
    places = {(m["apiVersion"], m["kind"], m["metadata"].get("namespace", "")) for m in manifests}
    kinds = [(table[version, kind], "", "*") for version, kind in sorted({place[:2] for place in places})]
    narrow = {resource.plural for resource, _, _ in _refused(kubectl, kinds)}
    asked = [(table[version, kind], namespace, verb) for version, kind, namespace in sorted(places) for verb in VERBS]
    refused = _refused(kubectl, [question for question in asked if question[0].plural in narrow])
    verbs: dict[str, list[str]] = {}
    for resource, namespace, verb in refused:
        verbs.setdefault(f"{resource.plural} in {namespace or 'the whole cluster'}", []).append(verb)
    if verbs:
        remedy = f"see `kubectl {shlex.join(kubectl.options())} auth can-i --list`; nothing was changed"
        problems = (f"the cluster does not permit to {', '.join(those)} {place}" for place, those in verbs.items())
        raise BadInput([Problem((), what, remedy) for what in problems])


Question = tuple[ApiResource, str, str]
"""A resource, a namespace (all if empty) and a verb."""


def _refused(kubectl: Kubectl, questions: list[Question]) -> list[Question]:
    if not questions:
        return []
    reviews = [_review(*question) for question in questions]
    answers = parsed(kubectl.need("create", "-o", "json", "-f", "-", stdin=listed(reviews)))
    pairs = zip(questions, answers, strict=True)
    return [question for question, answer in pairs if not answer["status"].get("allowed")]


def _review(resource: ApiResource, namespace: str, verb: str) -> dict[str, Any]:
    attributes = {"group": resource.api_version.rpartition("/")[0], "resource": resource.plural, "verb": verb}
    within = {"namespace": namespace} if namespace else {}
    spec = {"resourceAttributes": attributes | within}
    return {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": spec}
