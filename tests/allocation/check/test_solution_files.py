"""What a solution file claims beside its solution is checked as well."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

import optkit
from optkit.core.solving.result import Verification
from optkit.core.tools.solution_files import SolutionDocument, solution_document
from tests.allocation.check.hand_cases import BUSH, CHAIN, Plain


@cache
def _document() -> Plain:
    result = optkit.solve(CHAIN, "pmo", limits=optkit.Limits(time=60.0))
    return solution_document(result).document()


def _verdict(**changes: Any) -> Verification:
    document = {**copy.deepcopy(_document()), **changes}
    return optkit.check_document(CHAIN, SolutionDocument.parse(document))


def test_honest_document_passes() -> None:
    """A file passes as it was written."""
    assert _verdict().feasible


def _claims(z: float) -> Iterator[tuple[str, Plain, str | None]]:
    """Yield what to change in a file with objective ``z``, and what is found then."""
    yield "objective too high", {"objective": z * (1 + 2e-6)}, "objective"
    yield "objective too low", {"objective": z * (1 - 2e-6)}, "objective"
    yield "objective missing", {"objective": None}, "objective"
    yield "bound past the objective", {"bound": z * (1 + 2e-6)}, "bound"
    yield "bound far past the objective", {"bound": 10 * z, "gap": 9.0}, "bound"
    yield "gap too small", {"bound": 0.5 * z, "gap": 0.0}, "gap"
    yield "gap too large", {"gap": 0.5}, "gap"
    yield "gap missing", {"gap": None}, "gap"
    yield "gap without a bound", {"bound": None, "status": "feasible"}, "gap"
    yield (
        "optimal with a gap",
        {"bound": z * (1 - 2e-6), "gap": 2e-6, "status": "optimal"},
        "status",
    )
    yield "optimal without a bound", {"bound": None, "gap": None}, "status"
    yield "infeasible beside a solution", {"status": "infeasible"}, "status"
    yield "no solution beside a solution", {"status": "no-solution"}, "status"
    yield (
        "objective within its tolerance",
        {"objective": z * (1 + 5e-7), "gap": 5e-7},
        None,
    )
    yield "bound within its tolerance", {"bound": z * (1 + 5e-7), "gap": 5e-7}, None
    yield (
        "optimal within its tolerance",
        {"bound": z * (1 - 9e-7), "gap": 9e-7},
        None,
    )


@pytest.mark.parametrize("name", [name for name, _, _ in _claims(1.0)])
def test_claims_in_a_file_are_checked(name: str) -> None:
    """No number beside a good solution is taken on trust."""
    claims = _claims(_document()["objective"])
    changes, kind = next((c, k) for n, c, k in claims if n == name)
    verification = _verdict(**changes)
    kinds = [violation.kind for violation in verification.violations]
    assert verification.feasible is (kind is None), kinds
    if kind is not None:
        assert kind in kinds


def test_solution_of_another_instance_is_an_invalid_file() -> None:
    """A solution of another instance is refused as an invalid file."""
    with pytest.raises(optkit.InvalidFileError, match=r"instance\.sha256"):
        optkit.check_document(BUSH, SolutionDocument.parse(_document()))
    with pytest.raises(optkit.InvalidFileError, match="solution: null"):
        _verdict(solution=None)
