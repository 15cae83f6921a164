"""The bounds that hold for every answer to a discovery instance, for the harness."""

from __future__ import annotations

from optkit.core.solving.deadline import Deadline
from optkit.core.solving.family_bounds import FamilyBound
from optkit.discovery.bounds import priced_bound, trivial
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.problem_data import problem_data


def _trivial(instance: DiscoveryInstance, _: Deadline) -> float:
    return trivial.trivial_bound(problem_data(instance))


def _priced(instance: DiscoveryInstance, deadline: Deadline) -> float | None:
    return priced_bound.priced_bound(problem_data(instance), deadline)


BOUNDS = (
    FamilyBound(trivial.SOURCE, _trivial),
    FamilyBound(priced_bound.SOURCE, _priced),
)
