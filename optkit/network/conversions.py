"""Conversions of units between networks and families.

A network has Gbit/s, GHz and seconds. Families count in slots, in units of payload, and in
jobs. Whatever turns one into the other stands here.
"""

from __future__ import annotations

KBIT_PER_GBIT = 1e6


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
