"""Claims on Fig. 3."""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Floats
from optkit.reproduction.engine import Claim, Verdict
from optkit.reproduction.engine.measurements import Measurement, Measurements
from optkit.reproduction.sync.notification_claims import (
    balance,
    claims,
    largest_fall,
    reached,
)
from optkit.reproduction.sync.notification_study import CLAIRVOYANT, RENT, RULES, Study

HOLDS, IN_PART, FAILS = Verdict.HOLDS, Verdict.IN_PART, Verdict.FAILS


UPDATES = (5, 10, 15, 20)


QUICKLY = np.array([-300.0, -190.0, -181.0, -180.0])


SLOWLY = np.array([-300.0, -250.0, -290.0, -200.0])


def study(mappo: float, maa2c: float, curves: tuple[Floats, Floats]) -> Study:
    """Return a study in which rewards, ages, errors and costs are proportional."""
    losses = {"mappo": mappo, "maa2c": maa2c, RENT: 200.0, CLAIRVOYANT: 150.0}
    losses |= dict.fromkeys(RULES, 250.0)
    runs = [
        Measurement(
            "a",
            name,
            k,
            {
                "reward": -loss * (1 + 0.001 * k),
                "objective": loss * (1 + 0.001 * k),
                **dict.fromkeys(("age", "error", "cost"), loss * (1 + 0.001 * k)),
            },
        )
        for name, loss in losses.items()
        for k in range(5)
    ]
    rows = [np.array([curve + k for k in range(5)]) for curve in curves]
    return Study(
        Measurements(runs),
        dict(zip(("mappo", "maa2c"), rows, strict=True)),
        UPDATES,
        {},
    )


def judged(found: tuple[Claim, ...]) -> list[Verdict]:
    """Return the verdicts on the claims that can be tested."""
    return [claim.verdict for claim in found if claim.verdict != Verdict.UNTESTED]


def test_verdicts_follow_the_measurements() -> None:
    """Every claim holds, or does not, depending on the measurements."""
    assert judged(claims(study(180.0, 220.0, (QUICKLY, SLOWLY)))) == [HOLDS] * 8
    assert judged(claims(study(280.0, 260.0, (SLOWLY, QUICKLY)))) == [FAILS] * 8
    # Better than the rules, and worse than the other method.
    mixed = judged(claims(study(230.0, 220.0, (QUICKLY, QUICKLY))))
    assert mixed == [FAILS, FAILS, FAILS, HOLDS, HOLDS, IN_PART, IN_PART, FAILS]


def test_speed_is_the_way_to_the_better_end_of_both() -> None:
    """A method that plateaus low does not count as converging early."""
    low = np.array([[-300.0, -290.0, -290.0, -290.0]])
    updates = np.array(UPDATES, dtype=float)
    assert reached(QUICKLY[None], low, updates).tolist() == [10.0]
    assert reached(low, QUICKLY[None], updates).tolist() == [20.0]


def test_falls_are_counted_from_what_was_reached() -> None:
    """Only falls below the best return so far count, not rises."""
    assert largest_fall(np.array([QUICKLY, SLOWLY])).tolist() == [0.0, 40.0]


def test_balance_takes_the_worse_of_age_and_error() -> None:
    """Being best at one quantity alone does not help."""
    figures = {"mappo": (2.0, 2.0), "maa2c": (1.0, 6.0), "random": (4.0, 1.0)}
    runs = [
        Measurement("a", name, 0, {"age": age, "error": error})
        for name, (age, error) in figures.items()
    ]
    worst = balance(Study(Measurements(runs), {}, (), {}), figures)
    assert {name: value.tolist() for name, value in worst.items()} == {
        "mappo": [2.0],
        "maa2c": [6.0],
        "random": [4.0],
    }
