"""DEAP's own code, drawing from our generator."""

from __future__ import annotations

import inspect
import random
import statistics

import numpy as np
import pytest

from optkit.search.deap_isolation import NumpyRandom, isolated


def test_copy_runs_deaps_code_on_our_generator() -> None:
    """A copy has the same source as DEAP's, and draws nothing from shared state."""
    from deap.tools import crossover

    copy = isolated("deap.tools.crossover", NumpyRandom(np.random.default_rng(5)))
    assert inspect.getsource(copy.cxUniform) == inspect.getsource(crossover.cxUniform)
    assert copy.cxUniform is not crossover.cxUniform
    assert crossover.random is random
    before = random.getstate()
    first, other = copy.cxUniform(list("aaaaaaaa"), list("bbbbbbbb"), 0.5)
    assert random.getstate() == before
    again = isolated("deap.tools.crossover", NumpyRandom(np.random.default_rng(5)))
    assert again.cxUniform(list("aaaaaaaa"), list("bbbbbbbb"), 0.5) == (first, other)
    assert set(first) == {"a", "b"}


def test_numpy_random_is_a_sound_random() -> None:
    """Floats, integers and choices have the right distributions."""
    source = NumpyRandom(np.random.default_rng(0))
    floats = [source.random() for _ in range(4000)]
    assert statistics.mean(floats) == pytest.approx(0.5, abs=0.02)
    assert min(floats) >= 0.0
    assert max(floats) < 1.0
    for k in (1, 7, 53, 54, 64, 100):
        numbers = [source.getrandbits(k) for _ in range(2000)]
        assert 0 <= min(numbers) <= max(numbers) < 2**k
        mean = statistics.mean(numbers) / 2.0**k
        assert mean == pytest.approx(0.5 - 0.5 * 2.0**-k, abs=0.04)
    counts = [source.randrange(3) for _ in range(3000)]
    assert [counts.count(n) / 3000 for n in range(3)] == pytest.approx(
        [1 / 3] * 3, abs=0.04
    )
    assert sorted(source.sample(range(9), 9)) == list(range(9))


def test_modules_without_shared_random_are_refused() -> None:
    """A module that does not use the shared `random` is refused."""
    source = NumpyRandom(np.random.default_rng(0))
    with pytest.raises(ImportError, match="no module"):
        isolated("deap.no_such_module", source)
    with pytest.raises(ImportError, match="does not draw"):
        isolated("deap.base", source)
