"""Certificates of a bound, and of a solution that meets it."""

from __future__ import annotations

from typing import Any

from optkit.bilevel.exact.certificate.divisions import FollowerDivision, split
from optkit.bilevel.exact.certificate.exact_points import exact_solution
from optkit.bilevel.exact.certificate.exact_program import Exact, ExactProgram, value
from optkit.bilevel.exact.certificate.tree import Tree, written
from optkit.bilevel.instance import BilevelInstance
from optkit.bilevel.problem.problem_data import problem_data
from optkit.bilevel.solution import BilevelSolution
from optkit.core.errors import FailedCheckError, UnavailableError
from optkit.core.solving.deadline import Deadline

SCHEMA = "optkit/bilevel-certificate"


def certify(
    instance: BilevelInstance, solution: BilevelSolution | None, deadline: Deadline
) -> dict[str, Any]:
    """Return a certificate: a proof that can be checked without a solver.

    Parameters
    ----------
    instance
        The program.
    solution
        A solution of it, which the certificate then proves bilevel feasible. The tree
        grows until it proves that none is better. None to prove a bound, or that there is
        no solution.
    deadline
        Ends the growth. The certificate then proves a smaller bound.

    Returns
    -------
    dict
        The certificate as docs/bilevel-certificates.md describes it.

    Raises
    ------
    UnavailableError
        If the program is of a kind that cannot be certified.
    FailedCheckError
        If the solution is infeasible in fractions, or could not be proven feasible.
    """
    problem, program = problem_data(instance), ExactProgram(instance)
    continuous = problem.continuous_linking()
    if continuous:
        raise UnavailableError(
            f"certificates need integer linking columns; {', '.join(continuous)} in lower"
            " rows may take fractions."
        )
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "schema_version": 1,
        "instance": {"name": instance.name, "sha256": instance.sha256},
        "bound": None,
        "point": None,
    }
    claim = None
    if solution is not None:
        if problem.is_pessimistic:
            raise UnavailableError(
                "the solution of a pessimistic program cannot be certified, a bound can:"
                " leave out the solution."
            )
        point = _exact_solution(program, solution)
        claim = value(program.cost, point)
        document["point"] = {
            name: written(x) for name, x in zip(program.names, point, strict=True)
        }
        document["response"] = _response_tree(program, point, deadline)
    division = FollowerDivision(problem, program, deadline)
    tree = Tree(program, program.rows, program.cost, claim, division)
    try:
        grown = tree.grow(deadline)
    except KeyboardInterrupt:  # what has grown proves a bound
        grown = False
    if not grown:
        tree.settle()
    if tree.claim is not None:
        document["bound"] = written(tree.claim + program.constant)
    document["tree"] = tree.document()
    return document


def _exact_solution(program: ExactProgram, solution: BilevelSolution) -> list[Exact]:
    values = {**solution.upper, **solution.lower}
    point = exact_solution(program, [values[name] for name in program.names])
    if point is None:
        raise FailedCheckError(
            "the solution satisfies the rows within tolerances alone: with the numbers of"
            " the instance as written, no continuous values fit its integers exactly. Such"
            " numbers are often rounded, as 0.33 for 1/3; write the rows with integers."
        )
    return point


def _response_tree(
    program: ExactProgram, point: list[Exact], deadline: Deadline
) -> list[list[object]]:
    """Return the tree that proves that the follower cannot do better at a point."""
    decided = {j: x for j, x in enumerate(point) if j not in program.follower}
    columns = sorted(program.whole & program.follower)
    tree = Tree(
        program.fixed(decided),
        program.own_rows,
        program.wish,
        value(program.wish, point),
        lambda relaxation: split(columns, relaxation),
    )
    if not tree.grow(deadline):
        raise FailedCheckError(
            "the response could not be proven optimal for the follower in fractions,"
            " within the time limit; give more time."
            if deadline()
            else "in fractions, the follower has a response that is better by a little:"
            " the solution is right within tolerances alone."
        )
    return tree.document()
