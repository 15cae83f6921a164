"""Certificates of random programs agree with enumeration."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

import optkit
from optkit.bilevel.check.certificate import check, number
from optkit.bilevel.exact.certificate.certify import certify
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


def test_one_program_of_every_kind() -> None:
    """The checker proves the optimum that enumeration finds, and nothing better."""
    for program in programs(1, len(KINDS), disguised=False):
        verify(program)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3, 4])
def test_hundreds_of_programs(seed: int) -> None:
    """The same for more programs."""
    for program in programs(seed, 3 * len(KINDS), disguised=False):
        verify(program)
