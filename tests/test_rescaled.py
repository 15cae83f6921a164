"""No answer of any family depends on the units of its instance.

``benchmarks/rescaled_runs.py`` runs the same comparison on many more cases.
"""

from __future__ import annotations

import numpy as np
import pytest

import optkit
from optkit.core.errors import UnavailableError
from optkit.core.solving import registry
from optkit.core.solving.family import resolve
from tests.bilevel.examples import column, instance, moore_bard
from tests.rescaled import (
    REWRITINGS,
    Answer,
    Rewriting,
    answer,
    judge,
    mixture,
    rewritten,
)
from tests.stretched import stretched

SEED = 20260

SOLVERS = {
    "bilevel": ("auto", "value-function", "kkt"),
    "discovery": ("bilevel-exact", "price", "highpoint"),
    "allocation": ("auto", "milp", "block-ls"),
    "sync": ("exact-offline", "auto"),
    "dispatch": ("selfish", "queue-aware"),
}

WORST = {
    "bilevel": (1e-12, 1e-9, 1e8, 1e12),
    "discovery": (1e-7, 1e8),
    "allocation": (1e-9, 1e8),
    "sync": (1e-9, 1e8),
    "dispatch": (1e-9,),
}


@pytest.mark.parametrize(
    ("family", "rewriting"),
    [
        pytest.param(family, rewriting, id=f"{family}-{rewriting.name}")
        for family, rewritings in REWRITINGS.items()
        for rewriting in rewritings
    ],
)
def test_other_units_same_answer(family: str, rewriting: Rewriting) -> None:
    """In other units every solver finds the same answer, or refuses to."""
    cases = resolve(str(registry.family(family).contract_cases))
    for case in cases.random(SEED, 2):
        known = Answer(
            "brute force",
            "answer",
            status="infeasible" if case.optimum is None else "optimal",
            objective=case.optimum,
            bound=case.optimum,
            infeasible=case.optimum is None,
        )
        original = {s: answer(case.instance, family, s) for s in SOLVERS[family]}
        takers = [s for s in SOLVERS[family] if original[s].kind != "refused"]
        for factor in WORST[family]:
            other = rewritten(case.instance, rewriting, factor)
            if other is None:
                continue
            scaled = {solver: answer(other, family, solver) for solver in takers}
            judgement = judge(
                {**original, known.solver: known},
                scaled,
                factor if rewriting.scales_objective else 1.0,
            )
            assert not judgement.contradictions, (case.label, factor)
            assert not judgement.weaker, (case.label, factor)


def by_name(family: str, name: str) -> Rewriting:
    """Return a rewriting."""
    return next(r for r in REWRITINGS[family] if r.name == name)


@pytest.mark.parametrize("factor", [1e-12, 1e-9, 1e9, 1e12])
def test_the_followers_tolerance_has_its_unit(factor: float) -> None:
    """Moore and Bard's optimum is -22 in any unit of the follower; it was -42 at 1e-9."""
    other = rewritten(moore_bard(), by_name("bilevel", "lower objective"), factor)
    result = optkit.solve(other)
    assert result.status == "optimal"
    assert result.objective == pytest.approx(-22.0)


def two_integers(factor: float) -> optkit.Instance:
    """Return a program with one equation, 3x + 2y = 17, in a unit."""
    return instance(
        columns=[column("x", "upper", 10.0), column("y", "lower", 10.0)],
        rows=[
            {
                "id": "r",
                "level": "lower",
                "lower": 17 * factor,
                "upper": 17 * factor,
                "coefficients": {"x": 3 * factor, "y": 2 * factor},
            }
        ],
        upper_objective={"coefficients": {"x": 1.0, "y": 1.0}},
        lower_objective={"coefficients": {"y": -1.0}},
    )


@pytest.mark.parametrize("factor", [1e-12, 1e-9, 1.0, 7e-11, 1e9, 3.3e12])
def test_equations_over_integers_hold_in_any_unit(factor: float) -> None:
    """3x + 2y = 17 has a point however small its unit; it was "proven infeasible"."""
    result = optkit.solve(two_integers(factor))
    assert result.status == "optimal"
    assert result.objective == 6.0


