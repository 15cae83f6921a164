"""Made-up cycles, for judging claims without solving anything, and a quick context."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from optkit.reproduction.discovery.cycles import Cycles
from optkit.reproduction.engine import Claim, Context, Settings, Verdict

HOLDS, IN_PART, FAILS = Verdict.HOLDS, Verdict.IN_PART, Verdict.FAILS


COUNT, RUNS = 20, 6


def verdicts(claims: Iterable[Claim]) -> list[Verdict]:
    """Return the verdicts of claims."""
    return [claim.verdict for claim in claims]


def run_of_cycles(seed: int, **changed: Any) -> Cycles:
    """Return a run: energy rises from cycle to cycle, agent mode and time fall."""
    wobble = np.random.default_rng(seed).uniform(0.0, 0.1, COUNT)
    place = np.arange(COUNT) + wobble
    figures: dict[str, Any] = {
        "energy": 100.0 + 20.0 * place,
        "time": 50.0 - place,
        "nodes": np.full(COUNT, 50.0) + np.arange(COUNT) % 3,
        "agents": 40.0 - 1.5 * np.arange(COUNT),
        "connected": np.full(COUNT, 45.0),
        "accuracy_agent": np.linspace(0.9, 0.5, COUNT),
        "accuracy_self": np.linspace(0.4, 0.02, COUNT),
    }
    figures |= changed
    for name in ("energy", "time"):
        figures.setdefault(f"{name}_agent", 0.4 * figures[name])
        figures.setdefault(f"{name}_self", figures[name] - figures[f"{name}_agent"])
    return Cycles(**figures)


def runs(settings: Iterable[float] = (0.2, 0.7), **changed: Any) -> Any:
    """Return runs of every setting."""
    return {s: [run_of_cycles(k, **changed) for k in range(RUNS)] for s in settings}


def quick_context(name: str = "test", seed: int = 0) -> Context:
    """Return the context of a quick run."""
    return Context(name, Settings(seed=seed, quick=True), 1)
