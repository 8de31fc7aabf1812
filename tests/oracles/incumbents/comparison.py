"""The corpus before each scanner: what it finds in a manifest that it does not find in the manifest's twin."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from quadrant_platform.policies.pack import check
from quadrant_platform.program.manifest_files import read_manifests
from tests.oracles.incumbents.checkov import CHECKOV
from tests.oracles.incumbents.kube_score import KUBE_SCORE
from tests.oracles.incumbents.kubeconform import KUBECONFORM
from tests.oracles.incumbents.scanner import Found, Scanner
from tools.docs.corpus import CorpusCase, cases

SCANNERS: tuple[Scanner, ...] = (CHECKOV, KUBE_SCORE, KUBECONFORM)


@dataclass(frozen=True)
class Row:
    """A manifest of the corpus, our checks that find it, and the rules of each scanner that do."""

    case: CorpusCase
    ours: tuple[str, ...]
    theirs: tuple[tuple[str, ...], ...]


def rows(scanners: Sequence[Scanner] = SCANNERS) -> tuple[Row, ...]:
    """Return the comparison, by policy and manifest."""
    every = cases()
    texts = {str(path): path.read_text(encoding="utf-8") for case in every for path in (case.path, case.twin)}
    answers = [scanner.judge(texts) for scanner in scanners]
    return tuple(
        Row(
            case,
            _ours(case),
            tuple(_only_in_first(answer[str(case.path)], answer[str(case.twin)]) for answer in answers),
        )
        for case in every
    )


def _ours(case: CorpusCase) -> tuple[str, ...]:
    """Return the checks of the case's own policy that find it and do not find its twin."""
    failing, passing = (_checks(case, path) for path in (case.path, case.twin))
    return tuple(sorted(failing - passing))


def _checks(case: CorpusCase, path: Path) -> set[str]:
    return {found.check for found in check(read_manifests(path)) if found.policy == case.policy}


def _only_in_first(some: Sequence[Found], others: Sequence[Found]) -> tuple[str, ...]:
    """Return the rules with more findings of a text; places are left out, since some manifests differ in a name."""
    more = Counter((one.rule, one.text) for one in some) - Counter((one.rule, one.text) for one in others)
    return tuple(sorted({rule for rule, _ in more}))
