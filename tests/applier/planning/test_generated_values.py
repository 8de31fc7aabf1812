"""Generated values are made once, never replaced and never dropped."""

import base64
import string

import bcrypt
import pytest

from quadrant_platform.applier.observed.object_keys import ObjectKey
from quadrant_platform.applier.planning.generated_values import GeneratedValues, complete, password_lengths, recover
from quadrant_platform.program.recorder import Recorded, Recording

NOTHING = GeneratedValues("shop", {}, None)


def program(type_: str) -> Recording:
    one = Recorded(type_, "db/password", "urn", None, (), {"length": 24})
    return Recording("quadrant", "dev", (one,))


def secret(**data: str) -> dict[ObjectKey, dict[str, object]]:
    encoded = {key: base64.b64encode(text.encode()).decode() for key, text in data.items()}
    return {ObjectKey("", "Secret", "n", "s"): {"kind": "Secret", "data": encoded}}


def test_a_program_gives_the_length_of_each_password() -> None:
    assert password_lengths(program("random:index/randomPassword:RandomPassword")) == {"db/password": 24}, (
        "by logical name"
    )


def test_another_random_resource_is_no_password() -> None:
    with pytest.raises(NotImplementedError, match="not a RandomPassword"):
        password_lengths(program("random:index/randomId:RandomId"))


def test_a_new_value_has_its_length_and_its_hash() -> None:
    outputs = complete(NOTHING, {"a": 40}).values["a"]
    assert len(outputs["result"]) == 40, "as the system's file sets"
    assert set(outputs["result"]) <= set(string.ascii_letters + string.digits), "as RandomPassword without specials"
    assert bcrypt.checkpw(outputs["result"].encode(), outputs["bcryptHash"].encode()), "the hash is that of the value"


def test_what_is_kept_stays_and_nothing_is_dropped() -> None:
    first = complete(NOTHING, {"a": 10, "b": 10})
    second = complete(first, {"b": 10, "c": 10})
    assert {name: second.values[name] for name in "ab"} == dict(first.values), "a store may still use `a`"
    assert set(second.values) == {"a", "b", "c"}, "and what is new is added"


def test_a_longest_value_can_be_hashed() -> None:
    assert len(complete(NOTHING, {"a": 128}).values["a"]["result"]) == 128, "bcrypt reads 72 bytes and refuses more"


def test_a_value_that_a_live_secret_holds_takes_the_place_of_a_new_one() -> None:
    fresh = complete(NOTHING, {"a": 10})
    made = secret(password=fresh.values["a"]["result"], url=f"db://{fresh.values['a']['result']}")
    found = recover(fresh, NOTHING, made, secret(password="old", url="db://old"))
    assert found.values["a"]["result"] == "old", "the store uses the old one"


def test_a_kept_value_is_not_taken_from_a_live_secret() -> None:
    before = complete(NOTHING, {"a": 10})
    made = secret(password=before.values["a"]["result"])
    assert recover(before, before, made, secret(password="edited")) == before, "an edit is drift, and is undone"
