"""The same problem in other units: rewritten documents, and what answers may not do.

Used by the tests of every family, and by ``benchmarks/rescaled_runs.py``.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import optkit
from optkit.core.consistency import agree, bound_exceeds
from optkit.core.errors import InvalidFileError, UnavailableError
from optkit.core.solving import registry

FACTORS = (1e-12, 1e-9, 1e-7, 1e-3, 1e3, 1e6, 1e8, 1e12)

Document = dict[str, Any]


@dataclass(frozen=True)
class Rewriting:
    """One way to write an instance in other units.

    Parameters
    ----------
    name
        What is multiplied by the factor.
    rewrite
        Changes a document in place, given the factor.
    scales_objective
        Whether the objective is multiplied by the factor, too; it is unchanged otherwise.
    have_its_unit
        Solvers whose rules are in the unit that is changed, so that they decide otherwise:
        a threshold of 2 percent is another one where loads are in thousandths.
    """

    name: str
    rewrite: Callable[[Document, float], None]
    scales_objective: bool
    have_its_unit: tuple[str, ...] = ()


def _times(values: Any, factor: float) -> Any:
    """Multiply every number in nested lists; None stays."""
    if isinstance(values, list):
        return [_times(value, factor) for value in values]
    return None if values is None else values * factor


def _multiply(part: Document, factors: dict[str, float]) -> None:
    for key, factor in factors.items():
        if part.get(key) is not None:
            part[key] = _times(part[key], factor)


# -- bilevel ----------------------------------------------------------------------------


def _objective(level: str) -> Callable[[Document, float], None]:
    def rewrite(document: Document, s: float) -> None:
        objective = document[f"{level}_objective"]
        objective["constant"] = objective.get("constant", 0.0) * s
        objective["coefficients"] = {
            name: value * s for name, value in objective["coefficients"].items()
        }

    return rewrite


def _rows(which: int | None) -> Callable[[Document, float], None]:
    def rewrite(document: Document, s: float) -> None:
        for number, row in enumerate(document["rows"]):
            if which is None or number % 2 == which:
                _multiply(row, {"lower": s, "upper": s})
                row["coefficients"] = {k: v * s for k, v in row["coefficients"].items()}

    return rewrite


def _continuous_columns(document: Document, s: float) -> None:
    names = {c["id"] for c in document["columns"] if not c.get("integer", False)}
    for column in document["columns"]:
        if column["id"] in names:
            _multiply(column, {"lower": s, "upper": s})
    for part in (
        *document["rows"],
        document["upper_objective"],
        document["lower_objective"],
    ):
        part["coefficients"] = {
            k: v / s if k in names else v for k, v in part["coefficients"].items()
        }


# -- discovery --------------------------------------------------------------------------

_TIMES = ("select_time", "connect_time")
_ENERGIES = ("energy_agent", "energy_self")


def _discovery(*groups: str) -> Callable[[Document, float], None]:
    def rewrite(document: Document, s: float) -> None:
        for group in groups:
            if group == "weights":
                _multiply(document["weights"], {"time": s, "energy": s})
            elif group == "1/time":
                _multiply(document["weights"], {"time": 1.0 / s})
            elif group == "1/energy":
                _multiply(document["weights"], {"energy": 1.0 / s})
            else:
                keys = _TIMES if group == "times" else _ENERGIES
                _multiply(document, dict.fromkeys(keys, s))

    return rewrite


# -- allocation -------------------------------------------------------------------------


def _allocation(
    task: dict[str, float], weights: dict[str, float], **powers: dict[str, float]
) -> Callable[[Document, float], None]:
    """Return the rewriting that multiplies each quantity by a power of the factor."""

    def rewrite(document: Document, s: float) -> None:
        parts: list[tuple[Document, dict[str, float]]] = [
            (document["task"], task),
            (document["weights"], weights),
        ]
        for name, of_part in powers.items():
            parts += [(part, of_part) for part in document[name]]
        for part, of_part in parts:
            _multiply(part, {key: s**power for key, power in of_part.items()})

    return rewrite


# -- sync -------------------------------------------------------------------------------


def _sync(
    whole: dict[str, float], weights: dict[str, float], **powers: dict[str, float]
) -> Callable[[Document, float], None]:
    def rewrite(document: Document, s: float) -> None:
        parts: list[tuple[Document, dict[str, float]]] = [
            (document, whole),
            (document["weights"], weights),
        ]
        for name, of_part in powers.items():
            parts += [(part, of_part) for part in document[name]]
        for part, of_part in parts:
            _multiply(part, {key: s**power for key, power in of_part.items()})

    return rewrite


def _slot_seconds(document: Document, s: float) -> None:
    _multiply(document, {"slot_seconds": s})


IN_PERCENT = ("budgeted-index", "gradient", "shared-index", "threshold")
"""Policies of sync whose rules are in percent of load."""


REWRITINGS: dict[str, tuple[Rewriting, ...]] = {
    "bilevel": (
        Rewriting("upper objective", _objective("upper"), True),
        Rewriting("lower objective", _objective("lower"), False),
        Rewriting("rows", _rows(None), False),
        Rewriting("every other row", _rows(0), False),
        Rewriting("continuous columns", _continuous_columns, False),
    ),
    "discovery": (
        Rewriting("weights", _discovery("weights"), True),
        Rewriting("times and energies", _discovery("times", "energies"), True),
        Rewriting("times", _discovery("times", "1/time"), False),
        Rewriting("energies", _discovery("energies", "1/energy"), False),
    ),
    "allocation": (
        Rewriting("weights", _allocation({}, {"time": 1, "energy": 1}), True),
        Rewriting("task size", _allocation({"size_gbit": 1}, {}), True),
        Rewriting(
            "time",  # seconds in another unit; energies stay
            _allocation(
                {},
                {"time": -1},
                servers={"ghz": -1, "tx_watt": -1, "capacitance": 2},
                links={"gbps": -1},
            ),
            False,
        ),
        Rewriting(
            "data",
            _allocation(
                {"size_gbit": 1, "gcycles_per_gbit": -1}, {}, links={"gbps": 1}
            ),
            False,
        ),
        Rewriting(
            "energy",
            _allocation({}, {"energy": -1}, servers={"tx_watt": 1, "capacitance": 1}),
            False,
        ),
        Rewriting(
            "cycles",
            _allocation(
                {"gcycles_per_gbit": 1}, {}, servers={"ghz": 1, "capacitance": -3}
            ),
            False,
        ),
    ),
    "dispatch": (Rewriting("slot length", _slot_seconds, False),),
    "sync": (
        Rewriting(
            "weights",
            _sync({}, dict.fromkeys(("age", "error", "cost", "report"), 1)),
            True,
        ),
        Rewriting(
            "sizes",
            _sync({"header_cost": 1}, {"cost": -1}, links={"payload": 1, "rate": 1}),
            False,
        ),
        Rewriting("age tolerance", _sync({"age_tolerance": 1}, {"age": 1}), False),
        Rewriting(
            "loads",
            _sync({}, {"error": -1}, devices={"load_percent": 1}),
            False,
            have_its_unit=IN_PERCENT,
        ),
        Rewriting("slot length", _slot_seconds, False),
    ),
}


def mixture(family: str, rng: np.random.Generator) -> tuple[Rewriting, float]:
    """Return several changes of units at once, and what they do to the objective.

    Each of the family's rewritings has a chance of one half, and a factor of its own from
    1e-12 to 1e12; so one unit may be 1e9 times as large and another 1e-9 times.

    Returns
    -------
    tuple
        The rewriting, for a factor of 1, and the factor of the objective.
    """
    parts = [
        (part, float(np.round(10.0 ** rng.uniform(-12.0, 12.0), 16) or 1e-12))
        for part in REWRITINGS[family]
        if rng.random() < 0.5
    ]

    def rewrite(document: Document, s: float) -> None:
        for part, factor in parts:
            part.rewrite(document, factor)

    of_objective = float(np.prod([f for part, f in parts if part.scales_objective]))
    name = ", ".join(f"{part.name} × {factor:.3g}" for part, factor in parts)
    have_unit = tuple(solver for part, _ in parts for solver in part.have_its_unit)
    return Rewriting(f"[{name}]", rewrite, True, have_unit), of_objective


def rewritten(
    instance: optkit.Instance, rewriting: Rewriting, factor: float
) -> optkit.Instance | None:
    """Return an instance in other units; None where the format does not allow them."""
    document = copy.deepcopy(instance.document())
    rewriting.rewrite(document, factor)
    try:
        return type(instance).parse(document)
    except InvalidFileError:
        return None


# -- answers ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What one run claimed.

    Parameters
    ----------
    kind
        ``answer``, ``refused`` or ``crash``.
    """

    solver: str
    kind: str
    detail: str = ""
    variant: str = ""
    status: str = ""
    reason: str = ""
    objective: float | None = None
    bound: float | None = None
    infeasible: bool = False

    def times(self, factor: float) -> Answer:
        """Return it with its values multiplied."""
        values = dict(self.__dict__)
        for key in ("objective", "bound"):
            if values[key] is not None:
                values[key] *= factor
        return Answer(**values)


