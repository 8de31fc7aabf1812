"""A program stops before it registers anything where its stack leads to no cluster."""

from pathlib import Path

import pytest

from quadrant_platform.documents.problems import BadInput
from quadrant_platform.preflight.named_cluster import ask
from tests.preflight.scripted_kubectl import KUBECONFIG, scripted


def refusal(**settings: str) -> str:
    with pytest.raises(BadInput) as refused:
        ask({f"quadrant:{key}": value for key, value in settings.items()})
    return str(refused.value)


def test_a_stack_without_a_cluster_reads_how_to_name_one_and_how_to_work_without() -> None:
    text = refusal()
    assert "the stack names no cluster" in text, "what is wrong"
    assert "`pulumi config set quadrant:kubeconfig PATH`" in text, "the remedy"
    assert "`quadrant preview` and `quadrant render`" in text, "and the way without"


def test_a_context_alone_names_no_cluster() -> None:
    assert "quadrant:context is 'blue', and the stack names no cluster" in refusal(context="blue"), "of which file?"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "does not exist"),
        ("", "is empty: it names no cluster"),
        ("kind: Config\ncontexts: []\n", "is empty: it names no cluster"),
        ("token: {secret", ":1: this is not a kubeconfig: no YAML"),
        ("- secret\n", "is not a kubeconfig: no mapping"),
        (
            KUBECONFIG.replace("current-context: blue", ""),
            "has no current context; set quadrant:context to one of: blue",
        ),
    ],
)
def test_a_file_that_leads_nowhere_is_named_with_the_reason(tmp_path: Path, text: str | None, words: str) -> None:
    file = tmp_path / "kubeconfig"
    if text is not None:
        file.write_text(text)
    found = refusal(kubeconfig=str(file))
    assert words in found, "the reason"
    assert str(file) in found, "and the place"
    assert "secret" not in found, "without a word of the file, which holds credentials"


def test_an_unknown_context_is_refused_with_the_nearest(tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(KUBECONFIG)
    found = refusal(kubeconfig=str(file), context="gren")
    assert "has no context 'gren'; did you mean 'green'?" in found, "a slip of the pen"


def test_without_kubectl_the_program_explains_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(KUBECONFIG)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "kubectl is not on PATH" in refusal(kubeconfig=str(file)), "plain pulumi needs it too"


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("error: You must be logged in to the server (Unauthorized)", "credentials are wrong or have expired"),
        ("Unable to connect to the server: x509: certificate signed by unknown authority", "another authority"),
        (
            "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?",
            "not answer",
        ),
        (
            "Unable to connect to the server: getting credentials: exec: executable gke not found",
            "is reached by a prog",
        ),
    ],
)
def test_a_cluster_that_does_not_let_the_user_in_is_told_from_one_that_is_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, meaning: str
) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(KUBECONFIG)
    scripted(tmp_path, {"/readyz": (1, "", f"{words}\n")})
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    found = refusal(kubeconfig=str(file))
    assert meaning in found, "the reason"
    assert words in found, "in kubectl's own words too"
    assert "nothing was changed" in found, "and what became of the rest"
