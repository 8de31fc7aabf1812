"""What an environment keeps, and the words that let it go."""

from dataclasses import replace

from quadrant_platform.model.expansion.retention import Retention
from tests.components.sample import planned

GENERATED = {"protectData": True, "secrets": "generated", "databases": "statefulSet"}


def retention(*released: str, stage: str = "prod") -> Retention:
    overrides = GENERATED if stage == "prod" else {}
    return replace(planned(stage, overrides=overrides), released=frozenset(released)).retention


def test_a_name_lets_go_of_all_that_it_holds_and_a_place_of_one_object() -> None:
    assert not retention().releases("pages", "shop-platform/data-pages-0"), "nothing goes by itself"
    assert retention("pages").releases("pages", "shop-platform/data-pages-0"), "by the name of the cache"
    by_place = retention("shop-platform/data-pages-1")
    assert by_place.releases("pages", "shop-platform/data-pages-1"), "the one copy"
    assert not by_place.releases("pages", "shop-platform/data-pages-0"), "and not the other"
    assert retention("*").releases("bus", "shop-platform/data-bus-2"), "everything"


def test_a_namespace_stays_until_the_last_data_in_it_is_let_go() -> None:
    assert retention().keeps_namespace("shop-platform"), "there are three stores in it"
    assert not retention().keeps_namespace("shop-frontend"), "nothing there holds data"
    assert retention("pages", "counters").keeps_namespace("shop-platform"), "the broker is left"
    assert not retention("pages", "counters", "bus").keeps_namespace("shop-platform"), "nothing is left"
    both = ("shop-platform/data-pages-0", "shop-platform/data-pages-1", "counters", "bus")
    assert not retention(*both).keeps_namespace("shop-platform"), "a holder is let go object by object as well"
    assert retention(*both[1:]).keeps_namespace("shop-platform"), "one object of it is left"


def test_a_password_stays_as_long_as_data_that_it_opens() -> None:
    assert retention().keeps_value("pages-password"), "the cache reads it"
    assert not retention("pages").keeps_value("pages-password"), "the cache goes"
    assert not retention().keeps_value("mail-key"), "no store reads it"
    assert not retention(stage="dev").keeps_value("pages-password"), "dev keeps nothing"


def test_a_password_inside_a_composed_one_stays_too() -> None:
    volume = {"volumes": {"spool": {"path": "/spool", "size": "1Gi", "persistent": True}}, "secrets": ["watchers"]}
    some = planned("prod", {"services": {"worker": volume}}, GENERATED)
    assert some.retention.keeps_value("watchers-password"), "the value of `watchers` is made of it"


def test_what_can_be_let_go_is_what_holds_data() -> None:
    words = retention().words
    assert {"*", "bus", "shop-platform/data-bus-2", "worker", "shop-core/spool-worker-0"} <= words, "names and places"
    assert "api" not in words, "it holds nothing"
    assert Retention().words == set(), "without data there is nothing to let go"
