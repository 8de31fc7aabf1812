"""The rule for commit messages is held when a commit is made, and again for all new commits."""

import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.style.sources import ROOT
from tools import commits

GOOD = "model: refuse a service without ports\n\nNothing could reach it, and the mistake showed only in the cluster."
AUTHOR = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *AUTHOR, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def history(folder: Path, *messages: str) -> list[str]:
    """Make a repository with one empty commit a message; return the hashes."""
    folder.mkdir(exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    return [commit(folder, message) for message in messages]


def commit(folder: Path, message: str) -> str:
    git(folder, "commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def cloned(source: Path, *options: str) -> Path:
    target = source.with_name("clone")
    git(source, "clone", "--quiet", *options, source.as_uri(), str(target))
    return target


@pytest.mark.parametrize(
    "subject",
    [
        "model: refuse a service without ports",
        "policies, docs: explain `symmetric-rules`",
        "components/cache: bring Redis 7.4",
        "build: seed the cache of CI",
        "lab: address the node by its link",
        "docs: simplify",
        f"model: {'x' * 65}",
    ],
)
def test_a_subject_of_area_and_imperative_is_accepted(subject: str) -> None:
    assert list(commits.problems(f"{subject}\n\nThe reason.")) == [], "an area, an imperative, and a reason"


@pytest.mark.parametrize(
    ("message", "what"),
    [
        ("The lab's end is named once\n\nWhy.", "must read `area: imperative`"),
        ("Model: refuse empty ports\n\nWhy.", "must read `area: imperative`"),
        ("model: Refuse empty ports\n\nWhy.", "must read `area: imperative`"),
        ("model: refuse empty ports.\n\nWhy.", "without a full stop"),
        ("model refuse empty ports\n\nWhy.", "must read `area: imperative`"),
        ("fixup! model: refuse empty ports\n\nWhy.", "must read `area: imperative`"),
        ("", "must read `area: imperative`"),
        ("model: refused empty ports\n\nWhy.", "'refused' is no imperative"),
        ("model: refusing empty ports\n\nWhy.", "'refusing' is no imperative"),
        ("model: refuses empty ports\n\nWhy.", "'refuses' is no imperative"),
        (f"model: {'x' * 66}\n\nWhy.", "has 73 characters, at most 72"),
        ("model: refuse empty ports\nWhy.", "the second line must be empty"),
        ("model: refuse empty ports", "the body is missing"),
        ("model: refuse empty ports\n\nSigned-off-by: A <a@example.com>", "the body is missing"),
    ],
)
def test_a_message_that_breaks_the_rule_gets_the_remedy(message: str, what: str) -> None:
    assert what in "; ".join(commits.problems(message)), "the problem is named with its remedy"


def test_all_problems_of_a_message_are_reported_at_once() -> None:
    assert len(list(commits.problems(f"Added {'x' * 80}"))) == 3, "length, shape and body"


def test_the_hook_ignores_what_git_strips(tmp_path: Path) -> None:
    file = tmp_path / "COMMIT_EDITMSG"
    file.write_text(f"{GOOD}\n# On branch main\n{commits.SCISSORS}\ndiff --git a b\n", encoding="utf-8")
    assert commits.main([str(file)]) == 0, "comments and the difference are no part of the message"
    file.write_text(f"model: refuse empty ports\n\n# only a comment\n{commits.SCISSORS}\n+a line\n", encoding="utf-8")
    assert commits.main([str(file)]) == 1, "and do not count as its body"


@pytest.mark.parametrize("subject", ["Merge branch 'main' into topic", "fixup! model: refuse empty ports"])
def test_the_hook_lets_gits_own_subjects_pass(tmp_path: Path, subject: str) -> None:
    file = tmp_path / "MERGE_MSG"
    file.write_text(subject, encoding="utf-8")
    assert commits.main([str(file)]) == 0, "merges are not judged, and a fixup is judged when it is squashed"


def test_only_commits_after_the_base_are_judged(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    _, base, _ = history(folder, "Old and free", "The last one before the rule", GOOD)
    assert list(commits.messages_since(base, folder).values()) == [GOOD], "history is not judged"
    assert list(commits.messages_since(base, cloned(folder)).values()) == [GOOD], "nor in a fresh clone"


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_shallow_clone_is_judged_as_far_as_it_goes(tmp_path: Path, depth: int) -> None:
    folder = tmp_path / "project"
    base, *_ = history(folder, "The last one before the rule", GOOD, "Bad")
    found = list(commits.messages_since(base, cloned(folder, f"--depth={depth}")).values())
    assert found == ["Bad", GOOD][:depth], "newer commits that are there, and never the base"


def test_merges_are_not_judged_even_where_their_parents_are_cut_off(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    (base,) = history(folder, "The last one before the rule")
    git(folder, "switch", "--quiet", "--create", "topic")
    commit(folder, GOOD)
    git(folder, "switch", "--quiet", "main")
    git(folder, "merge", "--quiet", "--no-ff", "--message", "Merge topic into main", "topic")
    assert list(commits.messages_since(base, folder).values()) == [GOOD], "the commits of the branch alone"
    assert commits.messages_since(base, cloned(folder, "--depth=1")) == {}, "a pull request's checkout is one merge"


def test_another_history_and_a_folder_without_one_are_not_judged(tmp_path: Path) -> None:
    folder = tmp_path / "other"
    history(folder, "Import")
    assert commits.messages_since(commits.BASE, folder) == {}, "the rule began in this project's history"
    assert commits.messages_since(commits.BASE, tmp_path) == {}, "an unpacked archive has no commits"


def test_a_commit_that_breaks_the_rule_fails_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "project"
    base, _, bad = history(folder, "The last one before the rule", GOOD, "Fixed it")
    monkeypatch.setattr(commits, "BASE", base)
    monkeypatch.setattr(commits, "ROOT", folder)
    assert commits.main([]) == 1, "the check fails"
    output = capsys.readouterr()
    assert output.out.startswith("2 commits"), "how many were judged"
    assert f"{bad[:7]} (Fixed it): the body is missing" in output.err, "which commit, and what to mend"


def test_wrong_usage_of_the_check_is_bad_input() -> None:
    assert commits.main(["a", "b"]) == 2, "one file at most"


def test_the_base_is_a_commit_of_this_history() -> None:
    shallow = ("git", "rev-parse", "--is-shallow-repository")
    if subprocess.run(shallow, cwd=ROOT, capture_output=True, text=True, check=False).stdout != "false\n":
        pytest.skip("needs history: a shallow clone or an archive may lack the base")
    done = subprocess.run(["git", "merge-base", "--is-ancestor", commits.BASE, "HEAD"], cwd=ROOT, check=False)
    assert done.returncode == 0, "otherwise no commit would ever be judged"


def test_the_hook_of_pre_commit_runs_the_check(tmp_path: Path) -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert "commit-msg" in config["default_install_hook_types"], "`pre-commit install` installs it"
    (hook,) = (one for one in config["repos"][0]["hooks"] if one["id"] == "commit-message")
    assert hook["stages"] == ["commit-msg"], "git calls it with the message's file"
    file = tmp_path / "COMMIT_EDITMSG"
    file.write_text("Fixed it", encoding="utf-8")
    done = subprocess.run(
        [*shlex.split(hook["entry"]), str(file)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, "the commit is refused"
    assert "must read `area: imperative`" in done.stderr, "with the reason"


def test_ci_checks_the_messages_with_the_whole_history() -> None:
    assert "for target in commits " in (ROOT / ".ci" / "run").read_text(encoding="utf-8"), "before anything slow"
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "checks.yaml").read_text(encoding="utf-8"))
    (checkout,) = (step for step in workflow["jobs"]["checks"]["steps"] if "checkout@" in step.get("uses", ""))
    assert checkout["with"]["fetch-depth"] == 0, "a shallow checkout would hide all commits but one"
