"""Conversions of units between networks and families.

A network has Gbit/s, GHz, seconds and degrees. Families count in slots, in units of
payload, in jobs and in km. Whatever turns one into the other stands here.
"""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Floats

KBIT_PER_GBIT = 1e6

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""

KM_PER_DEGREE = EARTH_RADIUS_KM * np.pi / 180.0
"""Length of a degree of latitude, and of longitude at the equator: 111.195 km."""


def transfer_seconds(size_kbit: float, gbps: float, latency_s: float) -> float:
    """Return how long a message takes: its size over the rate, and the latency.

    Parameters
    ----------
    size_kbit
        Size of the message, kbit.
    gbps
        Rate of the path, Gbit/s: the smallest of its links.
    latency_s
        Latency of the path, s: the sum over its links.

    Examples
    --------
    8 kbit at 0.01 Gbit/s take 8e3 / 1e7 = 0.0008 s; with 2 ms of latency, 0.0028 s:

    >>> round(transfer_seconds(8.0, 0.01, 0.002), 12)
    0.0028
    """
    return size_kbit / KBIT_PER_GBIT / gbps + latency_s


def slots(seconds: float, slot_seconds: float) -> float:
    """Return a time in slots, which need not be whole.

    Examples
    --------
    >>> slots(0.05, 0.02)
    2.5
    """
    return seconds / slot_seconds


def payload_per_slot(payload: float, residence_slots: float) -> float:
    """Return the rate at which a payload takes a residence time.

    Parameters
    ----------
    payload
        Size of a notification in the units of sync's costs.
    residence_slots
        Time from its sending to its arrival, slots.

    Examples
    --------
    A payload of 1 that takes a quarter of a slot goes at 4 per slot:

    >>> payload_per_slot(1.0, 0.25)
    4.0
    """
    return payload / residence_slots


def service_slots(gcycles: float, ghz: float, slot_seconds: float) -> float:
    """Return the mean service time of a job in slots, at least one.

    Parameters
    ----------
    gcycles
        Work of the job, Gcycles.
    ghz
        Speed of the server, Gcycles per second.
    slot_seconds
        Length of a slot, s.

    Examples
    --------
    1.5 Gcycles at 3 GHz take 0.5 s, which is 25 slots of 20 ms:

    >>> service_slots(1.5, 3.0, 0.02)
    25.0
    """
    return max(1.0, slots(gcycles / ghz, slot_seconds))


def great_circle_km(positions: Floats) -> Floats:
    """Return the distances between points on the Earth along its surface, km.

    Parameters
    ----------
    positions
        Longitude and latitude of each, degrees, shape (n, 2).

    Returns
    -------
    array
        Shape (n, n), by the haversine formula.
    """
    longitude, latitude = np.radians(positions).T
    half_up = np.sin((latitude[:, None] - latitude[None, :]) / 2.0)
    half_across = np.sin((longitude[:, None] - longitude[None, :]) / 2.0)
    cosines = np.cos(latitude)
    chord = half_up**2 + cosines[:, None] * cosines[None, :] * half_across**2
    return np.asarray(
        2.0 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
    )


def plane_km(positions: Floats) -> Floats:
    """Return the distances between points in a plane, km, shape (n, n).

    Parameters
    ----------
    positions
        x and y of each, km, shape (n, 2).
    """
    between = positions[:, None, :] - positions[None, :, :]
    return np.asarray(np.sqrt((between**2).sum(axis=2)))


def moved(positions: Floats, steps_km: Floats, geographic: bool) -> Floats:
    """Return positions after steps to the east and to the north, in km.

    Parameters
    ----------
    positions
        Longitude and latitude in degrees, or x and y in km, shape (n, 2).
    steps_km
        Steps to the east and to the north, shape (n, 2).
    geographic
        Whether positions are in degrees.
    """
    if not geographic:
        return np.asarray(positions + steps_km)
    latitude = np.clip(positions[:, 1] + steps_km[:, 1] / KM_PER_DEGREE, -90.0, 90.0)
    narrow = np.maximum(np.cos(np.radians(latitude)), 0.01)
    longitude = positions[:, 0] + steps_km[:, 0] / (KM_PER_DEGREE * narrow)
    wrapped = np.mod(longitude + 180.0, 360.0) - 180.0
    return np.stack([wrapped, latitude], axis=1)
