"""What a domain type makes of a value."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError


def refused(domain: TypeAdapter[Any], value: object) -> str:
    with pytest.raises(ValidationError) as caught:
        domain.validate_python(value)
    return str(caught.value.errors()[0]["msg"])


def accepted(domain: TypeAdapter[Any], value: object) -> bool:
    try:
        domain.validate_python(value)
    except ValidationError:
        return False
    return True
