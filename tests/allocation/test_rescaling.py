"""The offline–online scheme: a scaled result is the result of solving anew."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import pytest

import optkit
from optkit.allocation import rescale
from optkit.allocation.instance import AllocationInstance
from optkit.core.solving.result import Result, Status


def instance(size: float = 10.0, energy: float = 0.05) -> AllocationInstance:
    """Return a network of seven servers with a task of ``size``."""
    made = optkit.generate(
        "allocation",
        seed=4,
        servers=7,
        shape="binary",
        size_gbit=size,
        weight_energy=energy,
    )
    assert isinstance(made, AllocationInstance)
    return made


def solved(size: float = 10.0, solver: str = "pmo", energy: float = 0.05) -> Result:
    """Return a result for a task of ``size``."""
    return optkit.solve(instance(size, energy), solver)


@pytest.mark.parametrize("ratio", [1e-6, 1e-3, 0.1, 1.0, 1.7, 1e3, 1e6])
@pytest.mark.parametrize("energy", [0.0, 0.05])
def test_scaled_is_solved_anew(ratio: float, energy: float) -> None:
    """Loads, objective and bound scale (Theorem 2), and the checker agrees."""
    scaled = rescale(solved(energy=energy), 10.0 * ratio)
    anew = solved(10.0 * ratio, energy=energy)
    assert scaled.verification is not None
    assert scaled.verification.feasible, scaled.verification.violations
    assert scaled.status is anew.status is Status.OPTIMAL
    assert scaled.objective == pytest.approx(anew.objective, rel=1e-12)
    assert scaled.bound == pytest.approx(anew.bound, rel=1e-12)
    assert scaled.verification.objective == pytest.approx(scaled.objective, rel=1e-12)
    assert scaled.instance.sha256 == anew.instance.sha256
    for name, value in anew.metrics["servers"].items():
        assert scaled.metrics["servers"][name] == pytest.approx(value, rel=1e-9)


def test_gap_is_kept() -> None:
    """Scaling keeps the relative gap."""
    result = solved(solver="local")
    assert result.gap is not None
    assert result.gap > 0.1
    for size in (1e-15, 1e-3, 10.0, 1e9):
        scaled = rescale(result, size)
        assert scaled.status is Status.FEASIBLE, size


def test_empty_task() -> None:
    """An empty task costs nothing, and that is optimal."""
    scaled = rescale(solved(), 0.0)
    assert (scaled.objective, scaled.bound) == (0.0, 0.0)
    assert scaled.status is Status.OPTIMAL
    assert set(scaled.metrics["servers"]["0"].values()) == {0.0}


def test_after_the_identity_was_used(tmp_path: Path) -> None:
    """Saved and rescaled results each have the hash of their own instance."""
    result = solved()
    optkit.save(result, tmp_path / "ten.json")
    scaled = rescale(result, 20.0)
    optkit.save(scaled, tmp_path / "twenty.json")
    assert scaled.instance.sha256 == instance(20.0).sha256 != result.instance.sha256
    document = optkit.load_solution(tmp_path / "twenty.json")
    assert optkit.check_document(instance(20.0), document).feasible
    again = rescale(scaled, 10.0)
    assert again.instance.sha256 == result.instance.sha256


def test_the_result_that_is_scaled_stays() -> None:
    """Rescaling leaves the result it is given unchanged."""
    result = solved()
    before = (result.objective, result.solution, dict(result.metrics))
    rescale(result, 3.0)
    assert (result.objective, result.solution, dict(result.metrics)) == before
    scaled = rescale(result, 3.0)
    assert scaled.solver == result.solver
    assert scaled.trajectory == ()
    assert "10.0 Gbit" in scaled.termination.detail


def test_a_false_claim_stays_false() -> None:
    """A result that failed its check cannot be rescaled."""
    result = solved(solver="local")
    assert result.verification is not None
    assert result.bound is not None
    false = dataclasses.replace(
        result,
        objective=result.bound,
        verification=dataclasses.replace(result.verification, feasible=False),
    )
    assert false.status is Status.NO_SOLUTION
    with pytest.raises(optkit.UsageError, match="check"):
        rescale(false, 5.0)


def test_empty_task_cannot_be_scaled() -> None:
    """An empty task cannot be scaled up."""
    with pytest.raises(optkit.UsageError, match="empty"):
        rescale(solved(0.0), 5.0)


@pytest.mark.parametrize(
    "size", [-1.0, -1e-300, math.nan, math.inf, -math.inf, 1.1e15, "5", None, [1.0]]
)
def test_senseless_size_is_refused(size: Any) -> None:
    """The new size keeps to the limits of every instance."""
    with pytest.raises(optkit.UsageError, match="size"):
        rescale(solved(), size)


def test_without_a_solution_nothing_is_scaled() -> None:
    """A result without a solution is refused with the reason."""
    empty = dataclasses.replace(solved(), solution=None, verification=None)
    with pytest.raises(optkit.UsageError, match="with a solution"):
        rescale(empty, 5.0)
