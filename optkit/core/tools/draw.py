"""Draws an instance and its solution: :func:`draw`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from optkit.core.errors import UnavailableError, UsageError
from optkit.core.instance import Instance, NamedDocument, Solution
from optkit.core.solving.describe import family_of, picture
from optkit.core.solving.family import resolve
from optkit.core.solving.result import Result
from optkit.core.tools.solution_files import (
    SolutionDocument,
    family_solution,
    require_instance,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(
    instance: NamedDocument,
    result: Result | SolutionDocument | Solution | None = None,
    *,
    what: Literal["picture", "convergence"] = "picture",
) -> Figure:
    """Draw an instance or a network, an instance also with a solution.

    Parameters
    ----------
    instance
        The instance, or a network.
    result
        A result for it, what :func:`optkit.load_solution` read from a file, or a solution;
        None draws the instance alone.
    what
        ``"picture"``: what the instance and the solution look like. ``"convergence"``: the
        best objective and the bound of the run over time.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; ``figure.savefig("picture.svg")`` writes it.

    Raises
    ------
    InvalidFileError
        If a solution file is for another instance, or holds no solution.
    UsageError
        If the two do not belong together, or there is no run of which to draw the
        convergence.
    UnavailableError
        If matplotlib is not installed.

    Examples
    --------
    >>> import optkit
    >>> network = optkit.generate("allocation", servers=5, seed=1)
    >>> figure = optkit.draw(network, optkit.solve(network))
    """
    if not isinstance(instance, NamedDocument):
        raise UsageError(
            f"draw: {type(instance).__name__} is not an instance or a network; the"
            " instance comes first, then its result."
        )
    if what not in ("picture", "convergence"):
        raise UsageError(f"draw: what={what!r}; give 'picture' or 'convergence'.")
    solution, verification = result, None
    if isinstance(result, Result):
        if result.instance.sha256 != instance.sha256:
            raise UsageError(
                f"draw: the result is for {result.instance.name!r}, another instance."
            )
        solution, verification = result.solution, result.verification
    elif isinstance(result, SolutionDocument):
        require_instance(result, _solved(instance))
    if what == "convergence":
        return _convergence(result)
    if isinstance(result, SolutionDocument):
        solution = family_solution(result, _solved(instance))
    if solution is not None:
        _belongs(_solved(instance), solution)
    assert not isinstance(solution, Result | SolutionDocument)
    return picture(instance, solution, verification)


def _convergence(result: Result | SolutionDocument | Solution | None) -> Figure:
    if not isinstance(result, Result | SolutionDocument):
        raise UsageError("draw: the convergence is a result's; pass the result.")
    figure: Figure | None = resolve("optkit.plotting.convergence:draw_convergence")(
        result.trajectory
    )
    if figure is None:
        raise UnavailableError(
            "the run reported fewer than two changes of objective and bound, so there is"
            " no convergence to draw."
        )
    return figure


def _solved(instance: NamedDocument) -> Instance:
    if not isinstance(instance, Instance):
        raise UsageError(
            "draw: a network has no solution; pass the instance made of it."
        )
    return instance


def _belongs(instance: Instance, solution: object) -> None:
    family = family_of(instance)
    if not isinstance(solution, family.solution_type):
        raise UsageError(
            f"draw: {type(solution).__name__} is not a solution of family {family.name}."
        )
