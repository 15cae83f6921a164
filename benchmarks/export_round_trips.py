"""Export every shipped instance as MPS and LP, and read the files with other solvers.

``python benchmarks/export_round_trips.py`` prints one line per instance: the optimum of the
linear relaxation by HiGHS from both files, by OR-Tools from the MPS file (its LP format is
another one), by CBC (CoinUtils) and by SCIP (PySCIPOpt) from both where they are installed,
and whether they agree. Where a reader refuses nothing but does not solve the relaxation
within ``--seconds``, the instance is undecided.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import highspy

from optkit.cli.app import main as optkit_command

TOLERANCE = 1e-6
"""Relative difference of two optima that counts as rounding."""


class UnsolvedError(Exception):
    """The relaxation was not solved in time."""


def by_highs(path: Path, seconds: float) -> float | None:
    """Return the optimum of the relaxation of a model file; None if it is not read.

    Raises
    ------
    UnsolvedError
        If the optimum is not found within the seconds.
    """
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("solve_relaxation", True)
    if solver.readModel(str(path)) == highspy.HighsStatus.kError:
        return None
    solver.setOptionValue("time_limit", seconds)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise UnsolvedError
    return float(solver.getObjectiveValue())


def by_or_tools(path: Path, seconds: float) -> float | None:
    """Return the same by the MPS reader of OR-Tools and its own LP solver, GLOP."""
    from ortools.linear_solver.python import model_builder

    model = model_builder.Model()
    if not model.import_from_mps_file(str(path)):
        return None
    for variable in model.get_variables():
        variable.is_integral = False
    solver = model_builder.Solver("glop")
    solver.set_time_limit_in_seconds(seconds)
    if solver.solve(model) != model_builder.SolveStatus.OPTIMAL:
        raise UnsolvedError
    return float(solver.objective_value)


def by_cbc(path: Path, seconds: float) -> float | None:
    """Return the same by CBC; None if it does not read the file."""
    with tempfile.TemporaryDirectory() as folder:
        solution = Path(folder) / "cbc.sol"
        words = ["cbc", str(path), "initialSolve", "solution", str(solution)]
        try:
            subprocess.run(words, capture_output=True, check=False, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise UnsolvedError from None
        if not solution.exists():
            return None
        first = solution.read_text().partition("\n")[0]
        return float(first.rsplit(" ", 1)[1]) if first.startswith("Optimal") else None


def by_scip(path: Path, seconds: float) -> float | None:
    """Return the same by SCIP; None if it does not read the file."""
    from pyscipopt import Model

    model = Model()
    model.hideOutput()
    try:
        model.readProblem(str(path))
    except OSError:
        return None
    for variable in model.getVars():
        model.chgVarType(variable, "CONTINUOUS")
    model.setParam("limits/time", seconds)
    model.optimize()
    if model.getStatus() != "optimal":
        raise UnsolvedError
    return float(model.getObjVal())


def main() -> int:
    """Check every shipped instance; return 1 if a reader disagrees."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("instances", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float, default=600.0, help="for each solve")
    arguments = parser.parse_args()
    chosen = arguments.instances or sorted(
        path
        for path in Path("instances").glob("*/*.json")
        if not path.name.endswith(".sol.json")
    )
    readers = {"highs": by_highs, "or-tools": by_or_tools}
    if shutil.which("cbc"):
        readers["cbc"] = by_cbc
    if importlib.util.find_spec("pyscipopt") is not None:
        readers["scip"] = by_scip
    wrong = undecided = 0
    with tempfile.TemporaryDirectory() as folder:
        for source in chosen:
            optima: dict[str, float | None] = {}
            unsolved: list[str] = []
            for form in ("mps", "lp"):
                path = Path(folder) / f"{source.stem}.{form}"
                began = time.process_time()
                optkit_command(["--quiet", "export", str(source), "-o", str(path)])
                wrote = time.process_time() - began
                for name, read in readers.items():
                    if (name, form) == ("or-tools", "lp"):
                        continue
                    try:
                        optima[f"{name} {form}"] = read(path, arguments.seconds)
                    except UnsolvedError:
                        unsolved.append(f"{name} {form}")
                size = path.stat().st_size / 2**20
                print(
                    f"  {form}: {size:.1f} MiB, {wrote:.1f} s of processor", flush=True
                )
            known = [value for value in optima.values() if value is not None]
            scale = TOLERANCE * max(1.0, *map(abs, known)) if known else 0.0
            agree = max(known, default=0.0) - min(known, default=0.0) <= scale
            agree = agree and len(known) == len(optima)
            wrong += not agree
            undecided += agree and bool(unsolved)
            verdict = "DISAGREE" if not agree else "undecided" if unsolved else "agree"
            shown = [f"{name} {value}" for name, value in optima.items()]
            shown += [f"{name} not solved in time" for name in unsolved]
            print(f"{source}: {verdict}: {', '.join(shown)}", flush=True)
    print(f"{len(chosen)} instances, {wrong} disagree, {undecided} undecided")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
