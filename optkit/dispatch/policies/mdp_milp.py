"""The paper's policy through the declarative model: P2 of a group, or its parts P3."""

from __future__ import annotations

from collections.abc import Callable

from optkit.core.arrays import Ints
from optkit.dispatch.policies.mdp import GroupPolicy
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.problem_data import ProblemData
from optkit.dispatch.problem.pyomo_adapter import chosen_servers, decision_data
from optkit.dispatch.problem.sender_set_costs import Boundary, SenderCosts


class MdpMilpPolicy(GroupPolicy):
    """One group per interval moves to what a mixed-integer program finds best.

    Parameters
    ----------
    data
        The model.
    max_arrivals
        Largest number of arrivals in one slot that is told apart; 1 for the paper's
        Bernoulli draw.
    backend
        Name of the backend that solves the programs.
    decompose
        Solve one P3 per access point, from its own observation; otherwise one P2 for the
        group, from the observations of its members.
    ready
        Called before each program; says whether there is time for it. If not, the
        actions stay.
    """

    def __init__(
        self,
        data: ProblemData,
        max_arrivals: int,
        backend: str = "highs",
        decompose: bool = True,
        ready: Callable[[], bool] = lambda: True,
    ) -> None:
        super().__init__(data)
        self._data = data
        self._costs = SenderCosts(data, max_arrivals)
        self._backend = backend
        self._decompose = decompose
        self._ready = ready

    def _move(self, views: list[Observation], actions: Ints) -> None:
        for movers in [[view] for view in views] if self._decompose else [views]:
            if not self._ready():
                break
            self._solve(movers, actions)

    def _solve(self, movers: list[Observation], actions: Ints) -> None:
        """Set the actions of some access points to those that their program chooses."""
        from optkit.backends import solve_model
        from optkit.models.dispatch import dispatch_model

        decision = decision_data(self._data, Boundary(self._costs, movers))
        model = dispatch_model(decision)
        solved = solve_model(
            model, self._backend, should_stop=lambda: not self._ready()
        )
        if solved.objective is None:
            return
        for view in movers:
            actions[view.ap] = chosen_servers(model, view.ap, self._data.shape[2])
