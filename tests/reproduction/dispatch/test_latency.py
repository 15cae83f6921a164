"""Claims on Fig. 4."""

from __future__ import annotations

from optkit.reproduction.dispatch import latency
from tests.reproduction.dispatch.cases import (
    FAILS,
    HOLDS,
    IN_PART,
    made_up_study,
    verdicts,
)


def test_latency() -> None:
    """Claims on Fig. 4 hold if Queue-aware falls behind Random as signals slow down."""
    places = [float(slots) for slots in latency.LATENCIES]

    def paper(place: float, method: str) -> float:
        return {"queue-aware": 9.5 + 0.05 * place, "mdp": 5.0}.get(method, 10.0)

    assert verdicts(latency.FIGURE, made_up_study(places, paper)) == [HOLDS] * 5

    def ours(place: float, method: str) -> float:
        return {"queue-aware": 4.0, "mdp": 4.5 + 0.05 * place}.get(method, 10.0)

    found = verdicts(latency.FIGURE, made_up_study(places, ours))
    assert found[1:] == [IN_PART, FAILS, IN_PART, FAILS]
