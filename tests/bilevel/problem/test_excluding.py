"""The best decisions, one after the other, are those that enumeration finds."""

from __future__ import annotations

import itertools

import pytest

import optkit
from optkit.bilevel.check.brute_force import brute_force
from optkit.bilevel.instance import BilevelInstance
from optkit.bilevel.problem.excluding import excluding
from tests.bilevel.examples import column, instance, moore_bard
from tests.fuzzing.bilevel_programs import programs


def _fixed(program: BilevelInstance, values: dict[str, int]) -> BilevelInstance:
    """Return the program with the leader's integer columns fixed."""
    document = program.document()
    for one in document["columns"]:
        if one["id"] in values:
            one["lower"] = one["upper"] = float(values[one["id"]])
    return BilevelInstance.parse(document)


def _by_enumeration(program: BilevelInstance) -> list[float]:
    """Return the objective of every decision that has one, sorted."""
    leader = [c for c in program.columns if c.level == "upper" and c.integer]
    ranges = [range(int(c.lower or 0), int(c.upper or 0) + 1) for c in leader]
    names = [c.id for c in leader]
    found = (
        brute_force(_fixed(program, dict(zip(names, values, strict=True))))
        for values in itertools.product(*ranges)
    )
    return sorted(value for value in found if value is not None)


@pytest.mark.parametrize(
    "part", ["integer, ties", "binary", "mixed leader, mixed follower", "coupling rows"]
)
def test_the_best_decisions_are_found(part: str) -> None:
    """Five of them, in their order, or as many as there are."""
    for program in programs(4, 2, part, disguised=False):
        expected = _by_enumeration(program.instance)
        found = optkit.alternatives(program.instance, 5)
        values = [result.objective for result in found.results]
        assert values == pytest.approx(expected[:5]), program.label
        assert found.proven == len(values)
        assert found.complete == (len(expected) < 5), program.label
        for result in found.results:
            assert result.verification is not None
            assert result.verification.feasible


def test_decisions_differ_and_no_result_claims_a_false_bound() -> None:
    """Every x of Moore and Bard's example once; the bound is that of the first."""
    program = moore_bard()
    found = optkit.alternatives(program, 99)
    decisions = [result.solution.upper["x"] for result in found.results]  # type: ignore[union-attr]
    assert sorted(decisions) == list(range(1, 9))
    assert found.complete
    assert {result.bound for result in found.results} == {-22.0}
    assert [result.status for result in found.results][:2] == ["optimal", "feasible"]
    assert list(found.bounds) == [result.objective for result in found.results]


def test_added_names_avoid_those_of_the_program() -> None:
    """A column may be called as the added ones would be."""
    program = instance(
        columns=[column("excluded0", "upper", 2.0), column("y", "lower", 1.0)],
        upper_objective={"coefficients": {"excluded0": 1.0}},
    )
    found = optkit.alternatives(program, 9)
    assert [result.objective for result in found.results] == [0.0, 1.0, 2.0]
    assert found.complete


def test_decisions_that_cannot_be_told_apart_are_refused() -> None:
    """A leader without integer columns, or with one that has no bound."""
    continuous = {**column("x", "upper", 1.0), "integer": False}
    for first, word in ((continuous, "none"), (column("x", "upper", None), "bounds")):
        program = instance(columns=[first, column("y", "lower", 1.0)])
        with pytest.raises(optkit.UnavailableError, match=word):
            excluding(program, [])
        with pytest.raises(optkit.UnavailableError, match=word):
            optkit.alternatives(program, 2)
    with pytest.raises(optkit.UsageError, match="at least one"):
        optkit.alternatives(moore_bard(), 0)
    with pytest.raises(optkit.UnavailableError, match="cannot exclude"):
        optkit.alternatives(optkit.generate("allocation", servers=3, seed=1), 2)


def test_pessimistic_programs_have_alternatives_too() -> None:
    """The follower may take any y, and takes the one that is worst for the leader."""
    program = instance(
        columns=[column("x", "upper", 2.0), column("y", "lower", 1.0)],
        upper_objective={"coefficients": {"x": 1.0, "y": 1.0}},
        ties="pessimistic",
    )
    found = optkit.alternatives(program, 9)
    assert [result.objective for result in found.results] == [1.0, 2.0, 3.0]
    assert (found.proven, found.complete) == (3, True)
