"""The matrix is sorted, without repetition, and its JSON is the same for the same connections."""

import json

from hypothesis import given
from hypothesis import strategies as st

from quadrant_platform.model.expansion.endpoint import Endpoint, Listener, control, outside
from quadrant_platform.model.expansion.matrix import SCHEMA, Matrix, Row, matrix
from tests.components.sample import matrix_of, planned


def pods(name: str, *ports: int) -> Endpoint:
    """Pods of our own in namespace `ns`."""
    return Endpoint(name, "service", "ns", (("app", name),), tuple(Listener(f"p{port}", port) for port in ports))


PODS = [pods(name, 80, 81) for name in "abc"]
ROWS = [Row(source, target, port, f"{source.id} to {target.id}") for source in PODS for target in PODS
        for port in target.listeners]  # fmt: skip


def of(*rows: Row) -> Matrix:
    return matrix("shop", "dev", rows, PODS)


@given(st.permutations(ROWS))
def test_rows_come_out_sorted_whatever_their_order(rows: list[Row]) -> None:
    found = of(*rows)
    assert [row.key for row in found.rows] == sorted(row.key for row in ROWS), "a stable order makes a readable diff"
    assert found.canonical() == of(*ROWS).canonical(), "and the same text"


@given(st.lists(st.sampled_from(ROWS)))
def test_a_connection_is_listed_once(rows: list[Row]) -> None:
    keys = [row.key for row in of(*rows).rows]
    assert keys == sorted(set(keys)), "two rows of one connection would count it twice"


def test_the_first_reason_for_a_connection_stays() -> None:
    first, second = (Row(PODS[0], PODS[1], PODS[1].listeners[0], why) for why in ("first", "second"))
    assert [row.why for row in of(first, second).rows] == ["first"], "what is written comes before what is implied"


def test_an_endpoint_without_rows_is_in_the_matrix() -> None:
    assert [peer.id for peer in of().endpoints] == ["ns/a", "ns/b", "ns/c"], "its silence is a fact to prove as well"


def test_only_the_outsides_that_rows_touch_are_listed() -> None:
    world = outside("world", ["0.0.0.0/0"])
    assert "world" in {peer.id for peer in of(Row(world, PODS[0], PODS[0].listeners[0], "visits")).endpoints}, "touched"
    assert "world" not in {peer.id for peer in of().endpoints}, "no row touches it"


def test_rows_are_found_at_both_of_their_ends() -> None:
    row = Row(PODS[0], PODS[1], PODS[1].listeners[0], "calls")
    found = of(row).touching()
    assert found == {"ns/a": ([], [row]), "ns/b": ([row], []), "ns/c": ([], [])}, "arriving first, leaving second"


def test_a_row_to_itself_both_arrives_and_leaves() -> None:
    row = Row(PODS[0], PODS[0], PODS[0].listeners[0], "replication")
    assert of(row).touching()["ns/a"] == ([row], [row]), "one copy opens it, another accepts"


def test_the_json_is_in_canonical_form() -> None:
    text = planned().matrix.canonical()
    again = json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))
    assert text == again, "sorted keys and no space, so that texts can be compared"


def test_the_json_says_what_it_is() -> None:
    document = matrix_of(planned("prod"))
    assert {key: document[key] for key in ("schema", "system", "environment")} == {
        "schema": SCHEMA,
        "system": "shop",
        "environment": "prod",
    }, "a reader sees which rules apply"


def test_a_peer_of_the_json_is_pods_or_addresses() -> None:
    peers = matrix_of(planned())["peers"]
    assert peers["shop-core/worker"] == {
        "kind": "workload",
        "namespace": "shop-core",
        "labels": {"app.kubernetes.io/name": "worker", "app.kubernetes.io/part-of": "shop"},
        "ports": ["8081/TCP"],
    }, "our own pods"
    assert peers["kube-system/dns"]["kind"] == "control", "pods on which we have no policy"
    assert peers["api-server"] == {
        "kind": "cidr",
        "blocks": [{"cidr": cidr, "except": []} for cidr in ("10.96.0.1/32", "10.244.255.1/32")],
    }, "addresses outside"


def test_every_row_of_the_json_names_known_peers() -> None:
    document = matrix_of(planned("prod"))
    ends = {row[end] for row in document["rows"] for end in ("from", "to")}
    assert ends <= set(document["peers"]), "an unknown peer could not be checked"


def test_a_row_of_the_json_carries_its_rule_or_null() -> None:
    rules = {row["implied"] for row in matrix_of(planned())["rows"]}
    assert None in rules, "written rows carry null"
    assert {"dns", "entry", "route", "egress", "metrics"} <= rules, "implied ones carry their rule"


def test_control_pods_are_not_ours_to_isolate() -> None:
    assert not control("monitoring", "prometheus", {"a": "b"}).isolated, "no policy of ours selects them"
    assert PODS[0].isolated, "ours are denied unless a row permits"