def answer(
    instance: optkit.Instance, family: str, solver: str, seconds: float = 10.0
) -> Answer:
    """Solve an instance, and return what was claimed.

    Parameters
    ----------
    instance, family
        The instance.
    solver
        A name, with options after a colon if need be: ``milp:backend=scip``.
    seconds
        The time limit.
    """
    name, _, given = solver.partition(":")
    options = dict(option.split("=") for option in given.split(",") if option)
    asked: tuple[dict[str, int], ...] = (
        {"iterations": 30, "evaluations": 200},
        {"evaluations": 200},
        {"iterations": 30},
        {},
    )
    for counts in asked:
        try:
            result = optkit.solve(
                instance,
                name,
                options={key: _value(text) for key, text in options.items()},
                limits=optkit.Limits(time=seconds, **counts),
                seed=3,
            )
        except UnavailableError as error:
            if counts and "limit" in str(error):
                continue
            return Answer(solver, "refused", str(error))
        except Exception as error:  # what a user would meet as exit status 1
            return Answer(solver, "crash", f"{type(error).__name__}: {error}")
        verification = result.verification
        if verification is not None and not verification.feasible:
            return Answer(
                solver, "crash", f"failed its check: {verification.violations}"
            )
        of_solver = registry.solver_class(family, result.solver.name)
        return Answer(
            solver,
            "answer",
            variant=of_solver.variant,
            status=str(result.status.value),
            reason=str(result.termination.reason.value),
            objective=result.objective,
            bound=result.bound,
            infeasible=result.proven_infeasible,
        )
    raise AssertionError("unreachable: the last try asks for no count")


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


