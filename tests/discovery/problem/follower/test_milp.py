"""The follower's problem as a mixed-integer program."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optkit.core.runtime import stopping
from optkit.discovery.problem.follower.milp import least_energy_by_milp
from optkit.discovery.problem.follower.response import respond
from tests.discovery.problem.follower.problems import follower_problems


def test_program_and_search_agree() -> None:
    """The mixed-integer program and the search find the same energy."""
    for follower in follower_problems(3, 25, 40):
        response = respond(replace(follower, price=None))
        optimum = least_energy_by_milp(follower)
        assert (response is None) == (optimum is None)
        if response is not None and optimum is not None:
            energies = [
                follower.extra @ agent for agent in (response.agent, optimum[0])
            ]
            assert energies[0] == pytest.approx(energies[1])


def test_program_heeds_the_limit_of_the_run() -> None:
    """Where the limit of the run is reached, the program ends the run."""
    (follower,) = follower_problems(3, 1, 40)
    with stopping.asking(lambda: True), pytest.raises(stopping.StoppedError):
        least_energy_by_milp(follower)
