"""What Figure 3's claims are judged by, and what is said where nothing can be run."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.core.arrays import Floats
from optkit.reproduction.engine import Claim, Context, Settings, Verdict
from optkit.reproduction.engine.measurements import Measurement, Measurements
from optkit.reproduction.sync import notification, notifying
from optkit.reproduction.sync.notification_claims import (
    balance,
    claims,
    largest_fall,
    reached,
)
from optkit.reproduction.sync.notification_study import CLAIRVOYANT, RENT, RULES, Study
from optkit.reproduction.sync.series import DATA

HOLDS, IN_PART, FAILS = Verdict.HOLDS, Verdict.IN_PART, Verdict.FAILS

UPDATES = (5, 10, 15, 20)
QUICKLY = np.array([-300.0, -190.0, -181.0, -180.0])
SLOWLY = np.array([-300.0, -250.0, -290.0, -200.0])


def study(mappo: float, maa2c: float, curves: tuple[Floats, Floats]) -> Study:
    """Return a study in which losses, ages, errors and costs are in proportion."""
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
    """Return the verdicts on what can be tested."""
    return [claim.verdict for claim in found if claim.verdict != Verdict.UNTESTED]


def test_verdicts_follow_the_measurements() -> None:
    """Protects the verdicts: other data, other verdicts, for every claim."""
    assert judged(claims(study(180.0, 220.0, (QUICKLY, SLOWLY)))) == [HOLDS] * 8
    assert judged(claims(study(280.0, 260.0, (SLOWLY, QUICKLY)))) == [FAILS] * 8
    # Better than the rules, and worse than the other method.
    mixed = judged(claims(study(230.0, 220.0, (QUICKLY, QUICKLY))))
    assert mixed == [FAILS, FAILS, FAILS, HOLDS, HOLDS, IN_PART, IN_PART, FAILS]


def test_speed_is_the_way_to_the_better_end_of_both() -> None:
    """Protects the measure of speed: who plateaus low does not converge early."""
    low = np.array([[-300.0, -290.0, -290.0, -290.0]])
    updates = np.array(UPDATES, dtype=float)
    assert reached(QUICKLY[None], low, updates).tolist() == [10.0]
    assert reached(low, QUICKLY[None], updates).tolist() == [20.0]


def test_falls_are_counted_from_what_was_reached() -> None:
    """Protects the measure of stability: rises, however steep, are not falls."""
    assert largest_fall(np.array([QUICKLY, SLOWLY])).tolist() == [0.0, 40.0]


def test_balance_takes_the_worse_of_age_and_error() -> None:
    """Protects the measure of balance: excelling at one quantity alone does not help."""
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


def nothing_run(found: tuple[Claim, ...], remedy: str) -> None:
    """Assert that no claim is judged, and that what can be run is told how."""
    assert {claim.verdict for claim in found} == {Verdict.UNTESTED}
    assert sum(remedy in claim.reason for claim in found) == 8


def test_without_jax_nothing_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects users without the extra: no failure, and the remedy is named."""
    monkeypatch.setattr(notifying, "find_spec", lambda name: None)
    context = Context("sync/fig-3", Settings(), repetitions=1)
    nothing_run(notification.run(context).claims, "optkit[rl]")


def test_without_the_trace_nothing_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects users without public data: no failure, and the remedy is named."""
    monkeypatch.delenv(DATA, raising=False)
    context = Context("sync/fig-3-alibaba", Settings(quick=True), repetitions=1)
    nothing_run(notification.run_on_trace(context).claims, DATA)


def test_policies_are_trained_and_then_scored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects the full path: the policies that are scored are those that were trained."""
    given: dict[str, str] = {}

    def scored(_: object, __: object, name: str, options: dict[str, str]) -> object:
        if name in notification_study.LEARNED:
            given[name] = options["checkpoint"]
        return dict.fromkeys(notification.QUANTITIES, -1.0)

    def trained(*told: object) -> list[tuple[int, float]]:
        method, repetition = told[2], told[4]
        return [(5, -300.0), (10, -200.0 - len(str(method)) - int(str(repetition)))]

    monkeypatch.setattr(notifying, "_scored", scored)
    monkeypatch.setattr(notifying, "_trained", trained)
    context = Context("sync/fig-3", Settings(), repetitions=2)
    found = notification_study.study(
        context, notification_study.drawn(context, notification_study.QUICK), "a"
    )
    assert set(given) == {"mappo", "maa2c"}
    assert all(path.endswith(f"{name}/checkpoint.npz") for name, path in given.items())
    assert found.curves["maa2c"].tolist() == [[-300.0, -205.0], [-300.0, -206.0]]
    assert found.updates == [5, 10]


def test_quick_run_has_every_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects the path of CI: rules tuned, all scored by the checker, drawn; no JAX."""
    monkeypatch.setattr(notifying, "SCORED_INSTANCES", 1)
    monkeypatch.setattr(notifying, "find_spec", lambda name: None)
    context = Context("sync/fig-3", Settings(quick=True), repetitions=1)
    found = notification.run(context)
    assert len(found.claims) == 10
    rows = found.tables["fig-3"].rows
    assert [row[0] for row in rows] == [
        one.label for one in notification.LOOKS.values()
    ]
    gaps = {str(row[0]): float(str(row[-1])) for row in rows}
    assert gaps["clairvoyant"] == 0.0
    assert min(gaps.values()) >= 0.0
    assert all(picture.draw().axes for picture in found.pictures)
