"""What is wrong with a field, as the API server would refuse it."""

from dataclasses import dataclass
from enum import StrEnum


class ErrorKind(StrEnum):
    """The way in which a value is wrong, by the API's own words."""

    REQUIRED = "required"
    INVALID = "invalid"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "notFound"
    DUPLICATE = "duplicate"
    NOT_SUPPORTED = "notSupported"
    TOO_LONG = "tooLong"
    TOO_MANY = "tooMany"
    TYPE = "typeInvalid"
    NO_FIELD = "unknownField"


@dataclass(frozen=True)
class FieldError:
    """A field that the API server refuses. The path is written as Kubernetes writes it.

    One that follows from another error of the object goes when that one is mended.
    """

    path: str
    kind: ErrorKind
    words: str
    follows: bool = False

    def __str__(self) -> str:
        """Return where and what, in a line."""
        return f"{self.path}: {self.words}"
