"""Credentials in clear text: in variables, arguments and ConfigMaps. No message repeats a value."""

import re
from collections.abc import Iterator
from itertools import zip_longest

from quadrant_platform.policies.core import Finding, ResourcePolicy, Severity, Subject
from quadrant_platform.policies.core.workload_pods import WORKLOADS, Container

_FORMATS = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"),
    "an access key": re.compile(
        r"(?<![\w-])(?:(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[\w-]{35}|gh[opsru]_\w{36}|github_pat_\w{22,}|glpat-[\w-]{20}"
        r"|xox[abprs]-[\w-]{10,}|[rs]k_live_\w{10,}|hvs\.[\w-]{24,})(?![\w-])"
    ),
    "a signed token": re.compile(r"(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"),
}
_URL = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@'\"]{0,200}:(?P<value>[^\s/@'\"]{1,200})@", re.IGNORECASE)
_CREDENTIAL = re.compile(
    r"(?:^|_)(?:pass(?:word|wd|phrase)|pwd|secret|token|credentials?|(?:api|access|account|private|secret|signing)_?key)$"
)
_REFERENCE = re.compile(r"(?:^|_)(?:existing|pull|tls|external)_")
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SETTING = re.compile(
    r"^[ \t]*(?:export +|- +)?(?P<name>[A-Za-z][\w.-]*)[ \t]*[:=][ \t]*(?P<value>\S.*)$", re.MULTILINE
)
_QUOTED = re.compile(r"(?P<q>[\"'])(?P<name>[A-Za-z][\w.-]*)(?P=q)\s*:\s*(?P<value>\"[^\"\n]*\"|'[^'\n]*')")
_OPTION = re.compile(r"^--?(?P<name>[A-Za-z][\w.-]*)=(?P<value>.+)$", re.DOTALL)
_PLACEHOLDER = re.compile(
    r"\$[({\w]|\{\{|%[(s]|^<.*>$|^[*xX.]+$|^(?:vault|file|env|ref\+\w+|arn|op|secret):"  # filled in elsewhere
    r"|^(?:\.{0,2}/|~)"  # a path
    r"|^(?:true|false|yes|no|on|off|null|none|nil|required|optional|enabled|disabled|redacted)$",
    re.IGNORECASE,
)
_CODE = re.compile(r"^[\[{|>&*!@`(]|[()\[]|^\w+(?:\.\w+)+[,;]?$")
"""An unquoted value that continues in YAML or that a program computes."""


def _is_credential(name: str, value: str) -> bool:
    """Return whether a setting's name promises a credential and its value is one, not the place of one."""
    words = re.sub(r"[^a-z0-9]+", "_", _WORD_START.sub("_", name).lower())
    if not _CREDENTIAL.search(words) or _REFERENCE.search(words):
        return False
    bare = value.rstrip().rstrip(",;")
    text = bare.strip("\"'")
    computed = bare == text and _CODE.search(bare)
    number = text.isdigit() and "pass" not in words
    return bool(text) and not computed and not number and not _PLACEHOLDER.search(text)


def _credential_in(text: str) -> str:
    """Return what a text holds that looks like a credential; empty if nothing does."""
    for what, pattern in _FORMATS.items():
        if pattern.search(text):
            return what
    passwords = (found["value"] for found in _URL.finditer(text))
    return "an address with a password" if any(not _PLACEHOLDER.search(one) for one in passwords) else ""


def _env(container: Container) -> Iterator[Finding]:
    for node in container.env:
        name, value = node.at("name").text(), node.at("value").text()
        held = _credential_in(value) or (_is_credential(name, value) and "a credential")
        if held:
            yield Finding(f"{container.where} has {held} in the variable {name!r} ({node.path})", "env")


def _args(container: Container) -> Iterator[Finding]:
    for field in ("command", "args"):
        words = list(container.node.at(field).items())
        for node, following in zip_longest(words, words[1:]):
            text = node.text()
            option = _OPTION.match(text)
            name, value = (option["name"], option["value"]) if option else (text.lstrip("-"), "")
            if not option and text.startswith("--") and following is not None:
                value = following.text() if not following.text().startswith("-") else ""
            held = _credential_in(text) or (_is_credential(name, value) and "a credential")
            if held:
                yield Finding(f"{container.where} has {held} in its command line ({node.path})", "args")


def _config_map(subject: Subject) -> Iterator[Finding]:
    for key, node in subject.node.at("data").entries():
        text = node.text()
        pairs = [(found["name"], found["value"]) for pattern in (_SETTING, _QUOTED) for found in pattern.finditer(text)]
        one_line = [(key, text.strip())] if "\n" not in text.strip() else []
        named = [name for name, value in (*one_line, *pairs) if _is_credential(name, value)]
        if held := _credential_in(text):
            yield Finding(f"{node.path} holds {held}", "config-map")
        elif named:
            yield Finding(f"{node.path} holds a credential as {named[0]!r}", "config-map")


def no_inline_secrets(subject: Subject) -> Iterator[Finding]:
    """Check that no variable, command line or ConfigMap holds a credential."""
    if subject.obj.kind == "ConfigMap":
        yield from _config_map(subject)
    for container in subject.containers:
        yield from _env(container)
        yield from _args(container)


POLICIES = (
    ResourcePolicy(
        name="no-inline-secrets", title="No credential is written into a manifest",
        severity=Severity.CRITICAL, tags=("NSA-1", "CIS-5.4"), kinds=WORKLOADS | {"ConfigMap"},
        predicate=no_inline_secrets,
        why="Manifests are kept in repositories, logs and caches, and all who may read a ConfigMap or a pod read "
        "them.",
        remedy="Keep the credential in a Secret that an ExternalSecret makes, mount it as a file, and change it, as it "
        "has been seen. What only looks like one is exempted by a row with the reason.",
    ),
)  # fmt: skip
