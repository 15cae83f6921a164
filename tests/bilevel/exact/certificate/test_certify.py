"""Certificates of random programs agree with enumeration."""

from __future__ import annotations

import itertools
import json
from fractions import Fraction

import pytest

import optkit
from optkit.bilevel.check.certificate import check, number
from optkit.bilevel.exact.certificate.certify import certify
from optkit.bilevel.exact.certificate.divisions import FollowerDivision
from optkit.bilevel.exact.certificate.exact_program import ExactProgram
from optkit.bilevel.exact.certificate.tree import Tree
from optkit.bilevel.problem.problem_data import problem_data
from optkit.core.solving.deadline import Deadline
from tests.fuzzing.bilevel_programs import KINDS, Program, programs


def verify(program: Program) -> None:
    """Certify a program, and compare what the checker proves with enumeration."""
    solution = optkit.solve(program.instance).solution
    document = certify(program.instance, solution, Deadline())
    text = json.dumps([program.instance.document(), document])
    data, certificate = json.loads(text, parse_float=number)
    bound, value = check(data, certificate)
    if program.optimum is None:
        assert bound == float("inf"), program.label
        return
    assert bound == value == pytest.approx(program.optimum), program.label
    for claim in (str(value + Fraction(1, 1000)), str(value + 1), None):
        with pytest.raises(ValueError, match="refused"):
            check(data, {**certificate, "bound": claim})


def test_programs_of_integers() -> None:
    """The checker proves the optimum that enumeration finds, and nothing better."""
    for program in programs(1, 8, "integer", disguised=False):
        verify(program)


def test_a_tree_never_proves_more_than_the_optimum() -> None:
    """Asked for more, it ends with the optimum; without a claim, too."""
    for case in programs(5, 6, "integer", disguised=False):
        if case.optimum is None:
            continue
        program = ExactProgram(case.instance)
        best = round(case.optimum * 100) - 100 * program.constant
        for claim in (Fraction(best + 1, 100), Fraction(best + 700, 100), None):
            division = FollowerDivision(
                problem_data(case.instance), program, Deadline()
            )
            tree = Tree(program, program.rows, program.cost, claim, division)
            assert not tree.grow(Deadline())
            tree.settle()
            assert tree.claim == pytest.approx(best / 100), case.label


@pytest.mark.parametrize("after", [10, 40, 100])
@pytest.mark.parametrize("interrupts", [False, True])
def test_an_interrupted_tree_proves_a_smaller_bound(
    after: int, interrupts: bool
) -> None:
    """What has grown is kept: at the time limit, and at Ctrl-C."""
    program = optkit.shipped_instance("random-6-6")
    solution = optkit.solve(program).solution
    asked = itertools.count()

    def should_stop() -> bool:
        if next(asked) < after:
            return False
        if interrupts:
            raise KeyboardInterrupt
        return True

    document = certify(program, solution, Deadline(should_stop=should_stop))
    text = json.dumps([program.document(), document])
    bound, value = check(*json.loads(text, parse_float=number))
    assert bound < value == 39


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_hundreds_of_programs(seed: int) -> None:
    """The same for programs of every kind."""
    for program in programs(seed, 3 * len(KINDS), disguised=False):
        verify(program)
