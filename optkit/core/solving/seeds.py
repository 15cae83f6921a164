"""Random numbers: every run has one seed, and every purpose a stream of its own.

A random stream is named by its purpose (instance, solver, repetition, role). Streams with
different names are independent. The same name gives the same stream, whatever other
streams were used before, on one worker or on many.
"""

from __future__ import annotations

import hashlib

import numpy as np

from optkit.core.errors import UsageError


def check_seed(seed: object) -> int:
    """Return ``seed`` if it is valid.

    Raises
    ------
    UsageError
        If it is not a non-negative whole number.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise UsageError(f"seed: {seed!r} is not a non-negative whole number.")
    return seed


def sequence(seed: int, *axes: str | int) -> np.random.SeedSequence:
    """Return the seed sequence of one named stream.

    Parameters
    ----------
    seed
        The main seed, a non-negative integer.
    axes
        The parts of the stream's name, from the most general to the most specific.

    Examples
    --------
    >>> a = sequence(0, "solver", "ga").generate_state(1)
    >>> b = sequence(0, "solver", "ga").generate_state(1)
    >>> bool(a == b)
    True
    """
    # A digest is the spawn key, because Python's hash() changes between processes.
    label = "\x1f".join(f"{type(axis).__name__}:{axis}" for axis in axes)
    digest = hashlib.sha256(label.encode()).digest()
    key = tuple(int.from_bytes(digest[i : i + 4], "big") for i in range(0, 16, 4))
    return np.random.SeedSequence(seed, spawn_key=key)


def generator(seed: int, *axes: str | int) -> np.random.Generator:
    """Return a random generator on one named stream; see :func:`sequence`."""
    return np.random.Generator(np.random.PCG64(sequence(seed, *axes)))
