"""DEAP's operators, drawing from a generator of our own.

DEAP draws from Python's module-wide ``random``, which all threads and libraries share:
seeding it would disturb them, and they would disturb us. So DEAP's modules are executed a
second time under a private name, and ``random`` in these copies is our generator. The code
is DEAP's, unchanged; the randomness is not shared.
"""

from __future__ import annotations

import importlib.util
import random
from types import ModuleType

import numpy as np


class NumpyRandom(random.Random):
    """Python's ``random.Random`` on a numpy generator.

    ``random.Random`` derives all its methods from the two below, and is documented to be
    extended this way.

    Parameters
    ----------
    rng
        The numpy generator to draw from.
    """

    def __new__(cls, rng: np.random.Generator) -> NumpyRandom:
        """Create the object; the parent class would take ``rng`` for a seed."""
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
        The generator that the copy draws from.

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
