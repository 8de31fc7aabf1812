"""promtool's words are led back to the file that each is about."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from quadrant_platform.host import promtool

GOOD = [{"name": "a", "rules": [{"alert": "A", "expr": "up == 0", "for": "5m"}]}]
BROKEN = [{"name": "b", "rules": [{"alert": "B", "expr": "sum(rate(x[5m]) > 1"}, {"record": "c:d", "expr": "1 +"}]}]
LONG = [{"name": "c", "rules": [{"alert": "C", "expr": "up == 0", "for": "5 minutes"}]}]
FAKE = """#!/bin/sh
shift 3
for file in "$@"; do
  echo "Checking $file"
  if grep -q 'sum(rate' "$file"; then
    echo "  FAILED:"
    echo "$file: 1:53: group \\"b\\", rule 1, \\"B\\": could not parse expression: 1:20: parse error: unclosed"
  else
    echo "  SUCCESS: 1 rules found"
  fi
done
exit 1
"""


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the only folder on the PATH that may hold a promtool; answers of another one are forgotten."""
    promtool._refused.cache_clear()
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return tmp_path


def test_each_answer_is_for_its_file(without: Path) -> None:
    fake = without / "promtool"
    fake.write_text(FAKE, encoding="utf-8")
    fake.chmod(0o755)
    [first, second, third] = promtool.refused([GOOD, BROKEN, GOOD])
    assert (first, third) == ([], []), "those that it takes"
    [reason] = second
    expected = 'group "b", rule 1, "B": could not parse expression: 1:20: parse error: unclosed'
    assert reason == expected, "without the place in a file that nobody else sees"


def test_without_promtool_nothing_is_refused(without: Path) -> None:
    if promtool.is_here():
        pytest.skip("needs a machine without promtool: one is in the system's own folders")
    assert promtool.refused([BROKEN]) == [[]], "and the caller says that nothing was judged"


def test_prometheus_itself_refuses_broken_rules() -> None:
    if not promtool.is_here():
        pytest.skip("needs promtool: it is not on the PATH")
    promtool._refused.cache_clear()
    [good, broken, long] = promtool.refused([GOOD, BROKEN, LONG])
    assert (good, len(broken), len(long)) == ([], 2, 1), "each broken rule with a reason of its own"
