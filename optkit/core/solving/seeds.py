"""Random numbers: one seed a run, spawned by axis.

Every random stream of a study is named by what it is for (instance, solver, repetition,
role). Streams with different names are independent, and the same name gives the same
stream whatever else was drawn before, on one worker or on many.
"""

from __future__ import annotations

import hashlib

import numpy as np

from optkit.core.errors import UsageError


def check_seed(seed: object) -> int:
    """Return ``seed`` if it is one.

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
        Names of the stream, from the most general to the most special.

    Examples
    --------
    >>> a = sequence(0, "solver", "ga").generate_state(1)
    >>> b = sequence(0, "solver", "ga").generate_state(1)
    >>> bool(a == b)
    True
    """
    # The label's digest is the spawn key: Python's own hash() changes between processes.
    label = "\x1f".join(f"{type(axis).__name__}:{axis}" for axis in axes)
    digest = hashlib.sha256(label.encode()).digest()
    key = tuple(int.from_bytes(digest[i : i + 4], "big") for i in range(0, 16, 4))
    return np.random.SeedSequence(seed, spawn_key=key)


def generator(seed: int, *axes: str | int) -> np.random.Generator:
    """Return a generator on the stream named by ``axes``; see :func:`sequence`."""
    return np.random.Generator(np.random.PCG64(sequence(seed, *axes)))
