"""One rule decides whether an object that is not in the manifests is missing."""

from __future__ import annotations

import pytest

from quadrant_platform.policies.configuration.config import Config
from quadrant_platform.policies.core.absence import is_missing, is_unlisted
from quadrant_platform.policies.core.index import StackIndex
from quadrant_platform.policies.core.objects import Object
from tests.policies.builders import Manifest, obj

CONFIG = Config()
HERE = "shop-frontend"
MIDDLEWARE = "Middleware.traefik.io"
NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": HERE}}


def stack(*manifests: Manifest, config: Config = CONFIG) -> StackIndex:
    return StackIndex(tuple(map(Object, manifests)), config)


@pytest.mark.parametrize("kind", ["Secret", "ConfigMap", "PersistentVolumeClaim"])
def test_what_pods_mount_is_always_missed(kind: str) -> None:
    assert is_missing(stack(), kind, HERE, "api"), "whoever writes the pod writes it"
    assert not is_missing(stack(obj("v1", kind, "api")), kind, HERE, "api"), "it is here"


@pytest.mark.parametrize(
    ("beside", "missing"),
    [
        (obj("traefik.io/v1alpha1", "Middleware", "other"), True),
        (obj("traefik.io/v1alpha1", "TLSOption", "other"), True),
        (NAMESPACE, True),
        (obj("traefik.io/v1alpha1", "Middleware", "other", "backend"), False),
        (obj("example.com/v1", "Middleware", "other"), False),
        (obj("v1", "Service", "other"), False),
    ],
)
def test_another_object_is_missed_beside_its_family(beside: Manifest, missing: bool) -> None:
    assert is_missing(stack(beside), MIDDLEWARE, HERE, "auth") is missing, "else it may be in other manifests"


def test_a_name_of_another_group_is_no_object_of_the_kind() -> None:
    others = (obj("example.com/v1", "Middleware", "auth"), obj("traefik.io/v1alpha1", "Middleware", "limit"))
    assert is_missing(stack(*others), MIDDLEWARE, HERE, "auth"), "Traefik does not read it"


def test_what_is_made_or_vouched_for_is_not_missing() -> None:
    cluster = obj("postgresql.cnpg.io/v1", "Cluster", "pg")
    assert not is_missing(stack(NAMESPACE, cluster), "Service", HERE, "pg-rw"), "the operator makes it"
    listed = stack(NAMESPACE, config=Config(known_references=frozenset({"api"})))
    assert not is_missing(listed, "Service", HERE, "api"), "the platform says so"
    assert not is_missing(stack(NAMESPACE), "ServiceAccount", HERE, "default"), "Kubernetes makes it"
    assert not is_missing(stack(NAMESPACE), "Service", HERE, ""), "no name leads nowhere"


def test_kube_system_is_never_complete() -> None:
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a", "namespace": "kube-system"}}
    assert not is_missing(stack(service), "Service", "kube-system", "kubelet"), "operators make Services there"


def test_a_class_is_told_beside_others_only() -> None:
    kind = "StorageClass.storage.k8s.io"
    fast = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "fast"}}
    assert is_unlisted(stack(fast), kind, "fats"), "it is not among those here"
    assert not is_unlisted(stack(fast), kind, "fast"), "it is"
    assert not is_unlisted(stack(), kind, "fats"), "nobody knows those of the cluster"
    assert not is_unlisted(stack(fast), kind, ""), "none is named"
