"""A rendered object is one file, named in the order of application, that every reader takes alike."""

from typing import Any

import pytest
import yaml

from quadrant_platform.program.recorder import record
from quadrant_platform.program.rendering import files, write
from tests.commands.running import CONFIG, SAMPLE


def test_what_is_applied_first_has_the_lowest_number() -> None:
    names = list(files(record(CONFIG, "dev", SAMPLE).manifests()))
    kinds = [name.split("-")[1] for name in names]
    assert kinds[:2] == ["namespace", "namespace"], "nothing fits into a namespace that is not there"
    assert kinds.index("networkpolicy") < kinds.index("deployment"), "no pod starts before its isolation"
    assert names.index("029-networkpolicy-sample-backend-default-deny.yaml") == 2, "all is denied before any is allowed"
    assert names == sorted(names), "kubectl applies a folder by name"


def test_a_file_holds_its_object_unchanged() -> None:
    manifests = record(CONFIG, "dev", SAMPLE).manifests()
    read = [yaml.safe_load(text) for text in files(manifests).values()]
    assert len(read) == len(manifests), "one file an object"
    assert [manifest for manifest in manifests if manifest not in read] == [], "YAML loses nothing"


@pytest.mark.parametrize("text", ["1e3", "0x1F", "0o17", "y", "no", "12:30", "2024-01-01", ".5", "1_000", "null", "~"])
def test_text_stays_text_for_every_reader(text: str) -> None:
    written = write({"kind": "ConfigMap", "data": {"key": text}})
    assert f"'{text}'" in written, "a reader of YAML 1.1 or 1.2 could take it for something else"


def test_long_text_is_written_as_lines() -> None:
    assert "key: |\n    one\n    two\n" in write({"data": {"key": "one\ntwo\n"}}), "scripts can be reviewed"


def test_what_an_object_is_comes_first() -> None:
    text = write({"data": {}, "metadata": {"name": "n"}, "kind": "ConfigMap", "apiVersion": "v1", "binaryData": {}})
    keys = [line.split(":")[0] for line in text.splitlines() if not line.startswith(" ")]
    assert keys == ["apiVersion", "kind", "metadata", "binaryData", "data"], "the rest follows by name"


def test_repeated_values_are_written_out() -> None:
    labels = {"app": "x"}
    assert "&" not in write({"a": labels, "b": labels}), "anchors make files hard to compare"


def test_names_that_coincide_stay_distinct() -> None:
    def service(namespace: str, name: str) -> dict[str, Any]:
        return {"apiVersion": "v1", "kind": "Service", "metadata": {"namespace": namespace, "name": name}}

    assert len(files([service("a", "b-c"), service("a-b", "c")])) == 2, "no object is lost"
