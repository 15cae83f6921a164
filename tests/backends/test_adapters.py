"""Solvers that users bring: they agree with HiGHS, and say what they lack."""

from __future__ import annotations

import importlib.util
import shutil
import time
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import pytest

import optkit
from optkit.backends import Capability, StartStatus, Termination, solve_model
from optkit.backends.builder import ModelBuilder
from optkit.backends.compiler import compile_model
from optkit.backends.incremental import IncrementalModel
from optkit.backends.linear import LinearModel
from optkit.backends.rebuilt import RebuiltModel
from optkit.backends.registry import backends, find, installed
from optkit.backends.session import Monitor, Request
from optkit.bilevel.testing import random_cases
from optkit.core.errors import UnavailableError, UsageError
from optkit.core.solving.registry import solver_class
from tests.backends.models import LICENSED, hard_knapsack, knapsack, random_arrays

IN_PROCESSES = pytest.mark.parametrize(
    "backend",
    [
        "pyomo:appsi_highs",
        pytest.param(
            "pyomo:cbc",
            marks=pytest.mark.skipif(
                shutil.which("cbc") is None, reason="cbc is not installed"
            ),
        ),
    ],
)


def medium(seed: int) -> LinearModel:
    """Return a knapsack with up to 25 integer columns and 6 rows, some with real columns.

    Tighter tolerances than their own make presolve of some solvers go wrong on these.
    """
    rng = np.random.default_rng(seed)
    count, rows = int(rng.integers(8, 26)), int(rng.integers(2, 7))
    builder = ModelBuilder(f"medium {seed}")
    unit = float(rng.choice([1.0, 0.1, 0.37]))
    columns = builder.add_columns(
        -rng.integers(1, 100, count) * unit,
        upper=float(rng.integers(1, 4)),
        integer=True,
    )
    reals = rng.normal(size=3) * 5.0
    if seed % 3:
        real = builder.add_columns(reals, lower=-2.0, upper=5.5, integer=False)
        columns = np.concatenate([columns, real])
    for _ in range(rows):
        weights = rng.integers(1, 100, count).astype(float)
        if seed % 3 == 2:
            weights *= rng.choice([0.01, 0.1, 1.0, 10.0])
        factors = np.append(weights, rng.normal(size=3) * weights.mean())
        low = -np.inf if rng.random() < 0.7 else 0.1 * weights.sum()
        high = weights.sum() * rng.uniform(0.3, 0.7)
        builder.add_row(columns, factors[: len(columns)], low, high)
    return builder.model()


def _agrees(result: Any, expected: Any, label: object) -> None:
    """Require the same end, objective and bound as another backend's."""
    assert result.termination is expected.termination, (label, result)
    if expected.objective is None:
        assert result.objective is None, label
        assert result.bound is None, label
        return
    size = max(1.0, abs(expected.objective))
    assert result.objective == pytest.approx(expected.objective, abs=1e-6 * size), label
    assert result.bound == pytest.approx(expected.objective, abs=1e-6 * size), label
    assert result.violation <= 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("backend", LICENSED)
def test_small_models_agree_with_highs(backend: str) -> None:
    """Integer, mixed and linear models, feasible or not, 120 of them."""
    for seed in range(5000, 5100):
        arrays = random_arrays(seed, mixed=seed % 2 == 1)
        model = compile_model(arrays.model())
        expected = solve_model(model, "scip", load=False)
        _agrees(solve_model(model, backend, load=False), expected, seed)
    for seed in range(20):
        model = medium(seed)
        expected = solve_model(model, "highs", load=False)
        _agrees(solve_model(model, backend, load=False), expected, f"medium {seed}")


@pytest.mark.slow
@IN_PROCESSES
def test_solvers_of_pyomo_agree_with_highs(backend: str) -> None:
    """Models reach a solver through Pyomo's interface, and their answers come back."""
    for seed in range(12):
        model = compile_model(random_arrays(seed, mixed=seed % 2 == 1).model())
        expected = solve_model(model, "scip", load=False)
        _agrees(solve_model(model, backend, load=False), expected, seed)


