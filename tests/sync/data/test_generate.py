from __future__ import annotations

import numpy as np
import pytest

import optkit
from optkit.core.errors import InvalidFileError, UsageError
from optkit.sync.instance import SyncInstance


def _made(**options: object) -> SyncInstance:
    instance = optkit.generate("sync", **options)  # type: ignore[arg-type]
    assert isinstance(instance, SyncInstance)
    return instance


def _loads(instance: SyncInstance) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([device.load_percent for device in instance.devices])


def test_defaults_are_the_papers_system() -> None:
    """The defaults are five devices and five routers in a full mesh."""
    instance = _made(seed=1)
    assert (len(instance.devices), len(instance.routers)) == (5, 5)
    pairs = {(link.source, link.target) for link in instance.links}
    assert pairs == {(p, q) for p in instance.routers for q in instance.routers} - {
        (p, p) for p in instance.routers
    }
    assert {device.router for device in instance.devices} == set(instance.routers)
    hops = {(link.source, link.target): link.hops for link in instance.links}
    assert all(hops[q, p] == count for (p, q), count in hops.items())
    assert set(hops.values()) == {1, 2, 3}
    assert instance.provenance.startswith("optkit generate sync, seed 1,")


def test_the_seed_decides_and_nothing_else() -> None:
    """The same seed gives the same instance, and more devices do not change the others."""
    assert _made(seed=4) == _made(seed=4)
    assert _made(seed=4).sha256 != _made(seed=5).sha256
    more = _made(seed=4, devices=6)
    assert more.devices[:5] == _made(seed=4).devices


def test_autoregressive_loads_are_what_they_say() -> None:
    """Autoregressive loads have the deviation and correlation that were asked for."""
    instance = _made(
        seed=2,
        load="autoregressive",
        persistence=0.9,
        deviation=4.0,
        slots=20_000,
        devices=3,
    )
    for series in _loads(instance):
        assert series.std() == pytest.approx(4.0, rel=0.1)
        assert np.corrcoef(series[1:], series[:-1])[0, 1] == pytest.approx(
            0.9, abs=0.02
        )


def test_bursts_are_bursts() -> None:
    """Loads with bursts are mostly still, sometimes far away, and always valid."""
    calm, bursty = _made(seed=3, bursts=0.0), _made(seed=3, slots=3000)
    steps = np.abs(np.diff(_loads(bursty), axis=1))
    assert np.median(steps) < 1.0 < 5.0 < np.quantile(steps, 0.99)
    moved = np.abs(np.diff(_loads(calm), axis=1)) > 3.0
    assert moved.mean() < 0.05
    assert _loads(bursty).min() >= 0.0
    assert _loads(bursty).max() <= 100.0


def test_routers_without_devices_have_nothing_to_tell() -> None:
    """Routers without devices are no sources of links."""
    instance = _made(seed=1, routers=4, devices=2, slots=10)
    assert {link.source for link in instance.links} == {"r0", "r1"}
    assert {link.target for link in instance.links} == {"r0", "r1", "r2", "r3"}


def test_options_that_contradict_each_other_are_refused() -> None:
    """Limits that cannot be kept, and options out of range, are refused."""
    with pytest.raises(InvalidFileError, match="max_device_age"):
        _made(seed=1, transmit=20, max_device_age=5.0)
    with pytest.raises(UsageError, match="persistence"):
        _made(seed=1, persistence=1.0)