@pytest.mark.parametrize("factor", [1e-12, 1e3, 1e8, 3.7e-10, 1e12])
def test_terms_that_cancel_are_zero_in_any_unit(factor: float) -> None:
    """An objective whose terms cancel is zero, not the rounding of its terms."""
    for unit in (0.3, 7.0):
        program = instance(
            columns=[
                {**column("x", "upper", 3.0), "lower": 1.0},
                column("y", "lower", 9.0),
            ],
            rows=[
                {
                    "id": "r",
                    "level": "lower",
                    "lower": 0.0,
                    "coefficients": {"y": 1.0, "x": -3.0},
                }
            ],
            upper_objective={
                "coefficients": {"x": -3 * unit * factor, "y": unit * factor}
            },
            lower_objective={"coefficients": {"y": 1.0}},
        )
        result = optkit.solve(program)
        assert result.status == "optimal"
        assert result.objective == 0.0


def test_integers_beyond_the_tolerances_are_refused() -> None:
    """Columns up to 1e15 are refused by name; HiGHS failed with an internal error."""
    program = instance(
        columns=[column("x", "upper", 1e15), column("y", "lower", 1e15)],
        rows=[
            {
                "id": "r",
                "level": "lower",
                "upper": 1e15,
                "coefficients": {"x": 1.0, "y": 1.0},
            }
        ],
        upper_objective={"coefficients": {"x": -1.0, "y": 1.0}},
        lower_objective={"coefficients": {"y": -1.0}},
    )
    with pytest.raises(UnavailableError, match=r"'x' may be as large as 1e\+15"):
        optkit.solve(program)


def test_terms_within_the_tolerance_are_refused() -> None:
    """With 1e-9 y + x <= 1 one solver let y be 1 beside x = 1, and another did not."""
    program = instance(
        columns=[column("x", "upper", 1.0), column("y", "lower", 1.0)],
        rows=[
            {
                "id": "forbid",
                "level": "lower",
                "upper": 1.0,
                "coefficients": {"x": 1.0, "y": 1e-9},
            }
        ],
        upper_objective={"coefficients": {"y": 1.0}},
        lower_objective={"coefficients": {"y": -1.0}},
    )
    with pytest.raises(
        UnavailableError, match=r"'forbid' .* 1e-09 at y.*the tolerance"
    ):
        optkit.solve(program)


def test_fractions_of_integers_do_not_pay_for_a_row() -> None:
    """Of an integer with a large coefficient, kkt took 1e-8 for none at all."""
    for large in (2e6, 2e7, 2e8, 2e9):
        program = instance(
            columns=[
                column("x", "upper", 2.0),
                column("z", "upper", 2.0),
                column("y", "lower", 3.0, integer=False),
            ],
            rows=[
                {
                    "id": "demand",
                    "level": "upper",
                    "upper": -26.0,
                    "coefficients": {"x": -large, "z": -13.0, "y": -10.0},
                },
                {
                    "id": "room",
                    "level": "lower",
                    "upper": 8.0,
                    "coefficients": {"z": 4.0, "y": 1.0},
                },
            ],
            upper_objective={"coefficients": {"x": 14.0, "z": 6.0, "y": 18.0}},
            lower_objective={"coefficients": {"y": 1.0}},
        )
        answers = set()
        for solver in ("kkt", "value-function", "strong-duality"):
            try:
                result = optkit.solve(program, solver)
            except UnavailableError:
                continue
            assert result.status == "optimal"
            answers.add(round(result.objective, 6))
        assert answers <= {12.0}, large


def test_checkers_round_in_the_users_units() -> None:
    """Sums of numbers beyond 1e6 are rounded by more than HiGHS' 1e-9."""
    unit = 471479.4053819519
    program = instance(
        columns=[
            *(column(f"x{i}", "upper", 1.0) for i in range(6)),
            *(column(f"y{i}", "lower", 1.0) for i in range(6)),
        ],
        rows=[
            {
                "id": "budget",
                "level": "upper",
                "upper": 38 * unit,
                "coefficients": {
                    f"x{i}": a * unit for i, a in enumerate((11, 20, 12, 20, 5, 9))
                },
            },
            {
                "id": "capacity",
                "level": "lower",
                "upper": 39 * unit,
                "coefficients": {
                    f"y{i}": a * unit for i, a in enumerate((20, 13, 9, 8, 20, 9))
                },
            },
            *(
                {
                    "id": f"forbid{i}",
                    "level": "lower",
                    "upper": unit,
                    "coefficients": {f"x{i}": unit, f"y{i}": unit},
                }
                for i in range(6)
            ),
        ],
        upper_objective={"coefficients": {f"y{i}": 10.0 + i for i in range(6)}},
        lower_objective={"coefficients": {f"y{i}": -10.0 - i for i in range(6)}},
    )
    assert optkit.solve(program, "value-function").status == "optimal"


