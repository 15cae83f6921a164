"""Solution files as other solvers write them, not as their manuals say."""

from __future__ import annotations

from pathlib import Path

import pytest

import optkit
from optkit.backends.solution_files.read import read_solution_file
from tests.backends.solution_files.real_files import FAMILIES, FOLDER, SOLVERS, small
from tests.backends.solution_files.test_importing import export

KEEPS_THE_FOLLOWER = ("allocation", "sync")
"""Families whose model decides everything, so that its optimum passes the check."""


@pytest.mark.parametrize("family", FAMILIES)
def test_all_solvers_agree(family: str) -> None:
    """The files that they wrote for one model are read to the same objective."""
    instance = small(family)
    objectives = []
    for name in SOLVERS:
        path = FOLDER / f"{name}-{family}.sol"
        assert read_solution_file(path).format == name
        result = optkit.import_solution(instance, path)
        assert result.verification is not None
        if family in KEEPS_THE_FOLLOWER:
            assert result.verification.feasible, (name, result.verification.violations)
        objectives.append(result.objective)
    assert objectives == pytest.approx([objectives[0]] * len(SOLVERS), rel=1e-5)


def test_columns_that_gurobi_adds_for_ranges_are_left_out() -> None:
    """They are counted, and said to be left out."""
    path = FOLDER / "gurobi-allocation.sol"
    result = optkit.import_solution(small("allocation"), path)
    added = path.read_text().count("\nMPS_Rg")
    assert added > 0
    assert f"{added} columns that the solver added" in result.termination.detail


@pytest.mark.slow
@pytest.mark.parametrize("form", ["mps", "lp"])
@pytest.mark.parametrize("name", SOLVERS)
def test_what_installed_solvers_write_comes_back(
    tmp_path: Path, name: str, form: str
) -> None:
    """The objective that the solver states is the one that is recomputed."""
    for family in FAMILIES:
        (tmp_path / family).mkdir()
        instance, path = small(family), tmp_path / family / "model.sol"
        stated = SOLVERS[name](export(instance, tmp_path / family, form), path)
        result = optkit.import_solution(instance, path)
        assert result.objective == pytest.approx(stated, rel=1e-6), family
