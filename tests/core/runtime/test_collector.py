"""The garbage collector is paused for a block only."""

from __future__ import annotations

import gc

import pytest

from optkit.core.runtime.collector import paused_collector


def test_the_collector_pauses_for_the_block_and_is_as_before_after_it() -> None:
    """It does not run inside, and runs again after it, also after an error."""
    assert gc.isenabled()
    with paused_collector():
        assert not gc.isenabled()
        with paused_collector():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError, match="inside"), paused_collector():
        raise ValueError("inside")
    assert gc.isenabled()
