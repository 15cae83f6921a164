"""``optkit import-solution``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from optkit.cli.terminal import Terminal


def import_solution(
    instance: Path,
    solution: Path,
    /,
    *,
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    aux: Path | None = None,
    json: bool = False,
    every_row: Annotated[bool, Parameter(name="--all")] = False,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """Check a solution that another solver found for an exported model.

    For example:

      optkit export instance.json -o model.mps
      highs model.mps --solution_file model.sol
      optkit import-solution instance.json model.sol -o answer.json

    Reads solution files of HiGHS (raw or sparse style), Gurobi, CPLEX, Xpress, SCIP,
    CBC and MIPLIB, with the names of the exported MPS or LP file. The solution
    is taken as it stands there and is checked as any other. It has no bound.
    Exit status 12 if it fails the check.

    The models of discovery and bilevel let the leader decide for the follower,
    so their solutions often fail: the follower would decide otherwise.

    Parameters
    ----------
    instance
        Instance file.
    solution
        Solution file of the other solver.
    output
        Write the solution to this file.
    aux
        Aux file of an .mps instance; by default, the one beside it.
    json
        Print the solution file as JSON instead of tables.
    every_row
        Print all rows of long tables.
    """
    import optkit
    from optkit.cli.solve import show_result
    from optkit.cli.writable_paths import companions, require_writable
    from optkit.core.tools.instance_files import load_instance

    require_writable(output, *companions(instance), aux, solution)
    result = optkit.import_solution(load_instance(instance, aux), solution)
    return show_result(result, output, terminal, json=json, every_row=every_row)
