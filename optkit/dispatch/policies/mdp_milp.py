"""The paper's policy through the declarative model: P2 of a group, or its parts P3.

Import where needed: it loads numba.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from optkit.core.arrays import Ints
from optkit.dispatch.problem.agent_groups import groups
from optkit.dispatch.problem.nearest_server import selfish_actions
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.policy_base import Policy
from optkit.dispatch.problem.problem_data import World
from optkit.dispatch.problem.pyomo_adapter import chosen_servers, decision_data
from optkit.dispatch.problem.sender_set_costs import Boundary, SenderCosts


class MdpMilpPolicy(Policy):
    """One group an interval moves to what a mixed-integer program finds best.

    Parameters
    ----------
    world
        The model.
    most
        Arrivals of one slot that are told apart: 1 for the paper's Bernoulli draw.
    backend
        Who solves the programs.
    decompose
        One P3 for each access point, from its own observation; else one P2 for the
        group, from the observations of its members.
    ready
        Asked before each program whether there is time for it; where not, the actions
        stay.
    """

    def __init__(
        self,
        world: World,
        most: int,
        backend: str = "highs",
        decompose: bool = True,
        ready: Callable[[], bool] = lambda: True,
    ) -> None:
        self._world = world
        self._costs = SenderCosts(world, most)
        self._backend = backend
        self._decompose = decompose
        self._ready = ready
        self._groups = groups(world)
        self._first = selfish_actions(world)

    def start(self) -> Ints:
        """Return the selfish actions, the paper's initial policy."""
        return self._first

    def decide(self, seen: Sequence[Observation]) -> Ints:
        """Return everybody's actions, those of the interval's group chosen anew."""
        actions = np.stack([view.own_action for view in seen])
        group = [seen[ap] for ap in self._groups[seen[0].interval % len(self._groups)]]
        for views in [[view] for view in group] if self._decompose else [group]:
            if not self._ready():
                break
            self._move(views, actions)
        return actions

    def _move(self, views: list[Observation], actions: Ints) -> None:
        """Set the actions of some access points to those that their program chooses."""
        from optkit.backends import solve_model
        from optkit.models.dispatch import dispatch_model

        data = decision_data(self._world, Boundary(self._costs, views))
        model = dispatch_model(data)
        solved = solve_model(
            model, self._backend, should_stop=lambda: not self._ready()
        )
        if solved.objective is None:
            return
        for view in views:
            actions[view.ap] = chosen_servers(model, view.ap, self._world.shape[2])
