"""A kubeconfig, read before anything asks the cluster that it names."""

from pathlib import Path
from typing import Any, NamedTuple

import yaml

from quadrant_platform.documents.problems import BadInput, Problem, did_you_mean
from quadrant_platform.model.stack_file import CONTEXT, KUBECONFIG

_ANOTHER = f"name the cluster's own file in {KUBECONFIG}; nothing was changed"


class Kubeconfig(NamedTuple):
    """The names of a file's contexts, and the current one."""

    contexts: list[str]
    current: str | None


def context_in_use(file: Path, wanted: str | None) -> str:
    """Return the context by which a file leads to a cluster; BadInput where it leads to none.

    Without this, kubectl and the engine would fall back on a server of this machine, or on the pod that they run in.
    """
    contexts, current = _read(file)
    if not contexts:
        raise BadInput([Problem((), f"the kubeconfig {file} is empty: it names no cluster", _ANOTHER)])
    if wanted is None and current is None:
        remedy = f"set {CONTEXT} to one of: {', '.join(contexts)}"
        raise BadInput([Problem((), f"the kubeconfig {file} has no current context", remedy)])
    context = wanted or current or ""
    if context not in contexts:
        remedy = f"{did_you_mean(context, contexts)} (set {CONTEXT}); nothing was changed"
        raise BadInput([Problem((), f"{file} has no context {context!r}", remedy)])
    return context


def _read(file: Path) -> Kubeconfig:
    try:
        text = file.read_text(encoding="utf-8")
        document = yaml.safe_load(text)
    except FileNotFoundError:
        raise BadInput([Problem((), f"the kubeconfig {file} does not exist", _ANOTHER)]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput([Problem((), f"the kubeconfig {file} cannot be read: {error}", _ANOTHER)]) from None
    except yaml.YAMLError as error:
        # The parser's own words would repeat lines of the file, and with them keys and tokens.
        line = error.problem_mark.line + 1 if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark else 0
        raise BadInput([Problem((), "this is not a kubeconfig: no YAML", _ANOTHER, file, line)]) from None
    if not isinstance(document, dict | None):
        raise BadInput([Problem((), f"{file} is not a kubeconfig: no mapping", _ANOTHER)])
    return _parsed(document or {})


def _parsed(document: dict[str, Any]) -> Kubeconfig:
    entries = document.get("contexts")
    named = [one for one in entries if isinstance(one, dict) and "name" in one] if isinstance(entries, list) else []
    return Kubeconfig(sorted(str(one["name"]) for one in named), document.get("current-context") or None)
