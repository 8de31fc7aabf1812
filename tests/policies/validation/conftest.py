"""Kubernetes' validation, where it is built."""

import pytest

from tests.policies.validation import kubernetes


@pytest.fixture(scope="session")
def validation() -> None:
    """Skip where there is no Go toolchain."""
    if not kubernetes.program().exists():
        pytest.skip("needs go: Kubernetes' validation is not built, run `make oracles` with go on the PATH")
