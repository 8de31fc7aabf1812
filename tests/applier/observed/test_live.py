"""An object that has a wanted name and another owner is refused."""

from typing import Any

import pytest

from quadrant_platform.applier.observed import applyset
from quadrant_platform.applier.observed.live import check_owner, check_stack
from quadrant_platform.applier.observed.object_keys import by_key
from quadrant_platform.documents.problems import BadInput

Manifest = dict[str, Any]
OWNER = {"app.kubernetes.io/managed-by": "quadrant"}
SPEC = {"system": "shop", "stage": "dev", "stack": "shop-dev"}


def role(labels: dict[str, str]) -> Manifest:
    metadata = {"namespace": "monitoring", "name": "traefik", "labels": labels}
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": metadata}


def member(installation: str) -> Manifest:
    return role(OWNER | {applyset.MEMBER: applyset.identity(installation)})


@pytest.mark.parametrize("live", [member("shop"), role(OWNER)], ids=["a member", "made by pulumi"])
def test_an_object_of_the_installation_is_changed(live: Manifest) -> None:
    check_owner(by_key([live]), by_key([member("shop")]))


@pytest.mark.parametrize(("live", "holder"), [(member("bank"), "another installation's"), (role({}), "not Quadrant's")])
def test_an_object_of_somebody_else_is_refused(live: Manifest, holder: str) -> None:
    with pytest.raises(BadInput, match=f"exists already and is {holder}; .* namespacePrefix"):
        check_owner(by_key([live]), by_key([member("shop")]))


def test_a_stack_finds_its_own_installation() -> None:
    check_stack(applyset.parent("shop", SPEC, []), "shop-dev", "dev")
    check_stack(None, "shop-dev", "dev")


@pytest.mark.parametrize(("stack", "stage"), [("alice", "dev"), ("shop-prod", "prod")])
def test_another_stack_of_the_same_names_is_refused_with_the_ways_out(stack: str, stage: str) -> None:
    with pytest.raises(BadInput) as caught:
        check_stack(applyset.parent("shop", SPEC, []), stack, stage)
    text = str(caught.value)
    assert "this cluster holds shop of the stack shop-dev" in text, "whose names they are"
    assert "namespacePrefix" in text, "beside it"
    assert "`quadrant down --system shop --stack shop-dev`" in text, "instead of it"
    assert f'"stack":"{stack}"' in text, "or as the same one, renamed"


def test_a_parent_from_before_stacks_had_names_tells_the_stage() -> None:
    old = applyset.parent("shop", {"system": "shop", "stage": "dev"}, [])
    check_stack(old, "alice", "dev")
    with pytest.raises(BadInput, match="of the stack dev"):
        check_stack(old, "shop-prod", "prod")
