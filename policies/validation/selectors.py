"""Label selectors."""

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.metadata import labels

_WITH_VALUES = frozenset({"In", "NotIn"})
_WITHOUT_VALUES = frozenset({"Exists", "DoesNotExist"})


def label_selector(field: Field) -> None:
    """Check the labels and expressions of a selector."""
    labels(field, "matchLabels")
    for expression in field.items("matchExpressions"):
        operator, values = expression.text("operator"), expression.texts("values")
        if operator in _WITH_VALUES and not values:
            expression.at("values").required(f"must be set for {operator}")
        elif operator in _WITHOUT_VALUES and values:
            expression.at("values").forbidden(f"must not be set for {operator}")
        elif operator not in _WITH_VALUES | _WITHOUT_VALUES:
            expression.at("operator").invalid("must be In, NotIn, Exists or DoesNotExist")
        expression.at("key").check(formats.qualified_name(expression.text("key")))
        for index, value in enumerate(values):
            expression.at("values").item(index, value).check(formats.label_value(value))


def is_empty(field: Field) -> bool:
    """Return whether a selector has nothing in it."""
    return not field.get("matchLabels") and not field.get("matchExpressions")


def matches(field: Field, labels_of: dict[str, object]) -> bool:
    """Return whether a selector matches labels; what is unknown matches."""
    for key, value in field.map("matchLabels").items():
        known = (value is None or isinstance(value, str)) and not _is_unknown(labels_of, key)
        if known and (key not in labels_of or (labels_of[key] or "") != (value or "")):
            return False
    return all(_fits(one, labels_of) for one in field.items("matchExpressions"))


def _is_unknown(labels_of: dict[str, object], key: str) -> bool:
    return labels_of.get(key) is not None and not isinstance(labels_of[key], str)


def _fits(expression: Field, labels_of: dict[str, object]) -> bool:
    key, operator = expression.text("key"), expression.text("operator")
    if _is_unknown(labels_of, key):
        return True
    here, value, values = key in labels_of, labels_of.get(key) or "", expression.texts("values")
    fits = {"In": here and value in values, "NotIn": not here or value not in values, "Exists": here,
            "DoesNotExist": not here}  # fmt: skip
    return fits.get(operator, True)
