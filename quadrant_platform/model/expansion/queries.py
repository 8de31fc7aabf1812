"""Prometheus queries, which name namespaces as if they had no prefix."""

import re
from collections.abc import Collection

_MATCHER = re.compile(r"""\bnamespace\s*(?P<operator>=~|!~|!=|=)\s*(?P<quote>["'`])(?P<value>.*?)(?P=quote)""")


def within(query: str, namespaces: Collection[str], prefix: str) -> str:
    """Return a query that reads namespaces with a prefix wherever it names some of ours."""

    def prefixed(matcher: re.Match[str]) -> str:
        operator, quote, value = matcher["operator"], matcher["quote"], matcher["value"]
        if operator.endswith("~"):
            ours = any(re.fullmatch(value, name) for name in namespaces)
            # Prometheus anchors a pattern at both ends, so the prefix goes before all of its alternatives.
            value = f"{prefix}(?:{value})" if ours else value
        elif value in namespaces:
            value = f"{prefix}{value}"
        return f"namespace{operator}{quote}{value}{quote}"

    return _MATCHER.sub(prefixed, query) if prefix else query
