"""A page for each policy, with an example that fails and one that passes, and an index of all."""

from __future__ import annotations

import inspect
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff
from pathlib import Path

from quadrant_platform.host.checkout import ROOT
from quadrant_platform.policies.configuration.config import settings_of
from quadrant_platform.policies.core.policy import Policy, ResourcePolicy, StackPolicy
from quadrant_platform.policies.pack import CONFIGURATION, POLICIES
from quadrant_platform.policies.pss.pod_security import AllOf
from tools.docs.corpus import CorpusCase, cases
from tools.docs.tables import table

FOLDER = "docs/reference/policies"
_UP = "../../.."
_FIRST = (
    "no-privileged no-host-namespaces volume-types no-host-ports no-host-probes-or-host-process drop-all-capabilities "
    "no-privilege-escalation run-as-non-root seccomp kernel-surface read-only-rootfs high-uid-gid service-account "
    "no-bare-pods requests-and-limits tier-ceilings namespace-quota allowed-ports service-exposure external-names "
    "netpol-hygiene pinned-by-tag-and-digest registry-allow-list probes replicas-and-spread pdb-and-hpa-consistent "
    "rollout-safety workload-selectors no-inline-secrets secret-references-resolve no-wildcard-no-cluster-admin "
    "no-escalation-verbs tls-only host-hygiene labels namespace-labels api-versions every-pod-covered-both-directions "
    "services-resolve no-opaque-resources default-deny-everywhere symmetric-rules reachability-equals-matrix "
    "one-entry-one-exit"
).split()
"""The policies for any Kubernetes, in the order of their numbers; those on Quadrant's own conventions follow."""


def numbers() -> dict[str, int]:
    """Return the number of each policy."""
    ordered = [*(name for name in _FIRST if name in POLICIES), *sorted(POLICIES.keys() - set(_FIRST))]
    return {name: number for number, name in enumerate(ordered, start=1)}


def pages() -> Iterator[tuple[str, str]]:
    """Yield every page by its path."""
    examples: dict[str, list[CorpusCase]] = defaultdict(list)
    for case in cases():
        examples[case.policy].append(case)
    yield f"{FOLDER}/README.md", index(POLICIES)
    for name, policy in POLICIES.items():
        yield policy.url, page(policy, examples[name])


def index(policies: Mapping[str, Policy]) -> str:
    """Return the index of all policies by number."""
    rows = (
        (str(number), f"[{name}]({name}.md)", policies[name].title, policies[name].level.value,
         policies[name].severity.value, _scope(policies[name]), ", ".join(policies[name].tags))
        for name, number in numbers().items()
    )  # fmt: skip
    intro = (
        "What the pack checks, in `pulumi preview --policy-pack policies` and in `quadrant check`. A policy looks at "
        "one object or, with the others of its group, at the whole stack. [Who catches what](../who-catches-what.md) "
        "compares the pack with other tools; a configuration file follows [this schema](../policy-config.schema.json)."
    )
    columns = ("no.", "policy", "what holds", "level", "severity", "looks at", "tags")
    return f"# Policies\n\n{intro}\n\n{table(columns, rows)}"


def _scope(policy: Policy) -> str:
    return f"stack ({policy.group.name})" if isinstance(policy, StackPolicy) else "object"


def page(policy: Policy, examples: Sequence[CorpusCase]) -> str:
    """Return the page of a policy: rule, reason, remedy, configuration and examples."""
    facts = (
        ("number", str(numbers()[policy.name])),
        ("level", policy.level.value),
        ("severity", policy.severity.value),
        ("looks at", _scope(policy)),
        ("frameworks and tags", ", ".join(policy.tags)),
        *_abstains(policy),
    )
    parts = [
        f"# {policy.name}", f"{policy.title}. {_checks(policy)}".strip(), table(("", ""), facts),
        f"**Why.** {policy.why}", f"**Remedy.** {policy.remedy}",
        *_configuration(policy), *_examples(examples),
    ]  # fmt: skip
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _abstains(policy: Policy) -> Iterator[tuple[str, str]]:
    for field in policy.filled if isinstance(policy, StackPolicy) else ():
        kinds = ", ".join(sorted(field.kinds))
        yield "abstains", f"on `{field.path}` of {kinds} where only the API server's answer is known"


def _checks(policy: Policy) -> str:
    """Return the predicate's docstring; for the Pod Security Standards the ids of their checks."""
    if not isinstance(policy, ResourcePolicy | StackPolicy):
        return ""
    if isinstance(policy.predicate, AllOf):
        return f"Checks of the Pod Security Standards: {', '.join(f'`{one}`' for one in policy.predicate.ids)}."
    return f"The policy checks{(inspect.getdoc(policy.predicate) or '').removeprefix('Check')}"


def _configuration(policy: Policy) -> Iterator[str]:
    key = policy.engine_name
    known, settings = CONFIGURATION.properties(key), settings_of(key)
    rows = [(f"`{one.key}`", f"`{json.dumps(known[one.key]['default'])}`", one.switch.about) for one in settings]
    among = (
        f", together with {', '.join(one for one in CONFIGURATION.names[key] if one != policy.name)}"
        if _grouped(key)
        else ""
    )
    yield f"## Configuration\n\nUnder `{key}`{among}; `enforcementLevel` and `exempt` as for every policy."
    if rows:
        yield table(("switch", "default", "what it does"), rows)


def _grouped(key: str) -> bool:
    return len(CONFIGURATION.names[key]) > 1


def _examples(examples: Sequence[CorpusCase]) -> Iterator[str]:
    if not examples:
        return
    shown = min(examples, key=lambda case: (not case.differing[0], len("".join(case.differing)), case.name))
    failing, passing = shown.differing
    yield f"## Fails\n\n{_sentence(shown.wrong)}\n\n{_yaml(failing) or 'These objects are not there.'}"
    yield f"## Passes\n\n{_change(failing, passing)}\n\nThe whole of it: {_file(shown.twin)}."
    rows = ((_link(case), case.wrong, f"`{case.check}`" if case.check else "") for case in examples)
    yield f"## All examples\n\n{table(('fails', 'what is wrong', 'check'), rows)}"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _yaml(text: str) -> str:
    return f"```yaml\n{text}```" if text else ""


def _change(failing: str, passing: str) -> str:
    """Return the change that makes the failing example pass."""
    if not failing or not passing:
        return _yaml(passing) or "The same without this object."
    lines = unified_diff(failing.splitlines(), passing.splitlines(), lineterm="", n=4)
    return "\n".join(["```diff", *(line for line in lines if not line.startswith(("---", "+++", "@@"))), "```"])


def _link(case: CorpusCase) -> str:
    return f"{_file(case.path)} ({_file(case.twin, 'passes')})"


def _file(path: Path, text: str = "") -> str:
    return f"[{text or path.stem}]({_UP}/{path.relative_to(ROOT)})"
