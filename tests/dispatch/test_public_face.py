"""The names that ``optkit.dispatch`` promises, and the example that uses them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import optkit.dispatch

PAGE = Path(__file__).resolve().parents[2] / "docs" / "dispatch.md"


def test_every_promised_name_exists() -> None:
    """Each name leads to the object of that name."""
    for name in optkit.dispatch.__all__:
        assert getattr(optkit.dispatch, name).__name__ == name


def test_other_names_do_not() -> None:
    """An unknown name is an AttributeError, as of any module."""
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        optkit.dispatch.nothing


def test_solvers_are_listed_without_numba() -> None:
    """Importing the package, its policies' base and all solvers loads no numba."""
    program = """
import sys, optkit.dispatch
optkit.dispatch.Policy, optkit.dispatch.PolicySolver
import optkit.dispatch.problem.objective
import optkit
optkit.solvers("dispatch")
assert not {"numba", "pyomo"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_pages_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """The policy on the page is feasible, as the page prints."""
    program, output = re.findall(
        r"^```(?:python|text)\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE
    )
    exec(compile(program, str(PAGE), "exec"), {})
    assert capsys.readouterr().out == output
