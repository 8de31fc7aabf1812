"""The plan decides what the components need."""

from quadrant_platform.model.schema.types import Segment
from tests.components.sample import planned


def searched(name: str, stage: str = "dev") -> tuple[str, ...]:
    [found] = [one for one in planned(stage).workloads() if one.name == name]
    return found.searches


def test_short_names_are_searched_where_the_rows_lead() -> None:
    assert searched("api") == ("shop-database", "shop-frontend", "shop-platform"), "so the seeds' names resolve"


def test_a_workload_does_not_search_its_own_namespace_twice() -> None:
    assert "shop-core" not in searched("api"), "the resolver searches it anyway"


def test_a_workload_without_rows_searches_nowhere_else() -> None:
    assert searched("web") == (), "every further search costs a query"


def test_control_namespaces_are_not_searched() -> None:
    assert "monitoring" not in searched("worker"), "their names are written in full"


def test_a_plan_has_the_namespaces_of_its_segments() -> None:
    some = planned()
    assert [some.namespace(segment) for segment in Segment] == [
        "shop-frontend",
        "shop-core",
        "shop-database",
        "shop-platform",
    ], "the system's own name for one of them, the usual ones else"


def test_rows_of_every_endpoint_are_at_hand() -> None:
    some = planned()
    assert all(one.id in some.rows for _, one in some.topology.own()), "a policy is made for each"


def test_the_same_input_gives_the_same_plan() -> None:
    assert planned("prod") == planned("prod"), "a plan depends on nothing but its input"
