"""StorageClasses."""

from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.fields import Field

_RECLAIM: Final = frozenset({"Delete", "Retain"})
_BINDING: Final = frozenset({"Immediate", "WaitForFirstConsumer"})
_MOST_PARAMETERS, _LARGEST_PARAMETERS = 512, 256 * 1024


def storage_class(one: Field) -> None:
    """Check a StorageClass."""
    one.at("provisioner").must(lambda text: formats.qualified_name(text.lower()))
    _parameters(one)
    if one.get("reclaimPolicy"):
        one.at("reclaimPolicy").one_of(_RECLAIM)
    one.at("volumeBindingMode").one_of(_BINDING)
    _topologies(one)


def _parameters(one: Field) -> None:
    place, found = one.at("parameters"), one.map("parameters")
    if len(found) > _MOST_PARAMETERS:
        place.too_long(_MOST_PARAMETERS)
        return
    place.expect("" not in found, "must have no empty key")
    size = sum(formats.size(key) + formats.size(text) for key, text in found.items() if isinstance(text, str))
    if size > _LARGEST_PARAMETERS:
        place.too_long(_LARGEST_PARAMETERS)


def _topologies(one: Field) -> None:
    # To the API server a term without expressions is the same as one that is not there.
    seen: list[dict[str, set[str]]] = [{}]
    for term in one.items("allowedTopologies"):
        found = dict[str, set[str]]()
        for expression in term.items("matchLabelExpressions"):
            key = expression.text("key")
            _values(expression)
            expression.at("key").check(formats.qualified_name(key))
            expression.at("key").unlike(key, set(found))
            found[key] = set(expression.texts("values"))
        if found in seen:
            term.at("matchLabelExpressions").duplicate("the same topology")
        seen.append(found)


def _values(expression: Field) -> None:
    if not expression.items("values"):
        expression.at("values").required()
    seen = set[str]()
    for value in expression.items("values"):
        value.unlike(value.own, seen)
