"""The set of a system follows the enhancement that defines applysets."""

from quadrant_platform.applier.observed import applyset
from quadrant_platform.applier.observed.object_keys import ObjectKey

MEMBERS = [ObjectKey("apps", "Deployment", "shop-backend", "api"), ObjectKey("", "Namespace", "", "shop-backend")]
SPEC = {"system": "shop", "stage": "dev", "stack": "shop-dev"}


def test_an_identity_is_the_one_that_kubectl_computes() -> None:
    # printf 'shop..System.quadrant.dev' | openssl dgst -sha256 -binary | basenc --base64url
    assert applyset.identity("shop") == "applyset-n68KEGLPwITRNqWgikBasbivxItV0AsaZW07NE5vrZk-v1", (
        "any tool finds the members"
    )


def test_a_parent_names_kinds_and_namespaces_of_its_members() -> None:
    annotations = applyset.parent("shop", SPEC, MEMBERS)["metadata"]["annotations"]
    assert annotations["applyset.kubernetes.io/contains-group-kinds"] == "Deployment.apps,Namespace", "sorted"
    assert annotations["applyset.kubernetes.io/additional-namespaces"] == "shop-backend", "and no empty one"


def test_kinds_are_read_back_from_a_parent() -> None:
    assert applyset.kinds_of(applyset.parent("shop", SPEC, MEMBERS)) == {("apps", "Deployment"), ("", "Namespace")}, (
        "what left the program is still found"
    )


def test_the_namespace_of_the_values_runs_nothing() -> None:
    quota = next(one for one in applyset.ground() if one["kind"] == "ResourceQuota")
    assert quota["spec"]["hard"] == {"pods": "0"}, "no pod can mount what is kept there"
    assert quota["metadata"]["namespace"] == applyset.NAMESPACE, "it is that namespace's"
