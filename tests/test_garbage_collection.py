"""Collection is put off for a while, and comes back."""

from __future__ import annotations

import gc

import pytest

from quadrant_platform.garbage_collection import collection_paused


def test_nothing_is_collected_while_structures_grow() -> None:
    with collection_paused():
        assert not gc.isenabled(), "a collection would walk what is being built"
    assert gc.isenabled(), "afterwards it goes on as before"


def test_collection_comes_back_after_an_error() -> None:
    with pytest.raises(ValueError, match="bad file"), collection_paused():
        raise ValueError("bad file")
    assert gc.isenabled(), "an error does not leave it off"


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with collection_paused():
            pass
        assert not gc.isenabled(), "whoever switched it off switches it on again"
    finally:
        gc.enable()
