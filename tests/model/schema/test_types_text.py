"""Names, addresses and schedules are kept as written, and all else is refused with a remedy."""

import ipaddress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from quadrant_platform.model.schema.types import Cidr, Cron, Fqdn, Image, Name
from tests.model.schema.domains import accepted, refused

NAME, CIDR, CRON, FQDN, IMAGE = (TypeAdapter[Any](domain) for domain in (Name, Cidr, Cron, Fqdn, Image))
LABEL = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,30}[a-z0-9])?", fullmatch=True)
HOST = st.lists(LABEL, min_size=1, max_size=4).map(lambda labels: ".".join((*labels, "dev")))


@given(st.ip_addresses(), st.data())
def test_a_network_is_accepted_exactly_where_no_host_bits_are_set(address: Any, data: st.DataObject) -> None:
    prefix = data.draw(st.integers(0, address.max_prefixlen))
    network = ipaddress.ip_network((address, prefix), strict=False)
    assert CIDR.validate_python(str(network)) == str(network), "a network is its own canonical form"
    assert accepted(CIDR, f"{address}/{prefix}") == (network.network_address == address), "host bits are a slip"


@given(st.text(max_size=70))
def test_a_name_is_a_dns_label_of_at_most_52_characters(text: str) -> None:
    letters = set("abcdefghijklmnopqrstuvwxyz0123456789")
    inside = bool(text) and set(text) <= letters | {"-"} and text[0] in letters and text[-1] in letters
    assert accepted(NAME, text) == (inside and len(text) <= 52), "Services and StatefulSets have such names"


@given(LABEL)
def test_every_short_dns_label_is_a_name(label: str) -> None:
    assert NAME.validate_python(label) == label, "a name is kept as written"


@given(HOST)
def test_host_names_and_their_wildcards_are_kept(host: str) -> None:
    assert FQDN.validate_python(host) == host, "a host name is kept as written"
    assert FQDN.validate_python(f"*.{host}") == f"*.{host}", "a wildcard stands for one label in front"


@pytest.mark.parametrize(
    "text", ["localhost", "https://a.dev", "a.dev/x", "A.dev", "a..dev", "-a.dev", "10.0.0.1", "a.*.dev"]
)
def test_what_is_no_host_name_is_refused(text: str) -> None:
    assert "is not a host name" in refused(FQDN, text), "routes and certificates have names"


FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))


@st.composite
def schedules(draw: st.DrawFn) -> str:
    """Draw five valid cron fields."""

    def token(low: int, high: int) -> str:
        first = draw(st.integers(low, high))
        span = draw(st.sampled_from(["*", str(first), f"{first}-{draw(st.integers(first, high))}"]))
        return span + draw(st.sampled_from(["", "/2", "/15"]))

    return " ".join(",".join(token(*limits) for _ in range(draw(st.integers(1, 3)))) for limits in FIELDS)


@given(schedules())
def test_five_fields_within_their_bounds_are_a_schedule(text: str) -> None:
    assert CRON.validate_python(text) == text, "a schedule is kept as written"


@given(st.text())
def test_any_text_is_a_schedule_or_is_told_what_one_is(text: str) -> None:
    if not accepted(CRON, text):
        assert "five cron fields" in refused(CRON, text), "no text makes the check itself fail"


@pytest.mark.parametrize(
    "text",
    [
        "0 2 * *",
        "60 2 * * *",
        "0 24 * * *",
        "0 2 0 * *",
        "0 2 * 13 *",
        "0 2 * * 7",
        "5-1 * * * *",
        "*/0 * * * *",
        "@daily",
        "² 2 * * *",
        "1, 2 * * *",
    ],
)
def test_what_is_no_schedule_is_refused(text: str) -> None:
    assert "five cron fields" in refused(CRON, text), "Kubernetes would refuse it later"


@pytest.mark.parametrize("text", ["redis:7.2.5", "registry:5000/shop/api:1.0.0", "ghcr.io/a/b:v1@sha256:" + "0" * 64])
def test_an_image_with_a_version_is_accepted(text: str) -> None:
    assert IMAGE.validate_python(text) == text, "an image is kept as written"


@pytest.mark.parametrize(
    "text", ["redis", "redis:latest", "registry:5000/shop/api", "redis@sha256:" + "0" * 64, ":1.0"]
)
def test_an_image_without_a_version_is_refused(text: str) -> None:
    assert "is not pinned" in refused(IMAGE, text), "a floating tag makes two runs differ"
