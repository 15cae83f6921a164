"""Units: every conversion against numbers worked out by hand."""

from __future__ import annotations

import pytest

from optkit.network.conversions import payload_per_slot, slots, transfer_seconds


def test_transfer() -> None:
    """12 kbit at 1 Gbit/s take 12 µs, at 0.001 Gbit/s 12 ms; latency comes on top."""
    assert transfer_seconds(12.0, 1.0, 0.0) == pytest.approx(12e-6)
    assert transfer_seconds(12.0, 0.001, 0.003) == pytest.approx(0.015)


def test_slots_and_payload() -> None:
    """50 ms are 2.5 slots of 20 ms; a payload of 2 in 4 slots goes at 0.5 per slot."""
    assert slots(0.05, 0.02) == pytest.approx(2.5)
    assert payload_per_slot(2.0, 4.0) == 0.5
