"""What the dispatch paper's claims are judged by: other data, other verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pytest

from optkit.reproduction.dispatch import base_case, latency, load
from optkit.reproduction.dispatch.compare import change, extremes, signed
from optkit.reproduction.dispatch.figure import Figure
from optkit.reproduction.dispatch.runs import (
    BOUND,
    CLAIRVOYANT,
    LOOKS,
    RELEASED,
    Study,
)
from optkit.reproduction.engine import Verdict
from optkit.reproduction.engine.measurements import Measurement, Measurements

HOLDS, IN_PART, FAILS = Verdict.HOLDS, Verdict.IN_PART, Verdict.FAILS
PATHS, INTERVALS = 6, 10

Cost = Callable[[float, str], float]


def made(
    places: Iterable[float | str],
    cost: Cost,
    drops: Callable[[str], float] = lambda _: 0.0,
) -> Study:
    """Return a study in which costs, times and numbers of jobs are as given, and vary.

    Policies vary in step by path, as paired ones do, and a little on their own.
    """
    rng = np.random.default_rng(0)
    runs, series = [], {}
    for place in places:
        for method in (*LOOKS, CLAIRVOYANT, RELEASED):
            level = cost(place if isinstance(place, float) else 0.0, method)
            own = level * rng.uniform(0.999, 1.001, PATHS)
            rows = own * np.linspace(0.5, 1.5, PATHS)
            series[place, method] = np.round(
                100 * rows[:, None] * np.ones(INTERVALS)
            ).astype(np.int64)
            runs += [
                Measurement(
                    place,
                    method,
                    k,
                    {"cost": x, "response": x, "drops": drops(method), "jobs": x},
                )
                for k, x in enumerate(rows)
            ]
        runs += [Measurement(place, BOUND, k, {"cost": 1.0}) for k in range(PATHS)]
    return Study(Measurements(runs), series)


def verdicts(figure: Figure, study: Study) -> list[Verdict]:
    """Return the verdicts on a figure's statements."""
    return [statement.judged(study).verdict for statement in figure.statements]


def costs(**levels: float) -> Cost:
    """Return costs by policy, 10 where none is given."""
    return lambda _, method: levels.get(method.replace("-", "_"), 10.0)


def test_base_case() -> None:
    """Figs. 2 and 3: a policy ahead of all holds, one behind all does not."""
    ahead = made(
        ["base"], costs(mdp=7.0), lambda name: 3.0 if name == "selfish" else 0.0
    )
    assert verdicts(base_case.FIGURE, ahead) == [HOLDS] * 6
    behind = made(["base"], costs(mdp=12.0), lambda name: 3.0 if name == "mdp" else 0.0)
    assert verdicts(base_case.FIGURE, behind) == [FAILS] * 6


def test_base_case_in_part() -> None:
    """Ahead of Random alone is part of each claim about all three benchmarks."""
    study = made(["base"], costs(random=20.0, mdp=10.5))
    assert verdicts(base_case.FIGURE, study) == [
        *[IN_PART] * 3,
        HOLDS,
        FAILS,
        IN_PART,
    ]


def test_latency() -> None:
    """Fig. 4: a Queue-aware that overtakes Random as signals slow down is the paper's."""
    places = [float(slots) for slots in latency.LATENCIES]

    def paper(place: float, method: str) -> float:
        return {"queue-aware": 9.5 + 0.05 * place, "mdp": 5.0}.get(method, 10.0)

    assert verdicts(latency.FIGURE, made(places, paper)) == [HOLDS] * 5

    def ours(place: float, method: str) -> float:
        return {"queue-aware": 4.0, "mdp": 4.5 + 0.05 * place}.get(method, 10.0)

    found = verdicts(latency.FIGURE, made(places, ours))
    assert found[1:] == [IN_PART, FAILS, IN_PART, FAILS]


@pytest.mark.parametrize(
    ("figure", "sign"), [(load.ARRIVALS, -1.0), (load.SERVICE, 1.0)]
)
def test_load(figure: Figure, sign: float) -> None:
    """Figs. 5 and 6: growing costs and gains hold on either axis; their reverse fails."""
    places = [float(place) for place in figure.settings]
    heavy = max(sign * place for place in places)

    def growing(place: float, method: str) -> float:
        level = 100.0 + 20.0 * (sign * place - heavy)
        return level - (8.0 if sign * place == heavy else 1.0) * (method == "mdp")

    assert verdicts(figure, made(places, growing)) == [HOLDS] * 3

    def behind(place: float, method: str) -> float:
        level = 100.0 + 20.0 * (sign * place - heavy)
        return level * (1.2 if sign * place == heavy else 1.1) ** (method == "mdp")

    assert verdicts(figure, made(places, behind)) == [HOLDS, FAILS, FAILS]
    flat = made(places, lambda place, method: 10.0 + (method == "mdp"))
    assert verdicts(figure, flat)[0] is not HOLDS


def test_changes_are_paired() -> None:
    """Between policies that vary in step, a small difference is certain."""
    study = made([1.0, 2.0], costs(mdp=9.8))
    found = change(study.data, "cost", 1.0, "mdp", "selfish")
    assert found.low < 9.8 / 10.0 - 1.0 + 1e-3 < found.high + 2e-3
    assert found.high < 0.0
    assert signed(found).startswith("−2.0 % (−2.")
    words = extremes([2.0, 1.0], [found, found], lambda place: f"at {place:g}")
    assert words.count("−2.0 %") == 2


def test_untested_statements_say_why() -> None:
    """What cannot be judged is no verdict on the paper, and carries the reason."""
    for figure in (base_case.FIGURE, latency.FIGURE, load.ARRIVALS, load.SERVICE):
        for statement in figure.statements:
            claim = statement.untested("no trace")
            assert claim.verdict is Verdict.UNTESTED
            assert claim.reason == "no trace"
            assert claim.statement == statement.words