@pytest.mark.slow
@IN_PROCESSES
def test_limits_of_solvers_of_pyomo(backend: str) -> None:
    """The limit is held, a stop is obeyed, and a start is not lost."""
    solve_model(knapsack(3, 1), backend)  # starting the process is not what is measured
    model = hard_knapsack()
    start = [(variable, 0.0) for variable in model.x.values()]
    result = solve_model(model, backend, time_limit=2.0, start=start)
    assert result.termination is Termination.TIME_LIMIT
    assert result.start.status is StartStatus.REFUSED
    assert "takes no start" in result.start.detail
    assert result.objective is not None
    assert result.bound is None
    compiled = compile_model(model)
    began = time.monotonic()
    result = solve_model(
        compiled,
        backend,
        should_stop=lambda: time.monotonic() > began + 0.5,
        start=start,
    )
    assert result.termination is Termination.INTERRUPTED
    assert result.start.status is StartStatus.REFUSED
    assert result.objective is not None


def test_an_unknown_solver_of_pyomo_is_named() -> None:
    """Whether Pyomo has it shows when it is used; an empty name shows at once."""
    with pytest.raises(UnavailableError, match="Pyomo finds no solver 'nosuchsolver'"):
        solve_model(knapsack(3, 1), "pyomo:nosuchsolver")
    with pytest.raises(UsageError, match="no backend 'pyomo:'"):
        find("pyomo:")


def _refusal(model: LinearModel, backend: str) -> UnavailableError:
    """Return the error for a model that is too large, or skip the test."""
    try:
        solve_model(model, backend, load=False)
    except UnavailableError as error:
        return error
    pytest.skip(f"this machine has a licence of {backend} for large models")


@pytest.mark.slow
@pytest.mark.parametrize("backend", LICENSED)
def test_a_model_over_the_licence_is_one_line(backend: str) -> None:
    """A size that the licence does not cover is no backend's answer, but an error."""
    builder = ModelBuilder("large")
    columns = builder.add_columns(np.ones(20_000), integer=True)
    for j in range(0, 20_000, 2):
        builder.add_row(columns[j : j + 2], 1.0, lower=1.0)
    words = rf"^backend {backend}: (?i:.*(licen|limit).*)$"
    with pytest.raises(UnavailableError, match=words):
        raise _refusal(builder.model(), backend)