@dataclass
class Judgement:
    """What is wrong with the answers to one rewritten instance.

    Parameters
    ----------
    contradictions
        Claims that cannot be true: two that conflict, a crash, a failed check.
    weaker
        Proofs of the original that the rewritten instance no longer gets.
    """

    contradictions: list[str] = field(default_factory=list)
    weaker: list[str] = field(default_factory=list)


def judge(
    original: dict[str, Answer],
    scaled: dict[str, Answer],
    factor: float,
    have_unit: tuple[str, ...] = (),
) -> Judgement:
    """Compare the answers to a rewritten instance with those to the original.

    Parameters
    ----------
    original, scaled
        Answers by solver; the original's may be missing.
    factor
        By which the objective was multiplied.
    have_unit
        Solvers that may well answer otherwise; see :class:`Rewriting`.
    """
    judgement = Judgement()
    expected = {name: claim.times(factor) for name, claim in original.items()}
    for name, claim in scaled.items():
        if claim.kind == "crash" and (
            name not in expected or expected[name].kind != "crash"
        ):
            judgement.contradictions.append(f"{name}: {claim.detail}")
    answers = [("", claim) for claim in scaled.values() if claim.kind == "answer"]
    known = [("original ", c) for c in expected.values() if c.kind == "answer"]
    for one in answers:
        # A run counts once, however many others refute it.
        against = (
            text
            for other in (*known, *answers)
            if other is not one and other[1].variant == one[1].variant
            for text in (*one_sided(one, other), *one_sided(other, one))
        )
        judgement.contradictions += [text for text in (next(against, None),) if text]
    for name, claim in scaled.items():
        if name not in expected or name.partition(":")[0] in have_unit:
            continue
        before = expected[name]
        proven = before.status in ("optimal", "infeasible")
        if claim.kind == "answer" and proven and claim.status != before.status:
            judgement.weaker.append(f"{name}: {before.status}, now {claim.status}")
    return judgement


def one_sided(one: tuple[str, Answer], other: tuple[str, Answer]) -> list[str]:
    """Return what the proofs of one answer say against the solution of another."""
    (label, proof), (where, found) = one, other
    wrong = []
    if proof.infeasible and found.objective is not None:
        wrong.append(
            f"{label}{proof.solver} claims that there is no solution,"
            f" {where}{found.solver} has one of {found.objective!r}"
        )
    if (
        proof.bound is not None
        and found.objective is not None
        and bound_exceeds(proof.bound, found.objective)
    ):
        wrong.append(
            f"{label}{proof.solver} claims the bound {proof.bound!r},"
            f" {where}{found.solver} has a solution of {found.objective!r}"
        )
    if (
        proof.status == "optimal"
        and found.status == "optimal"
        and proof.objective is not None
        and found.objective is not None
        and not agree(proof.objective, found.objective)
        and abs(proof.objective - found.objective)
        > 3e-6 * max(abs(proof.objective), abs(found.objective))
    ):
        wrong.append(
            f"{label}{proof.solver} calls {proof.objective!r} optimal, and"
            f" {where}{found.solver} {found.objective!r}"
        )
    return wrong
