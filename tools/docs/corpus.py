"""The corpus: manifests that each break one policy, each with a twin that differs only in this and passes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from quadrant_platform.host.checkout import ROOT

CORPUS = ROOT / "tests" / "policies" / "corpus"
PASSES = CORPUS / "passes"
"""The manifests that pass; every other folder is named for the policy that its manifests break."""
_HEADER = re.compile(r"# (?P<policy>[a-z-]+)(/(?P<check>[\w.-]+))?: (?P<wrong>.+)\. Twin: (?P<twin>[a-z-]+)\n")


@dataclass(frozen=True)
class CorpusCase:
    """A manifest that breaks a policy, described by its first line; `check` is empty where the policy has one only."""

    path: Path
    policy: str
    check: str
    wrong: str
    twin: Path

    @classmethod
    def read(cls, path: Path) -> CorpusCase:
        """Return the case of a file; ValueError where its first line is not in the form of a header."""
        found = _HEADER.match(path.read_text(encoding="utf-8"))
        if found is None:
            raise ValueError(f"{path} must begin with `# policy/check: what is wrong. Twin: name`")
        return cls(path, found["policy"], found["check"] or "", found["wrong"], PASSES / f"{found['twin']}.yaml")

    @property
    def name(self) -> str:
        """Policy and file, for messages."""
        return f"{self.policy}/{self.path.stem}"

    @cached_property
    def differing(self) -> tuple[str, str]:
        """The documents in which the manifest and its twin differ: those of each."""
        failing, passing = documents(self.path), documents(self.twin)
        return _without(failing, passing), _without(passing, failing)


def cases() -> tuple[CorpusCase, ...]:
    """Return every manifest that must fail, by policy and name."""
    return tuple(CorpusCase.read(path) for path in sorted(CORPUS.glob("*/*.yaml")) if path.parent != PASSES)


def documents(path: Path) -> list[str]:
    """Return the YAML documents of a file without the comment on its first line."""
    _, _, text = path.read_text(encoding="utf-8").partition("\n")
    return text.split("---\n")


def _without(some: list[str], others: list[str]) -> str:
    return "---\n".join(text for text in some if text not in others)
