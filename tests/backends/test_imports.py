"""Tests of importing the backends and their libraries."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize(
    "first", ["import highspy, ortools", "import ortools, highspy"]
)
def test_both_libraries_load_in_either_order(first: str) -> None:
    """Both packages can bring a libhighs; here both load, and both solve."""
    names = ("highs", "cp-sat") if "highspy, " in first else ("cp-sat", "highs")
    code = f"""
import sys
{first}
if {names[0]!r} == "cp-sat":
    from ortools.math_opt.python import mathopt
sys.path.insert(0, {str(ROOT)!r})
from tests.backends.models import knapsack
from optkit.backends import solve_model
for name in {names!r}:
    print(solve_model(knapsack(12, 2), name).objective)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    first_objective, second_objective = done.stdout.split()
    assert first_objective == second_objective


def test_importing_the_package_loads_no_solver() -> None:
    """``import optkit.backends`` imports no numerical library, so commands start fast."""
    code = (
        "import sys, optkit.backends; "
        "heavy = ('numpy', 'scipy', 'pyomo', 'highspy', 'ortools'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == "[]"
