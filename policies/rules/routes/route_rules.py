"""The rules of Traefik's routers: written as it reads them, or the route is dropped."""

from collections.abc import Iterator, Mapping

from quadrant_platform.policies.core import Finding, Node, Object, Severity, StackIndex, StackPolicy
from quadrant_platform.policies.core.policy import CONSISTENCY
from quadrant_platform.policies.rules.routes.matchers import Protocol
from quadrant_platform.policies.rules.routes.routers import entry_points
from quadrant_platform.policies.rules.routes.rule_syntax import RuleSyntaxError, parsed
from quadrant_platform.policies.rules.routes.traefik_settings import default_syntax, syntax_of

PROTOCOLS: Mapping[str, Protocol] = {"IngressRoute": "http", "IngressRouteTCP": "tcp"}
_ANY_SERVER = ("HostSNI(`*`)", 'HostSNI("*")')


def rules_are_read(stack: StackIndex) -> Iterator[Finding]:
    """Check that Traefik takes every rule, in the syntax that is said or its version's own."""
    default = default_syntax(stack)
    for obj in stack.of_kind(*PROTOCOLS):
        for rule in obj.node.at("spec", "routes").items():
            match = rule.at("match").text()
            try:
                parsed(match, PROTOCOLS[obj.kind], syntax_of(obj, rule, default))
            except RuleSyntaxError as error:
                yield Finding(f"{rule.path}.match {match!r}: {error}", "rule", obj)
                continue
            if not entry_points(obj.node) & stack.config.secure_entry_points:  # another policy asks for TLS there
                yield from _server(obj, rule, match)


def _server(obj: Object, rule: Node, match: str) -> Iterator[Finding]:
    """Yield a rule on the server's name of a connection that does not say one, as it has no TLS."""
    named = obj.kind == "IngressRouteTCP" and "HostSNI(" in match and not any(one in match for one in _ANY_SERVER)
    if named and not obj.node.at("spec", "tls").present():
        yield Finding(f"{rule.path}.match {match!r}: only TLS tells a server's name", "no-tls", obj)


POLICIES = (
    StackPolicy(
        name="route-rules", title="Traefik reads the rules of its routes",
        severity=Severity.HIGH, tags=("reliability",), group=CONSISTENCY, predicate=rules_are_read,
        why="Traefik drops a route whose rule it does not read and tells only its log; a template of version 2 is "
        "taken letter by letter by version 3 and matches nothing.",
        remedy="Join matchers of one value each by `||`, write patterns as Go does in HostRegexp and PathRegexp; a "
        "rule in version 2's syntax says `syntax: v2`.",
    ),
)  # fmt: skip
