"""Generated and recorded arrivals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from optkit.reproduction.dispatch import (
    arrivals,
)
from optkit.reproduction.dispatch.arrivals import Scenario
from optkit.reproduction.engine import (
    Context,
    Settings,
    data_sets,
)
from tests.reproduction.dispatch.cases import quick_context


def test_settings_share_network_and_path() -> None:
    """A repetition has one network in all scenarios, and the same jobs at all latencies."""
    one, late, slow, other = (
        arrivals.generated(quick_context(), repetition, setting)
        for repetition, setting in (
            (0, Scenario(latency=1)),
            (0, Scenario(latency=24)),
            (0, Scenario(service=2.0)),
            (1, Scenario(latency=1)),
        )
    )
    assert one.jobs == late.jobs != other.jobs
    assert one.upload_pmf == slow.upload_pmf != other.upload_pmf
    assert one.signal_latency_pmf != late.signal_latency_pmf
    assert one.drop_penalty == 0.0
    assert np.mean(slow.mean_service_slots) > 1.5 * np.mean(one.mean_service_slots)


def test_recorded_arrivals_are_stretched(trace: Path) -> None:
    """A longer arrival interval thins out the same trace; repetitions start elsewhere."""
    source = arrivals.recorded()
    assert not isinstance(source, str)
    dense, thin = (
        len(source(quick_context(), 0, Scenario(stretch=k)).jobs.slot)
        for k in (1.0, 4.0)
    )
    assert dense == pytest.approx(4 * thin, rel=0.25)
    pair = quick_context(repetitions=2)
    first, second = (source(pair, k, Scenario()).provenance for k in (0, 1))
    assert '"begin_seconds":9000.0' in second
    assert "begin_seconds" not in first


def test_public_trace(
    public_data: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real trace is long enough for every path of the densest scenario."""
    monkeypatch.setenv(data_sets.VARIABLE, str(public_data(str(arrivals.TRACE))))
    source = arrivals.recorded()
    assert not isinstance(source, str)
    full = Context("test", Settings(), 20)
    drawn = source(full, 19, Scenario(stretch=1.0))
    assert drawn.intervals == arrivals.INTERVALS
    assert len(drawn.jobs.slot) > 5000
