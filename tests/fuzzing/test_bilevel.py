"""Tests of the campaign on tiny bilevel programs."""

from __future__ import annotations

from dataclasses import replace

import pytest

import optkit
from optkit.bilevel.check.brute_force import brute_force
from tests.fuzzing.bilevel_programs import KINDS, Program, programs
from tests.fuzzing.bilevel_run import run, verdict


def _solvable() -> tuple[Program, optkit.Result]:
    program = next(p for p in programs(3, 40, "integer") if p.optimum is not None)
    return program, optkit.solve(program.instance)


def test_every_kind_of_wrong_answer_is_a_fault() -> None:
    """Objectives and bounds past the optimum, and false claims, are recognised."""
    program, result = _solvable()
    optimum = program.optimum
    assert optimum is not None
    assert verdict(program, result) == ""
    assert "better" in verdict(program, replace(result, objective=optimum - 1.0))
    assert "past" in verdict(program, replace(result, bound=optimum + 1.0))
    nothing = replace(result, objective=None, solution=None, bound=None)
    assert "infeasible" in verdict(program, replace(nothing, proven_infeasible=True))
    assert "no feasible" in verdict(replace(program, optimum=None), result)


def test_errors_are_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver that raises an error is reported, and the others go on."""

    def fail(*_: object, **__: object) -> None:
        raise optkit.OptkitError("broken")

    monkeypatch.setattr(optkit, "solve", fail)
    counts = run(["auto"], 2, 1, 1.0, "linear")
    assert len(counts.faults) == 2
    assert "broken" in counts.faults[0]


def test_added_bounds_do_not_move_the_optimum() -> None:
    """Brute force finds the same optimum if the bounds it needs are wider."""
    widths = {"covering, integer": 8.0, "flow, linear": 30.0, "transport, integer": 4.0}
    for part, width in widths.items():
        for program in programs(5, 3, part):
            document = program.instance.document()
            free = [c for c in document["columns"] if "upper" not in c]
            assert free
            for column in free:
                column["upper"] = column["lower"] + width
            wide = type(program.instance).parse(document)
            assert brute_force(wide) == pytest.approx(program.optimum)


@pytest.mark.slow
def test_solvers_agree_with_brute_force_on_every_kind() -> None:
    """Two programs of every kind, by every solver that takes them."""
    names = [solver.name for solver in optkit.solvers("bilevel")]
    counts = run(names, 2 * len(KINDS), 11, 10.0)
    assert counts.faults == []
    assert counts.solved.total() >= 60
