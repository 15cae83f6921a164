"""Take a solution that another solver found for an exported model, and check it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from optkit.backends.solution_files.read import read_solution_file
from optkit.backends.solution_files.values import ModelValues
from optkit.core.errors import UnavailableError, UsageError
from optkit.core.instance import Instance
from optkit.core.runtime.collector import paused_collector
from optkit.core.solving import registry
from optkit.core.solving.family import resolve
from optkit.core.solving.given import result_of
from optkit.core.solving.result import Result

if TYPE_CHECKING:
    from optkit.core.solving.family import Family

SOLVER = "import-solution"
"""Name in the place of a solver's, in the result."""


def import_solution(instance: Instance, path: str | Path) -> Result:
    """Read another solver's solution of an instance's exported model, and check it.

    Parameters
    ----------
    instance
        The instance whose model :command:`optkit export` wrote, as MPS or LP.
    path
        The solution file, in the format of HiGHS, Gurobi, CPLEX, Xpress, SCIP, CBC or
        MIPLIB.

    Returns
    -------
    Result
        With the solution and its check. It claims no bound: these files prove nothing.

    Raises
    ------
    InvalidFileError
        If the file cannot be read or is not of this instance's model.
    UnavailableError
        If the family's model does not describe whole solutions.

    Examples
    --------
    >>> result = optkit.import_solution(instance, "model.sol")  # doctest: +SKIP
    >>> optkit.save(result, "answer.json")  # doctest: +SKIP
    """
    if not isinstance(instance, Instance):
        raise UsageError(
            f"import_solution: {type(instance).__name__} is not an instance; optkit.load"
            " reads one from a file."
        )
    family = registry.family_of_schema(instance.SCHEMA)
    assert family is not None
    if family.solution_from_model is None:
        raise UnavailableError(
            f"family {family.name!r} has no model whose solution answers an instance;"
            " its exported model is one decision among many."
        )
    file = read_solution_file(Path(path))
    model, columns = _model_and_columns(family, instance)
    values = ModelValues(file, columns)
    solution = resolve(family.solution_from_model)(instance, model, values)
    detail = f"from a file in the format of {file.format}"
    if file.objective is not None:
        detail += f", which states the objective {file.objective:.10g}"
    if values.added:
        detail += f"; {values.added} columns that the solver added for ranges left out"
    return result_of(instance, solution, SOLVER, detail)


def _model_and_columns(family: Family, instance: Instance) -> tuple[Any, list[str]]:
    """Return the family's Pyomo model, if it has one, and the exported columns' names."""
    if family.model is None:
        return None, list(resolve(family.exporters["mps"])(instance).columns.values())
    from optkit.backends.compiler import compile_model
    from optkit.backends.model_files.contents import contents

    with paused_collector():
        model = resolve(family.model)(instance)
        return model, list(contents(compile_model(model)).columns)
