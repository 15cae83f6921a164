"""DEAP's operators on a generator of one's own.

DEAP draws from Python's module-wide ``random``, which every thread and library shares.
Seeding it would disturb them and they would disturb us. Here DEAP's modules are executed a
second time under no public name, and the name ``random`` in these copies stands for a
generator of ours: the code is DEAP's to the letter, its randomness is not shared.
"""

from __future__ import annotations

import importlib.util
import random
from types import ModuleType

import numpy as np


class NumpyRandom(random.Random):
    """Python's ``random.Random`` on a numpy generator.

    ``random.Random`` derives all its methods from the two below, and is made to be
    extended so.

    Parameters
    ----------
    rng
        What is drawn from.
    """

    def __new__(cls, rng: np.random.Generator) -> NumpyRandom:
        """Make one; the parent would take ``rng`` for a seed."""
        return super().__new__(cls)

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self.gauss_next = None

    def random(self) -> float:
        """Return a number in [0, 1)."""
        return float(self._rng.random())

    def getrandbits(self, k: int, /) -> int:
        """Return ``k`` random bits."""
        if k <= 53:  # the bits that a float from [0, 1) has; much faster than bytes
            return int(self._rng.random() * 2.0**k)
        whole = int.from_bytes(self._rng.bytes((k + 7) // 8), "little")
        return whole >> (-k % 8)


def isolated(name: str, source: random.Random) -> ModuleType:
    """Return a private copy of a module that draws from ``source``.

    Parameters
    ----------
    name
        Full name of a module that says ``import random``, such as
        ``"deap.tools.selection"``.
    source
        What the copy draws from.

    Raises
    ------
    ImportError
        If there is no such module, or it does not import ``random``.
    """
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ImportError(f"there is no module {name!r} to copy.")
    copy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copy)
    if getattr(copy, "random", None) is not random:
        raise ImportError(f"{name!r} does not draw from a module-wide `random`.")
    copy.random = source  # type: ignore[attr-defined]
    return copy
