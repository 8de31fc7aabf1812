"""The places of objects."""

from quadrant_platform.places import place_of


def test_an_object_is_named_with_its_namespace() -> None:
    assert place_of({"name": "data-books-0", "namespace": "shop"}) == "shop/data-books-0", "two may have one name"


def test_a_cluster_wide_object_has_its_name_alone() -> None:
    assert place_of({"name": "shop"}) == "shop", "no namespace holds it"
