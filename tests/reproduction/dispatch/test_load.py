"""Claims on Figs. 5 and 6."""

from __future__ import annotations

import pytest

from optkit.reproduction.dispatch import load
from optkit.reproduction.dispatch.figure import Figure
from tests.reproduction.dispatch.cases import (
    FAILS,
    HOLDS,
    IN_PART,
    made_up_study,
    verdicts,
)


@pytest.mark.parametrize(
    ("figure", "sign"), [(load.ARRIVALS, -1.0), (load.SERVICE, 1.0)]
)
def test_load(figure: Figure, sign: float) -> None:
    """Claims on Figs. 5 and 6 hold for costs and gains that grow with the load."""
    places = [float(place) for place in figure.settings]
    heavy = max(sign * place for place in places)

    def growing(place: float, method: str) -> float:
        level = 100.0 + 20.0 * (sign * place - heavy)
        return level - (8.0 if sign * place == heavy else 1.0) * (method == "mdp")

    assert verdicts(figure, made_up_study(places, growing)) == [HOLDS] * 3

    def behind(place: float, method: str) -> float:
        level = 100.0 + 20.0 * (sign * place - heavy)
        return level * (1.2 if sign * place == heavy else 1.1) ** (method == "mdp")

    assert verdicts(figure, made_up_study(places, behind)) == [HOLDS, FAILS, FAILS]
    flat = made_up_study(places, lambda place, method: 10.0 + (method == "mdp"))
    assert verdicts(figure, flat)[0] is IN_PART
