"""Made-up measurements, by which claims are judged without solving anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from optkit.reproduction.engine import (
    Claim,
    Context,
    Settings,
    Verdict,
)
from optkit.reproduction.engine.measurements import Measurement, Measurements, Setting

DRAWS = 20


Value = float | Callable[[Setting, int], float]
"""A number, or one for each setting and draw."""


def study(
    settings: Iterable[Setting], methods: Mapping[str, Mapping[str, Value]]
) -> Measurements:
    """Return runs of every method on every draw.

    Parameters
    ----------
    settings
        The settings.
    methods
        By method: its quantities; the bound is 1 unless it is given.
    """

    def number(value: Value, setting: Setting, draw: int) -> float:
        return float(value(setting, draw) if callable(value) else value)

    return Measurements(
        Measurement(
            setting,
            method,
            draw,
            {
                name: number(value, setting, draw)
                for name, value in {"bound": 1.0, **quantities}.items()
            },
        )
        for setting in settings
        for draw in range(DRAWS)
        for method, quantities in methods.items()
    )


HOLDS, FAILS, IN_PART = Verdict.HOLDS, Verdict.FAILS, Verdict.IN_PART


def verdicts(claims: tuple[Claim, ...]) -> list[Verdict]:
    """Return the verdicts of claims."""
    for claim in claims:
        parts = (claim.statement, claim.paper, claim.measured, claim.reason)
        assert all(part.strip().endswith((".", ")")) for part in parts), claim
    return [claim.verdict for claim in claims]


def quick_context(name: str = "test", repetitions: int = 1, seed: int = 0) -> Context:
    """Return the context of a quick run."""
    return Context(name, Settings(seed=seed, quick=True), repetitions)
