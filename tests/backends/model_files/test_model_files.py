"""Tests of model files: other readers find the same optimum, whatever the names are."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import highspy
import numpy as np
import pyomo.environ as pyo
import pytest
import scipy.sparse

from optkit.backends.model_files.contents import ModelContents, ModelFile
from optkit.backends.model_files.lp import write_lp
from optkit.backends.model_files.mps import write_mps
from optkit.backends.model_files.names import (
    LONGEST_COMMENT,
    Names,
    comments,
    component_names,
    lp_name,
    mps_name,
)

HOSTILE = [
    "x", "y1", "ab", "x[1]", "x(1,2)", "x[a,b]", "free", "FREE", "inf", "-inf", "1e30", "e",
    "e5", "E12", "st", "s.t.", "bin", "binary", "general", "int", "min", "max", "minimize",
    "subject to", "bounds", "end", "END", "ENDATA", "ROWS", "RHS", "RANGE", "RANGES",
    "BOUND", "BOUNDS", "MARKER", "'MARKER'", "'INTORG'", "objective", "obj",
    "constant_is_1",
    "nothing", "3", "3x", ".5", "+", "-", "a+b", "a b", "a_b", "a  b", "*star", "$dollar",
    "@at", "#hash", "&and", "!bang", "\\back", "a:b", "a<b", "a=b", "<=", "nan", "semi",
    "sos1", "UP", "LO", "FX", "N", "L", "x\ty", "Z\u00fcrich", "\u6771\u4eac", "\u00b2",
    "a\u00a0b", "n" * 300,
    "n" * 301, "c_free", "c_inf",
]  # fmt: skip
"""Names that end a section, read as numbers, collide, or cannot be written."""

WRITERS: dict[str, Callable[[ModelContents], ModelFile]] = {
    "mps": write_mps,
    "mps with the constant in RHS": lambda m: write_mps(m, constant_column=False),
    "lp": write_lp,
}


def hostile_model(constant: float = 2.5) -> ModelContents:
    """Return a model in which each column and row matters, with hostile names.

    Minimises the sum of (1 + j / 8) x_j with x_j + x_(j+1) / 2 >= 1 + j, between 0.25 and
    1000, every third x_j integer, and a few odd bounds.
    """
    n = len(HOSTILE)
    matrix = scipy.sparse.diags_array(
        [np.ones(n), np.full(n - 1, 0.5)], offsets=[0, 1], format="csr"
    )
    low, high = np.full(n, 0.25), np.full(n, 1000.0)
    low[3], high[3] = -math.inf, math.inf
    low[4], high[4] = -math.inf, 12.0
    low[5], high[5] = 7.0, 7.0
    high[6] = math.inf
    row_high = np.full(n, math.inf)
    row_high[2], row_high[9], row_high[20] = 3.0, 30.0, math.inf
    row_low = 1.0 + np.arange(n, dtype=np.float64)
    row_low[30] = -math.inf
    return ModelContents(
        name="hostile names",
        columns=HOSTILE,
        rows=HOSTILE[::-1],
        matrix=matrix,
        row_lower=row_low,
        row_upper=row_high,
        column_lower=low,
        column_upper=high,
        integer=np.arange(n) % 3 == 0,
        cost=1.0 + np.arange(n) / 8.0,
        constant=constant,
    )


def highs_optimum(path: Path) -> float:
    """Return the optimum that HiGHS finds for a model file."""
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("mip_rel_gap", 0.0)
    assert solver.readModel(str(path)) == highspy.HighsStatus.kOk
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(solver.getInfo().objective_function_value)


def arrays_optimum(model: ModelContents) -> float:
    """Return the optimum of a model that is passed to HiGHS without a file."""
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("mip_rel_gap", 0.0)
    columns = model.matrix.tocsc()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.columns), len(model.rows)
    lp.col_cost_, lp.offset_ = model.cost, model.constant
    lp.col_lower_, lp.col_upper_ = model.column_lower, model.column_upper
    lp.row_lower_, lp.row_upper_ = model.row_lower, model.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = columns.indptr, columns.indices
    lp.a_matrix_.value_ = columns.data
    lp.integrality_ = [
        highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous
        for whole in model.integer.tolist()
    ]
    solver.passModel(lp)
    solver.run()
    return float(solver.getInfo().objective_function_value)


def cbc_optimum(path: Path) -> float:
    """Return the optimum that cbc (CoinUtils) finds, or skip the test."""
    cbc = shutil.which("cbc")
    if cbc is None:
        pytest.skip("cbc is not installed (Debian: coinor-cbc)")
    command = [cbc, str(path), "-ratioGap", "0", "-solve", "-quit"]
    run = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60
    )
    found = re.search(r"Objective value:\s+(\S+)", run.stdout)
    found = found or re.search(r"objective value\s+(\S+)", run.stdout)
    assert found, run.stdout
    return float(found[1])


def scip_optimum(path: Path) -> float:
    """Return the optimum that SCIP finds, or skip the test."""
    scip = pytest.importorskip("pyscipopt", reason="PySCIPOpt is not installed")
    model = scip.Model()
    model.hideOutput()
    model.readProblem(str(path))
    model.optimize()
    return float(model.getObjVal())


def gurobi_optimum(path: Path) -> float:
    """Return the optimum that Gurobi finds, or skip the test."""
    gurobi = pytest.importorskip("gurobipy", reason="gurobipy is not installed")
    environment = gurobi.Env(params={"OutputFlag": 0, "MIPGap": 0})
    model = gurobi.read(str(path), environment)
    model.optimize()
    return float(model.ObjVal)


def cplex_optimum(path: Path) -> float:
    """Return the optimum that CPLEX finds, or skip the test."""
    cplex = pytest.importorskip("cplex", reason="cplex is not installed")
    model = cplex.Cplex()
    for silence in (model.set_log_stream, model.set_results_stream):
        silence(None)
    model.set_warning_stream(None)
    model.read(str(path))
    model.parameters.mip.tolerances.mipgap.set(0.0)
    model.solve()
    return float(model.solution.get_objective_value())


READERS = (highs_optimum, cbc_optimum, scip_optimum, gurobi_optimum, cplex_optimum)


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("writer", WRITERS)
def test_readers_find_the_same_optimum(
    tmp_path: Path, writer: str, reader: Callable[[Path], float]
) -> None:
    """Hostile names, odd bounds and a constant change nothing for any reader."""
    model = hostile_model()
    path = tmp_path / f"model.{writer.split()[0]}"
    path.write_bytes(WRITERS[writer](model).data)
    assert reader(path) == pytest.approx(arrays_optimum(model), rel=1e-6)


@pytest.mark.parametrize("writer", WRITERS)
def test_changed_names_are_said(writer: str) -> None:
    """Every changed name is listed in the file; the names in the file are unique."""
    written = WRITERS[writer](hostile_model())
    assert sorted(written.columns.values()) == sorted(HOSTILE)
    assert len(written.columns) == len(HOSTILE)
    changed = [new for new, old in written.columns.items() if new != old]
    assert any(f"{len(changed)} columns are renamed" in note for note in written.notes)
    for new in changed:
        assert f" column {new}: " in written.text


@pytest.mark.parametrize("writer", WRITERS)
def test_the_constant_is_said(writer: str) -> None:
    """A note says where the objective's constant stands."""
    assert any(
        "constant 2.5" in note for note in WRITERS[writer](hostile_model()).notes
    )
    assert not any("constant" in n for n in WRITERS[writer](hostile_model(0.0)).notes)