def test_coefficients_too_far_apart_are_refused() -> None:
    """The refusal names the row, the columns and their coefficients."""
    program = instance(
        columns=[column("x", "upper", 9.0), column("y", "lower", 1e6)],
        rows=[
            {
                "id": "capacity",
                "level": "lower",
                "upper": 1.0,
                "coefficients": {"x": 1e7, "y": -1e-7},
            }
        ],
        upper_objective={"coefficients": {"x": -1.0, "y": 1.0}},
        lower_objective={"coefficients": {"y": 1.0}},
    )
    with pytest.raises(UnavailableError, match=r"'capacity' .* 1e\+07 at x .* at y"):
        optkit.solve(program)


@pytest.mark.parametrize("factor", [1e-9, 1e9])
def test_targets_events_and_starts_are_in_the_users_units(factor: float) -> None:
    """What a solver is asked, told and heard of has the units of the instance."""
    other = rewritten(moore_bard(), by_name("bilevel", "upper objective"), factor)
    heard: list[optkit.Event] = []
    first = optkit.solve(other, on_event=heard.append)
    assert first.objective == pytest.approx(-22.0 * factor)
    assert heard[-1].objective == first.objective
    assert first.trajectory[-1][1] == first.objective
    assert first.limits.target is None
    again = optkit.solve(
        other, initial=first.solution, limits=optkit.Limits(target=-21.9 * factor)
    )
    assert again.objective == first.objective
    assert again.limits.target == -21.9 * factor
    assert optkit.check(other, again.solution).feasible


@pytest.mark.parametrize("family", list(REWRITINGS))
def test_several_units_at_once(family: str) -> None:
    """One unit 1e9 times as large and another 1e-9 times: the same answer."""
    cases = resolve(str(registry.family(family).contract_cases))
    rng = np.random.default_rng(6)
    for case in cases.random(SEED, 2):
        original = {s: answer(case.instance, family, s) for s in SOLVERS[family]}
        takers = [s for s in SOLVERS[family] if original[s].kind != "refused"]
        for _ in range(2):
            rewriting, factor = mixture(family, rng)
            other = rewritten(case.instance, rewriting, 1.0)
            if other is None:
                continue
            scaled = {solver: answer(other, family, solver) for solver in takers}
            judgement = judge(original, scaled, factor, rewriting.have_its_unit)
            assert not judgement.contradictions, (case.label, rewriting.name)
            assert not judgement.weaker, (case.label, rewriting.name)


@pytest.mark.parametrize("family", list(REWRITINGS))
def test_numbers_far_from_each_other(family: str) -> None:
    """Where some numbers are 1e9 times the others, no two claims contradict each other."""
    cases = resolve(str(registry.family(family).contract_cases))
    rng = np.random.default_rng(7)
    for case in cases.random(SEED, 3):
        other = stretched(case.instance, family, rng)
        if other is None:
            continue
        claims = {solver: answer(other, family, solver) for solver in SOLVERS[family]}
        assert not judge({}, claims, 1.0).contradictions, case.label


def test_windows_too_far_apart_are_refused() -> None:
    """Discovery refuses windows between whose energies no unit mediates."""
    network = optkit.generate("discovery", seed=1, nodes=4, windows=2, candidates=2)
    document = network.document()
    for key in ("energy_agent", "energy_self"):
        document[key][1] = [1e-11 * value for value in document[key][1]]
    other = type(network).parse(document)
    with pytest.raises(UnavailableError, match="the largest energy of window 0"):
        optkit.solve(other, "price")


def test_energies_too_far_apart_are_refused() -> None:
    """Beside 8e9 J a bound lost the digits of 0.004 J, and was above the optimum."""
    network = optkit.generate("discovery", seed=1, nodes=4, windows=2, candidates=2)
    document = network.document()
    document["energy_agent"][0][0] *= 1e-9
    document["energy_self"][0][0] *= 1e3
    with pytest.raises(UnavailableError, match=r"energies range from .* J to .* J"):
        optkit.solve(type(network).parse(document), "price")
