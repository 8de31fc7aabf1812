"""A validation error becomes a problem in plain words: what is wrong, and the remedy."""

from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from quadrant_platform.documents.schema_errors import explain


class Shelf(BaseModel):
    """A model that has nothing to do with systems."""

    model_config = ConfigDict(extra="forbid")
    size: int = Field(ge=1, strict=True)
    kind: Literal["open", "closed"] = "open"
    labels: dict[str, str] = {}
    places: int | list[int] = 1


def problems(data: dict[str, Any]) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        Shelf.model_validate(data)
    return [str(problem) for problem in explain(caught.value, Shelf, data)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"size": 1, "kindd": "open"}, "kindd: unknown key 'kindd'; did you mean 'kind'?"),
        ({}, "size: 'size' is missing, and there is no default for it; add `size: …`"),
        ({"size": 0}, "size: 0 is below 1; use at least 1"),
        ({"size": "2"}, "size: expected a whole number, found '2', text; remove the quotes"),
        ({"size": 1, "kind": "opn"}, "kind: 'opn' is not a value that is allowed here; did you mean 'open'? use"),
        ({"size": 1, "labels": {"a": 1}}, "labels.a: expected text, found the number 1; write it in quotes"),
    ],
    ids=["unknown", "missing", "bound", "quoted", "choice", "number"],
)
def test_an_error_names_its_key_the_reason_and_the_remedy(data: dict[str, Any], expected: str) -> None:
    assert problems(data)[0].startswith(expected), "any model gets the same words"
