"""The queries of an alert read the namespaces of their own installation."""

import pytest

from quadrant_platform.model.expansion.queries import within

NAMESPACES = ("shop-frontend", "shop-core")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('up{namespace="shop-core"} == 0', 'up{namespace="alice-shop-core"} == 0'),
        ("up{namespace!='shop-core'}", "up{namespace!='alice-shop-core'}"),
        ('up{job="a", namespace =~ "shop-.*"}', 'up{job="a", namespace=~"alice-(?:shop-.*)"}'),
        ('up{namespace=~"shop-core|shop-frontend"}', 'up{namespace=~"alice-(?:shop-core|shop-frontend)"}'),
        ('up{namespace="monitoring"}', 'up{namespace="monitoring"}'),
        ('up{namespace=~"mon.*"}', 'up{namespace=~"mon.*"}'),
        ('sum by (namespace) (up{pod="shop-core"})', 'sum by (namespace) (up{pod="shop-core"})'),
    ],
)
def test_a_prefix_is_written_where_a_query_names_our_namespaces(query: str, expected: str) -> None:
    assert within(query, NAMESPACES, "alice-") == expected, "Prometheus anchors patterns at both ends"


def test_a_query_without_a_prefix_stays_as_it_is() -> None:
    assert within('up{namespace = "shop-core"}', NAMESPACES, "") == 'up{namespace = "shop-core"}', "byte for byte"
