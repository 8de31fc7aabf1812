"""Label selectors of Kubernetes, and an index that answers them without a scan."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple, Self

OPERATORS = frozenset({"In", "NotIn", "Exists", "DoesNotExist"})


class Requirement(NamedTuple):
    """One entry of `matchExpressions`."""

    key: str
    operator: str
    values: frozenset[str]

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Return whether labels satisfy it; `NotIn` also holds where the key is absent."""
        present = self.key in labels
        if self.operator == "Exists":
            return present
        if self.operator == "DoesNotExist":
            return not present
        listed = present and labels[self.key] in self.values
        return listed if self.operator == "In" else not listed


class Selector(NamedTuple):
    """A label selector; the empty one matches everything."""

    items: frozenset[tuple[str, str]] = frozenset()
    requirements: frozenset[Requirement] = frozenset()

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Self:
        """Read a selector of a manifest. Raises ValueError for an operator that Kubernetes does not have."""
        requirements = []
        for entry in raw.get("matchExpressions") or ():
            if entry["operator"] not in OPERATORS:
                known = ", ".join(sorted(OPERATORS))
                raise ValueError(f"operator {entry['operator']!r} of key {entry['key']!r} must be one of {known}")
            values = frozenset(entry.get("values") or ())
            requirements.append(Requirement(entry["key"], entry["operator"], values))
        items = frozenset((raw.get("matchLabels") or {}).items())
        return cls(items, frozenset(requirements))

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Return whether labels satisfy every part of it."""
        return all(labels.get(key) == value for key, value in self.items) and all(
            requirement.matches(labels) for requirement in self.requirements
        )


class LabelIndex:
    """Identities by their labels; the answer to a selector is computed once and shared."""

    def __init__(self, labelled: Mapping[str, Mapping[str, str]]) -> None:
        self._labelled = labelled
        self._all = frozenset(labelled)
        self._by_item: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._answers: dict[Selector, frozenset[str]] = {}
        for identity, labels in labelled.items():
            for item in labels.items():
                self._by_item[item].add(identity)

    def select(self, selector: Selector) -> frozenset[str]:
        """Return the identities that a selector matches."""
        if selector not in self._answers:
            self._answers[selector] = self._find(selector)
        return self._answers[selector]

    def _find(self, selector: Selector) -> frozenset[str]:
        groups = sorted((self._by_item.get(item, set()) for item in selector.items), key=len)
        found = frozenset(groups[0].intersection(*groups[1:])) if groups else self._all
        if not selector.requirements:
            return found
        return frozenset(
            identity
            for identity in found
            if all(requirement.matches(self._labelled[identity]) for requirement in selector.requirements)
        )
