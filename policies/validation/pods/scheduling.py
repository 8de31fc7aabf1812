"""Where pods are placed: affinity, spread, tolerations and gates."""

from typing import Final

from quadrant_platform.policies.validation import formats
from quadrant_platform.policies.validation.field_checks import required
from quadrant_platform.policies.validation.fields import Field
from quadrant_platform.policies.validation.selectors import label_selector

_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED: Final = "preferredDuringSchedulingIgnoredDuringExecution"
_SEVERAL: Final = frozenset({"In", "NotIn"})
_NONE: Final = frozenset({"Exists", "DoesNotExist"})
_ONE: Final = frozenset({"Gt", "Lt"})
_ACTIONS: Final = frozenset({"DoNotSchedule", "ScheduleAnyway"})
_INCLUSIONS: Final = frozenset({"Ignore", "Honor"})


def affinity(spec: Field, own: frozenset[str]) -> None:
    """Check the affinity of a pod; `own` are the keys of its labels, for a Pod itself."""
    found = spec.at("affinity")
    _node_affinity(found.at("nodeAffinity"))
    for key in ("podAffinity", "podAntiAffinity"):
        for term in found.at(key).items(_REQUIRED):
            _pod_term(term, own)
        for term in found.at(key).items(_PREFERRED):
            _weight(term)
            _pod_term(term.at("podAffinityTerm"), own)


def _weight(term: Field) -> None:
    term.at("weight").expect(1 <= term.number("weight") <= 100, "must be from 1 to 100")


def _node_affinity(place: Field) -> None:
    if place.has(_REQUIRED):
        node_selector(place.at(_REQUIRED))
    for term in place.items(_PREFERRED):
        _weight(term)
        _node_term(term.at("preference"), strict=False)


def node_selector(place: Field) -> None:
    """Check a choice of nodes."""
    if not place.get("nodeSelectorTerms"):
        place.at("nodeSelectorTerms").required("must have a term")
    for term in place.items("nodeSelectorTerms"):
        _node_term(term, strict=True)


def _node_term(term: Field, *, strict: bool) -> None:
    for expression in term.items("matchExpressions"):
        _operator(expression)
        expression.at("key").check(formats.qualified_name(expression.text("key")))
        for index, value in enumerate(expression.texts("values") if strict else ()):
            expression.at("values").item(index, value).check(formats.label_value(value))
    for expression in term.items("matchFields"):
        _field(expression)


def _operator(expression: Field) -> None:
    operator, values = expression.text("operator"), expression.items("values")
    place = expression.at("values")
    if operator in _SEVERAL and not values:
        place.required(f"must be set for {operator}")
    elif operator in _NONE and values:
        place.forbidden(f"must not be set for {operator}")
    elif operator in _ONE and len(values) != 1:
        place.required(f"must have one element for {operator}")
    elif operator not in _SEVERAL | _NONE | _ONE:
        expression.at("operator").invalid("must be In, NotIn, Exists, DoesNotExist, Gt or Lt")


def _field(expression: Field) -> None:
    values = expression.texts("values")
    if expression.text("operator") not in _SEVERAL:
        expression.at("operator").invalid("must be In or NotIn")
    elif len(expression.items("values")) != 1:
        expression.at("values").required("must have one element")
    if expression.text("key") != "metadata.name":
        expression.at("key").invalid("must be metadata.name")
        return
    for index, value in enumerate(values):
        expression.at("values").item(index, value).check(formats.subdomain(value))


def _pod_term(term: Field, own: frozenset[str]) -> None:
    label_selector(term.at("labelSelector"))
    label_selector(term.at("namespaceSelector"))
    for name in term.texts("namespaces"):
        wrong = formats.dns_label(name)
        if wrong:
            term.placed("namespace", name).invalid(wrong)
    _label_keys(term, own, "matchLabelKeys", "mismatchLabelKeys")
    required(term, "topologyKey")
    if term.text("topologyKey"):
        term.at("topologyKey").check(formats.qualified_name(term.text("topologyKey")))


def _label_keys(term: Field, own: frozenset[str], *keys: str) -> None:
    """Check the keys of labels whose values are those of the pod itself."""
    for key in keys:
        names = term.texts(key)
        if names and not term.has("labelSelector"):
            term.at(key).forbidden("needs a labelSelector")
            continue
        for index, name in enumerate(names):
            term.at(key).item(index, name).check(formats.qualified_name(name))
    matched, others = term.texts(keys[0]), term.texts(keys[-1]) if len(keys) > 1 else []
    _selected_twice(term, matched, own)
    for index, name in enumerate(matched):
        term.at(keys[0]).item(index, name).expect(name not in others, "must not be in mismatchLabelKeys too")


def _selected_twice(term: Field, matched: list[str], own: frozenset[str]) -> None:
    """Report keys that the selector has and matchLabelKeys too, at the place that the API server names.

    It finds them where the selector has them twice: once as written, and once from a Pod's own labels, which it adds.
    """
    selector = term.at("labelSelector")
    seen, last = set(selector.map("matchLabels")), {name: index for index, name in enumerate(matched)}
    added = [name for name in matched if name in own] if term.has("labelSelector") else []
    for key in (*(one.text("key") for one in selector.items("matchExpressions")), *added):
        if key in last and key in seen:
            term.item(last[key], key).invalid("must not be in the labelSelector too")
        seen.add(key)


def topology_spread(spec: Field, own: frozenset[str]) -> None:
    """Check over which parts of the cluster pods are spread; `own` are the keys of a Pod's labels."""
    constraints = spec.items("topologySpreadConstraints")
    pairs = [(one.text("topologyKey"), one.text("whenUnsatisfiable")) for one in constraints]
    for index, one in enumerate(constraints):
        one.at("maxSkew").expect(one.number("maxSkew") > 0, "must be at least 1")
        required(one, "topologyKey")
        if one.text("whenUnsatisfiable") not in _ACTIONS:
            one.at("whenUnsatisfiable").not_supported(_ACTIONS)
        if pairs[index] in pairs[index + 1 :]:
            one.placed("{topologyKey, whenUnsatisfiable}", None).duplicate(", ".join(pairs[index]))
        if one.has("minDomains"):
            one.at("minDomains").expect(one.number("minDomains", 1) > 0, "must be at least 1")
            strict = one.text("whenUnsatisfiable") == "DoNotSchedule"
            one.at("minDomains").expect(strict, "must be set with whenUnsatisfiable DoNotSchedule only")
        one.at("nodeAffinityPolicy").one_of(_INCLUSIONS)
        one.at("nodeTaintsPolicy").one_of(_INCLUSIONS)
        _label_keys(one, own, "matchLabelKeys")
        label_selector(one.at("labelSelector"))
