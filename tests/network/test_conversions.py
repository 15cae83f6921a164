"""Units: every conversion against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.network.conversions import (
    great_circle_km,
    moved,
    payload_per_slot,
    plane_km,
    service_slots,
    slots,
    transfer_seconds,
)


def test_transfer() -> None:
    """12 kbit at 1 Gbit/s take 12 µs, at 0.001 Gbit/s 12 ms; latency comes on top."""
    assert transfer_seconds(12.0, 1.0, 0.0) == pytest.approx(12e-6)
    assert transfer_seconds(12.0, 0.001, 0.003) == pytest.approx(0.015)


def test_slots_and_payload() -> None:
    """50 ms are 2.5 slots of 20 ms; a payload of 2 in 4 slots goes at 0.5 per slot."""
    assert slots(0.05, 0.02) == pytest.approx(2.5)
    assert payload_per_slot(2.0, 4.0) == 0.5


def test_service() -> None:
    """2 Gcycles at 4 GHz take 0.5 s, 50 slots of 10 ms; no service takes less than one."""
    assert service_slots(2.0, 4.0, 0.01) == pytest.approx(50.0)
    assert service_slots(0.001, 10.0, 1.0) == 1.0


def test_distances() -> None:
    """A degree of latitude is 111.195 km; at 60 degrees, one of longitude is half of it.

    A quarter of a great circle is 6371.0088 π / 2 = 10007.557 km.
    """
    km = great_circle_km(np.array([[0.0, 0.0], [0.0, 1.0], [90.0, 0.0]]))
    assert km[0, 1] == pytest.approx(111.195, abs=1e-3)
    assert km[0, 2] == pytest.approx(10007.557, abs=1e-3)
    north = great_circle_km(np.array([[0.0, 60.0], [0.1, 60.0]]))
    assert north[0, 1] == pytest.approx(5.5597, abs=1e-3)
    assert plane_km(np.array([[0.0, 0.0], [3.0, 4.0]]))[0, 1] == 5.0


def test_steps() -> None:
    """A step of 111.195 km to the north is a degree; to the east it is more, up there."""
    steps = np.array([[0.0, 111.195], [111.195, 0.0]])
    places = moved(np.array([[8.0, 47.0], [179.5, 60.0]]), steps, True)
    assert places[0] == pytest.approx([8.0, 48.0], abs=1e-4)
    assert places[1] == pytest.approx([-178.5, 60.0], abs=1e-3)
    assert (moved(np.zeros((2, 2)), steps, False) == steps).all()
