"""Rules of roles that allow less than they say: words that Kubernetes compares with no request."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from quadrant_platform.policies.core import Finding, Level, ResourcePolicy, Severity, Subject
from quadrant_platform.policies.rules.api.access_control import ROLES
from quadrant_platform.policies.rules.api.api_resources import SERVED, is_known, is_of_cluster
from quadrant_platform.policies.rules.api.role_rules import ALL, RoleRule, rules_of

_VERBS: Final = frozenset({"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"})
_METHODS: Final = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})


class IdleWords(NamedTuple):
    """Words of a rule that match no request, and why."""

    check: str
    words: tuple[str, ...]
    why: str


def idle_rules(subject: Subject) -> Iterator[Finding]:
    """Check that each word of a role's rules can match a request."""
    rules = tuple(rules_of(subject.node))
    if not subject.node.at("aggregationRule").present():
        for rule in rules:
            for found in idle(rule, subject.obj.kind):
                yield Finding(f"{rule.path}: {', '.join(found.words)} matches nothing: {found.why}", found.check)
    elif rules and not subject.node.at("metadata", "uid").present():
        yield Finding("rules of an aggregated role are overwritten by those that it aggregates", "overwritten")


def idle(rule: RoleRule, kind: str) -> Iterator[IdleWords]:
    """Yield the words that match nothing of a rule in a Role or a ClusterRole."""
    for found in (*_resources(rule, kind), *_verbs(rule), *_urls(rule)):
        if found.words:
            yield found


def _resources(rule: RoleRule, kind: str) -> Iterator[IdleWords]:
    spelled = tuple(word for word in rule.resources if _is_misspelled(word))
    yield IdleWords("resource", spelled, "resources are lower-case plurals, and `*` stands alone or as in `*/scale`")
    groups = frozenset(rule.groups)
    if not groups or not groups <= SERVED.keys():
        return
    words = [word for word in rule.resources if word not in spelled and not word.startswith(ALL)]
    absent = tuple(word for word in words if not any(is_known(group, word) for group in groups))
    yield IdleWords("group", absent, f"apiGroups {sorted(groups)} has no such resource{_elsewhere(absent)}")
    if kind == "Role" and {"bind", ALL}.isdisjoint(rule.verbs):
        wide = tuple(one for one in words if one not in absent and all(_is_beyond(group, one) for group in groups))
        yield IdleWords("scope", wide, "requests for what is the cluster's never reach a Role; use a ClusterRole")


def _is_misspelled(word: str) -> bool:
    body = word.removeprefix(f"{ALL}/")
    return word != ALL and (not body or ALL in body or body != body.lower())


def _is_beyond(group: str, resource: str) -> bool:
    return is_of_cluster(group, resource) or not is_known(group, resource)


def _elsewhere(words: Iterable[str]) -> str:
    homes = {group for word in words for group in SERVED if is_known(group, word)}
    return f", and {', '.join(sorted(map(repr, homes)))} has" if homes else ""


def _verbs(rule: RoleRule) -> Iterator[IdleWords]:
    known = _VERBS if rule.resources else _METHODS
    others = (_VERBS | _METHODS) - known
    wrong = tuple(verb for verb in rule.verbs if verb in others or verb.lower() in _VERBS - {verb})
    named = "verbs on resources" if rule.resources else "methods on URLs"
    yield IdleWords("verb", wrong, f"{named} are {', '.join(sorted(known))}")
    if rule.names and rule.resources:
        nameless = tuple(verb for verb in rule.verbs if all(rule.is_nameless(verb, one) for one in rule.resources))
        why = "such a request carries no name, and resourceNames lists some; give it a rule of its own"
        yield IdleWords("name", nameless, why)


def _urls(rule: RoleRule) -> Iterator[IdleWords]:
    wrong = tuple(url for url in rule.urls if url != ALL and (not url.startswith("/") or ALL in url.rstrip(ALL)))
    yield IdleWords("url", wrong, "a path begins with a slash, and `*` stands at its end")


POLICIES = (
    ResourcePolicy(
        name="rules-match", title="Every word of a role matches some request", level=Level.ADVISORY,
        severity=Severity.LOW, tags=("CIS-5.1", "hygiene"), kinds=ROLES, predicate=idle_rules,
        why="Kubernetes compares words as they are: `nodes/*` is the name of no resource. The rule looks like a right "
        "and is none, and whoever mends it in haste writes a wildcard.",
        remedy="Write resources as the API has them, each subresource by its name, and `create` in a rule without "
        "resourceNames.",
    ),
)  # fmt: skip
