"""The front of messages against response time, and what is varied along it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

import optkit
from optkit.core.errors import UnavailableError, UsageError
from optkit.core.tools.pareto.option import turn
from optkit.coupling.aims import AIMS, DIALS, settings, values
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.solution import DispatchSolution
from tests.dispatch.instances import tiny

LINKS = 25
"""Of the instance below: 5 access points tell each other, and the cloud tells them."""


def _instance() -> DispatchInstance:
    instance = optkit.generate(
        "dispatch", seed=2, aps=5, servers=3, types=2, intervals=12, arrival=0.05
    )
    assert isinstance(instance, DispatchInstance)
    return instance


def test_a_front_runs_from_silence_to_the_broadcast_of_the_paper() -> None:
    """No point is beaten; silence and the paper's run are the first two that are tried."""
    instance = _instance()
    tried: list[optkit.Result] = []

    def solve(chosen: Mapping[str, Any]) -> optkit.Result:
        tried.append(optkit.solve(instance, "queue-aware", options=chosen))
        return tried[-1]

    front = turn(instance, AIMS, {}, solve, 7)
    assert len(tried) == 7
    assert front.points[0].result is tried[0]
    assert front.points[0].values[0] == 0.0
    messages, response = zip(*(point.values for point in front.points), strict=True)
    assert list(messages) == sorted(messages)
    assert list(response) == sorted(response, reverse=True)
    broadcast, paper = tried[1].solution, optkit.solve(instance, "queue-aware").solution
    assert isinstance(broadcast, DispatchSolution)
    assert isinstance(paper, DispatchSolution)
    assert broadcast.target == paper.target
    assert response[-1] <= AIMS.values(tried[1].metrics)[1]


@pytest.mark.parametrize("policy", sorted(DIALS))
def test_the_first_position_is_silent_and_later_ones_say_more(policy: str) -> None:
    """What is varied makes messages rarer towards position 0, whatever the policy."""
    instance = _instance()
    sent = []
    for position in (0.0, 0.3, 0.6, 0.95):
        chosen = settings(instance, {"information": policy}, position)
        result = optkit.solve(instance, "selfish", options=chosen)
        sent.append(result.metrics["information"]["messages"])
    # A period as long as the run still has one message per link.
    assert sent[0] == (LINKS if policy == "periodic" else 0)
    assert sent == sorted(sent)
    assert sent[-1] > sent[0]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"information": "rent-or-buy", "information.fee": 2}, "leave it out"),
        ({"information": "gradient"}, "nothing can be varied"),
        ({"information.fee": 2}, "names no policy"),
        ({"information": "nobody"}, "unknown policy 'nobody'"),
    ],
)
def test_fronts_that_make_no_sense_are_refused(
    options: dict[str, Any], expected: str
) -> None:
    """Each is refused with the reason."""
    with pytest.raises(UsageError, match=expected):
        settings(tiny(), options, 0.5)


def test_without_completed_jobs_there_is_no_response_time() -> None:
    """The error says so."""
    with pytest.raises(UnavailableError, match="no job"):
        values({"mean_response_s": None, "information": {"messages_per_s": 1.0}})
