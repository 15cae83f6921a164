"""Decisions of the joint policy at a boundary, for the tests."""

from __future__ import annotations

from optkit.dispatch.policies.joint.decision import Decision
from optkit.dispatch.policies.joint.model import After, JointModel, State
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.problem_data import ProblemData


def decisions(
    data: ProblemData, views: list[Observation], after: After, most: int = 1
) -> list[Decision]:
    """Return the decision on each type at a boundary."""
    model, state = JointModel(data, most, after, 50.0), State.of(data, views)
    return [Decision(model, state, kind) for kind in range(data.shape[2])]