def test_many_names_that_collide_are_written_in_linear_time() -> None:
    """Names that become equal are told apart without trying each number again."""
    names = [f"x[{k % 2}{' ' * (k % 3)}{chr(0x4E00 + k % 20000)}{k}" for k in range(10)]
    names += [chr(0x4E00 + k) for k in range(20_000)]
    count = len(names)
    model = ModelContents(
        name="many",
        columns=names,
        rows=[],
        matrix=scipy.sparse.csr_array((0, count)),
        row_lower=np.zeros(0),
        row_upper=np.zeros(0),
        column_lower=np.zeros(count),
        column_upper=np.ones(count),
        integer=np.zeros(count, dtype=np.bool_),
        cost=np.zeros(count),
    )
    assert len(write_lp(model).columns) == count


def test_components_are_called_as_pyomo_calls_them() -> None:
    """Names of whole models equal the ``name`` of each component, whatever its index is."""
    model = pyo.ConcreteModel(name="any")
    parts = [
        *("a", "1", "01", "a,b", "a[b]", "it's", "|", "nan", "a:b", "", "x y", "é"),
        *(1, 1.0, True, None, 2.5, -3, (1, "b"), ("a", "1", 3), (2,), (1.0, True)),
    ]
    model.plain = pyo.Var()
    model.by_part = pyo.Var(pyo.Set(initialize=parts, dimen=None))
    model.pairs = pyo.Var(["a", "1", "a,b"], [1, 2.5, "1"])
    model.block = pyo.Block(["x", "y.z"])
    for block in model.block.values():
        block.inside = pyo.Var([1, 2])
        block.alone = pyo.Var()
    model.row = pyo.Constraint(["a", "b"], rule=lambda m, i: m.plain >= 1)
    for kind in (pyo.Var, pyo.Constraint):
        components = list(model.component_data_objects(kind))
        assert component_names(components) == [part.name for part in components]


@pytest.mark.slow
def test_many_changed_names_share_comment_lines() -> None:
    """CoinUtils crashes after 100,000 comment lines; every name is still listed."""
    names = Names((f"x['{k}',0]" for k in range(20_000)), lp_name, "c")
    lines = comments("\\", "column", names)
    assert len(lines) < len(names) / 5
    assert max(map(len, lines)) <= LONGEST_COMMENT
    text = "\n".join(lines)
    assert all(f" column {new}: " in text for new in names.changed())
    long = Names(["é" * 2000], mps_name, "column")
    assert [len(line) for line in comments("*", "column", long)] == [LONGEST_COMMENT]