def test_a_missing_package_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the package and how to install it."""
    import builtins

    real_import = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "mosek":
            raise ModuleNotFoundError("No module named 'mosek'", name="mosek")
        return real_import(name, *rest)

    monkeypatch.delitem(
        __import__("sys").modules, "optkit.backends.adapters.mosek", raising=False
    )
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UnavailableError, match="pip install mosek"):
        solve_model(knapsack(3, 1), "mosek")


@pytest.mark.skipif(not installed()["mosek"], reason="mosek is not installed")
def test_models_reach_mosek_unchanged(tmp_path: Path) -> None:
    """What MOSEK is given is read by HiGHS to the same optimum; solving needs a licence."""
    import mosek

    from optkit.backends.adapters.mosek import MosekSession

    for seed in range(30):
        model = compile_model(random_arrays(seed, mixed=seed % 2 == 1).model())
        request = Request(model, None, 0.0, 0, 1, 1e-9, None, False)
        session = MosekSession(request, Monitor(model, 0.0, None, 0.0))
        path = tmp_path / "model.mps"
        with mosek.Env() as environment, environment.Task() as task:
            session.load(task)
            task.writedata(str(path))
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        solver.readModel(str(path))
        solver.run()
        expected = solve_model(model, "scip", load=False)
        if expected.objective is not None:
            found = model.in_sense_of_model(solver.getObjectiveValue())
            assert found == pytest.approx(expected.objective, abs=1e-6), seed


def test_facts_without_a_solve() -> None:
    """``backends()`` has every solver, also those that are not installed."""
    for info in backends():
        if info.available:
            assert Capability.INTEGER in info.capabilities
        else:
            assert info.capabilities == frozenset()
            assert "pip install" in info.reason
    assert installed()["highs"]
    assert importlib.util.find_spec("highspy") is not None


def test_a_program_handed_over_anew_is_the_one_that_is_kept() -> None:
    """After the same changes both forms of a changing program have the same optimum."""
    from scipy.sparse import csr_array

    for seed in range(20):
        rng = np.random.default_rng(seed)
        parts = (
            csr_array(rng.integers(-3, 9, (3, 4)).astype(float)),
            np.full(3, -np.inf),
            rng.integers(8, 30, 3).astype(float),
            np.zeros(4),
            np.full(4, 5.0),
            np.array([True, True, False, True]),
            -rng.integers(1, 9, 4).astype(float),
        )
        for model in (kept := IncrementalModel(*parts), RebuiltModel("scip", *parts)):
            column = model.add_column(0.0, 3.0, True)
            row = model.add_row(
                -np.inf, 9.0, np.array([0, column]), np.array([2.0, 1.0])
            )
            model.set_row_upper(row, 7.0)
            model.set_column_bounds(np.array([1]), np.array([1.0]), np.array([4.0]))
            model.set_cost(np.array([-3.0, -1.0, -2.0, 1.0, -4.0]))
            result = model.solve(collect=True)
            if model is kept:
                expected = result
        assert result.status is expected.status
        assert (model.columns, model.rows) == (kept.columns, kept.rows)
        if expected.bound is not None:
            assert result.bound == pytest.approx(expected.bound, abs=1e-6)
            assert result.points


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["scip", *LICENSED])
def test_bilevel_solvers_agree_with_brute_force(backend: str) -> None:
    """The follower, the relaxation and the master are solved by the backend."""
    for case in random_cases(100, 10):
        for name in ("value-function", "kkt", "strong-duality", "interdiction"):
            solver = solver_class("bilevel", name)({"backend": backend})
            if not solver.supports(case.instance).available:
                continue
            result = optkit.solve(case.instance, solver)
            label = f"{name} by {backend}: {case.label}"
            if case.optimum is None:
                assert result.status == "infeasible", label
            else:
                assert result.status == "optimal", label
                assert result.objective == pytest.approx(case.optimum, abs=1e-9), label


def test_solve_takes_a_backend() -> None:
    """It is the option of that name; a solver without it is named, with those that have."""
    instance = optkit.generate("allocation", servers=5, seed=1)
    result = optkit.solve(instance, "milp", backend="scip")
    assert result.solver.options["backend"] == "scip"
    with pytest.raises(UnavailableError, match=r"'block' has no option .* milp"):
        optkit.solve(instance, "block", backend="scip")
    with pytest.raises(UsageError, match="give one"):
        optkit.solve(instance, "milp", backend="scip", options={"backend": "highs"})
    with pytest.raises(UsageError, match="already has its own"):
        optkit.solve(instance, solver_class("allocation", "milp")(), backend="scip")


@pytest.mark.slow
@pytest.mark.parametrize("backend", LICENSED)
@pytest.mark.parametrize(
    ("path", "solver"),
    [
        ("allocation/topology-4.json", "milp"),
        ("bilevel/moore-bard.json", "value-function"),
        ("discovery/sum-optional.json", "bilevel-exact"),
        ("discovery/single-optional.json", "highpoint"),
    ],
)
def test_families_by_other_backends(path: str, solver: str, backend: str) -> None:
    """A solver with models finds the same with each backend."""
    instance = optkit.load(Path(__file__).parents[2] / "instances" / path)
    options = {"cuts": False, "start": "depth-first"} if solver == "milp" else {}
    expected = optkit.solve(instance, solver, options=options)
    result = optkit.solve(instance, solver, options=options, backend=backend)
    assert result.objective == pytest.approx(expected.objective, rel=1e-6)
    assert result.bound == pytest.approx(expected.bound, rel=1e-5)
