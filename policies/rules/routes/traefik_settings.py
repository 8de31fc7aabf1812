"""What the manifests say of Traefik's own settings, on its command line or in a file."""

import re
from collections.abc import Iterator

from quadrant_platform.policies.core import Object, StackIndex
from quadrant_platform.policies.core.access import Node
from quadrant_platform.policies.core.workload_pods import WorkloadPod
from quadrant_platform.policies.rules.routes.matchers import Syntax

TRAEFIK_2_GROUP = "traefik.containo.us"
_CROSS = re.compile(r"allowCrossNamespace[\"']?(?:\s*[:=]\s*[\"']?(?:true|1|t)\b|\s*\Z)", re.IGNORECASE)
_SYNTAX_2 = re.compile(r"defaultRuleSyntax[\"']?\s*[:=]\s*[\"']?v2\b", re.IGNORECASE)
_IMAGE_2 = re.compile(r"(^|/)traefik:v?2\.")
_TEXTS = frozenset({"HelmChart", "HelmChartConfig"})


def crosses_namespaces(stack: StackIndex) -> bool:
    """Return whether routes may use objects of other namespaces, which Traefik refuses unless it is told."""
    return stack.config.cross_namespace_routes or any(map(_CROSS.search, _settings(stack)))


def default_syntax(stack: StackIndex) -> Syntax:
    """Return the syntax of rules that do not say theirs."""
    images = (one.node.at("image").text() for pod in _traefiks(stack) for one in pod.containers)
    is_2 = any(map(_SYNTAX_2.search, _settings(stack))) or any(map(_IMAGE_2.search, images))
    return "v2" if is_2 else "v3"


def syntax_of(obj: Object, rule: Node, default: Syntax) -> Syntax:
    """Return the syntax of one rule of a router."""
    said = rule.at("syntax").text()
    return "v2" if said == "v2" or (not said and (default == "v2" or obj.group == TRAEFIK_2_GROUP)) else "v3"


def _traefiks(stack: StackIndex) -> Iterator[WorkloadPod]:
    for pod in stack.pods:
        if any("traefik" in one.node.at("image").text() for one in pod.containers):
            yield pod


def _settings(stack: StackIndex) -> Iterator[str]:
    """Yield each text that may hold a setting: words of command lines, variables and files."""
    for pod in _traefiks(stack):
        for one in pod.containers:
            yield from (word.text() for word in one.command_line)
            yield from (f"{node.at('name').text().replace('_', '')}={node.at('value').text()}" for node in one.env)
    for obj in stack.of_kind("ConfigMap", *_TEXTS):
        fields = obj.node.at("data").entries() if obj.kind == "ConfigMap" else obj.node.at("spec").entries()
        yield from (node.value for _, node in fields if isinstance(node.value, str))
