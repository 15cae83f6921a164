"""Solution files that solvers have written for exported models of small instances.

``python -m tests.backends.solution_files.real_files`` writes them again, with the solvers
that are installed; the models fit into what their packages solve without a licence.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

import optkit

ROOT = Path(__file__).parents[3]
FOLDER = Path(__file__).parent / "written_by"

FAMILIES = ("allocation", "bilevel", "discovery", "sync")


def small(family: str) -> optkit.Instance:
    """Return a small instance of a family."""
    if family == "bilevel":
        return optkit.load(ROOT / "instances/bilevel/moore-bard.json")
    options = {
        "allocation": {"servers": 8},
        "discovery": {"nodes": 5, "windows": 1},
        "sync": {"routers": 2, "slots": 3},
    }
    return optkit.generate(family, seed=3, **options[family])


def by_scip(model: Path, solution: Path) -> float:
    """Solve a model file by SCIP, write the solution, and return its objective."""
    scip = pytest.importorskip("pyscipopt", reason="PySCIPOpt is not installed")
    solver = scip.Model()
    solver.hideOutput()
    solver.readProblem(str(model))
    solver.optimize()
    solver.writeBestSol(str(solution), write_zeros=False)
    return float(solver.getObjVal())


def by_gurobi(model: Path, solution: Path) -> float:
    """Solve a model file by Gurobi, write the solution, and return its objective."""
    gurobi = pytest.importorskip("gurobipy", reason="gurobipy is not installed")
    solver = gurobi.read(str(model), gurobi.Env(params={"OutputFlag": 0}))
    solver.optimize()
    solver.write(str(solution))
    return float(solver.ObjVal)


def by_cplex(model: Path, solution: Path) -> float:
    """Solve a model file by CPLEX, write the solution, and return its objective."""
    cplex = pytest.importorskip("cplex", reason="cplex is not installed")
    solver = cplex.Cplex()
    for silence in (
        solver.set_log_stream,
        solver.set_results_stream,
        solver.set_warning_stream,
    ):
        silence(None)
    solver.read(str(model))
    solver.solve()
    solver.solution.write(str(solution))
    return float(solver.solution.get_objective_value())


def by_xpress(model: Path, solution: Path) -> float:
    """Solve a model file by Xpress, write the solution, and return its objective."""
    xpress = pytest.importorskip("xpress", reason="xpress is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the community licence
        solver = xpress.problem()
    solver.setOutputEnabled(False)
    solver.readProb(str(model))
    solver.optimize()
    solver.writeSlxSol(str(solution))
    return float(solver.attributes.objval)


SOLVERS: dict[str, Callable[[Path, Path], float]] = {
    "scip": by_scip,
    "gurobi": by_gurobi,
    "cplex": by_cplex,
    "xpress": by_xpress,
}


def main() -> None:
    """Write all files again."""
    from tests.backends.solution_files.test_importing import export

    FOLDER.mkdir(exist_ok=True)
    for family in FAMILIES:
        with tempfile.TemporaryDirectory() as folder:
            model = export(small(family), Path(folder), "mps")
            for name, solve in SOLVERS.items():
                solve(model, FOLDER / f"{name}-{family}.sol")


if __name__ == "__main__":
    main()
