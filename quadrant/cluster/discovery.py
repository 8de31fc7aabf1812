"""What a cluster serves and what its user may do there, found before anything is changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from model.errors import BadInput, Problem
from quadrant.cluster.kubectl import Kubectl, listed, parsed
from quadrant.cluster.objects import Manifest

SOURCES = {
    "cert-manager.io": "cert-manager",
    "traefik.io": "Traefik's own CRDs",
    "monitoring.coreos.com": "prometheus-operator",
    "postgresql.cnpg.io": "CloudNativePG",
    "external-secrets.io": "the External Secrets Operator",
    "argoproj.io": "Argo Rollouts",
    "velero.io": "Velero",
    "chaos-mesh.org": "Chaos Mesh",
}
"""Who brings the kinds of a group."""
VERBS = ("list", "create", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Resource:
    """How the API calls a kind."""

    plural: str
    api_version: str
    namespaced: bool

    @property
    def argument(self) -> str:
        """The name that no other group or version shares."""
        group, _, version = self.api_version.rpartition("/")
        return f"{self.plural}.{version}.{group}" if group else self.plural


Served = Mapping[tuple[str, str], Resource]
"""What a cluster serves, by apiVersion and kind."""


def served(kubectl: Kubectl) -> dict[tuple[str, str], Resource]:
    """Ask a cluster for all that it serves; an aggregated API that is down hides its own kinds only."""
    answer = kubectl.run("api-resources", "--no-headers")
    found: dict[tuple[str, str], Resource] = {}
    for line in answer.out.splitlines():
        plural, *_, version, namespaced, kind = line.split()
        found[version, kind] = Resource(plural, version, namespaced == "true")
    return found


def check_kinds(table: Served, manifests: Collection[Manifest]) -> None:
    """Raise BadInput with every kind that a stack needs and the cluster does not serve."""
    needed = {(manifest["apiVersion"], manifest["kind"]) for manifest in manifests}
    missing = sorted(needed - table.keys())
    if missing:
        told = ((f"the cluster serves no {kind} of {version}", _remedy(version)) for version, kind in missing)
        raise BadInput([Problem((), what, remedy) for what, remedy in told])


def _remedy(version: str) -> str:
    group = version.rpartition("/")[0]
    return f"install {SOURCES.get(group, f'the CRDs of {group}')}; nothing was changed"


def check_rights(kubectl: Kubectl, table: Served, manifests: Collection[Manifest]) -> None:
    """Raise BadInput with everything that `up` does and the kubeconfig's user may not do.

    Who may do everything with a kind everywhere is asked nothing else about it.
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
        remedy = f"see `kubectl --kubeconfig {kubectl.kubeconfig} auth can-i --list`; nothing was changed"
        problems = (f"the cluster does not permit to {', '.join(those)} {place}" for place, those in verbs.items())
        raise BadInput([Problem((), what, remedy) for what in problems])


Question = tuple[Resource, str, str]
"""A resource, a namespace (all if empty) and a verb."""


def _refused(kubectl: Kubectl, questions: list[Question]) -> list[Question]:
    """Return the questions whose answer is no."""
    if not questions:
        return []
    reviews = [_review(*question) for question in questions]
    answers = parsed(kubectl.need("create", "-o", "json", "-f", "-", stdin=listed(reviews)))
    pairs = zip(questions, answers, strict=True)
    return [question for question, answer in pairs if not answer["status"].get("allowed")]


def _review(resource: Resource, namespace: str, verb: str) -> dict[str, Any]:
    attributes = {"group": resource.api_version.rpartition("/")[0], "resource": resource.plural, "verb": verb}
    within = {"namespace": namespace} if namespace else {}
    spec = {"resourceAttributes": attributes | within}
    return {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": spec}
