"""Two paths of routes meet where one request is for both."""

import pytest

from quadrant_platform.model.expansion.route_ranks import RankedPath


@pytest.mark.parametrize(
    ("path", "exact", "taken", "left"),
    [
        ("/api", False, ["/api", "/api/", "/api/users"], ["/apis", "/", "/API"]),
        ("/api", True, ["/api"], ["/api/", "/api/users", "/apis"]),
        ("/", False, ["/", "/api"], []),
    ],
)
def test_a_path_is_taken_by_whole_segments(path: str, exact: bool, taken: list[str], left: list[str]) -> None:
    found = RankedPath(path, exact, 1)
    assert all(map(found.takes, taken)), "the path itself, and with a prefix what is below it"
    assert not any(map(found.takes, left)), "no other path that begins with the same letters"


def test_paths_meet_where_one_takes_the_other() -> None:
    prefix, page = RankedPath("/api", False, 1), RankedPath("/api/users", True, 1)
    assert prefix.meets(page), "the page is below the prefix"
    assert page.meets(prefix), "whichever is asked"
    assert not page.meets(RankedPath("/api/user", False, 1)), "another name"
