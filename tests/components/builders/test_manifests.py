"""Manifests: the parts that most objects share."""

from quadrant_platform.components.builders.manifests import port_name


def test_long_names_of_ports_are_shortened_and_stay_apart() -> None:
    names = [port_name(name) for name in ("metrics", "payment-provider-eu", "payment-provider-us")]
    assert names[0] == "metrics", "a name that fits is kept"
    assert len(set(names)) == 3, "a pod with one name twice is refused"
    assert max(len(name) for name in names) <= 15, "and so is a longer one"
