"""Checks a solution, and what a solution file claims about it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from optkit.core.consistency import (
    OBJECTIVE_TOLERANCE,
    OPTIMALITY_GAP,
    agree,
    bound_exceeds,
    proves_optimality,
    relative_gap,
)
from optkit.core.errors import UsageError
from optkit.core.files.records import LazyRecords
from optkit.core.files.references import finite
from optkit.core.instance import Instance, Solution
from optkit.core.solving.registry import family_of_schema
from optkit.core.solving.result import Reason, Status, Verification, Violation
from optkit.core.tools.solution_files import SolutionDocument, family_solution

ROUNDING = 1e-9
"""Difference up to which the figures of records agree, as a share of the largest one of the
same name: what loads that cancel leave at one server."""


def check(instance: Instance, solution: Solution) -> Verification:
    """Check a solution by code that no solver shares; everything is recomputed.

    Parameters
    ----------
    instance
        The instance that it solves.
    solution
        A solution of the instance's family.
    """
    if not isinstance(instance, Instance):
        raise UsageError(
            f"check: {type(instance).__name__} is not an instance; optkit.load reads one."
        )
    family = family_of_schema(instance.SCHEMA)
    assert family is not None, "an instance exists, so its family is registered"
    if not isinstance(solution, family.solution_type):
        raise UsageError(
            f"check: {type(solution).__name__} is not a solution of family"
            f" {family.name}; pass result.solution, or a solution file to check_document."
        )
    return family.check(instance, solution)


def check_document(
    instance: Instance, document: SolutionDocument, source: str = "solution"
) -> Verification:
    """Check the solution in a file, and the file's claims about it.

    Parameters
    ----------
    instance
        The instance that it solves.
    document
        The solution file.
    source
        Its name, for messages.

    Raises
    ------
    InvalidFileError
        If the file is for another instance, or holds no solution.
    """
    verification = check(instance, family_solution(document, instance, source))
    violations = list(verification.violations)
    objective = verification.objective
    claimed = document.objective
    if objective is not None:
        if claimed is None or not agree(claimed, objective):
            violations.append(
                Violation(
                    "objective",
                    "objective",
                    f"{claimed!r} is claimed, {objective!r} is recomputed",
                )
            )
        bound = document.bound
        if bound is not None and bound_exceeds(bound, objective):
            violations.append(
                Violation(
                    "bound",
                    "bound",
                    f"{bound!r} is past the recomputed objective {objective!r}",
                )
            )
    violations += _contradictions(document)
    violations += _wrong_metrics(document.metrics, verification.metrics, "metrics")
    return Verification(
        not violations, objective, tuple(violations), verification.metrics
    )


def unknown_claims(claimed: Any, recomputed: Any, path: str = "metrics") -> list[str]:
    """Return the paths of claimed figures that the checker does not compute.

    Parameters
    ----------
    claimed
        The metrics in a solution file.
    recomputed
        The metrics of the check.
    path
        Where they are.
    """
    if not (isinstance(claimed, Mapping) and isinstance(recomputed, Mapping)):
        return []
    unknown = []
    for key in claimed:
        where = f"{path}.{key}"
        kept = recomputed.columns(key) if isinstance(recomputed, LazyRecords) else None
        if kept is not None and kept.columns_of(claimed[key]) is not None:
            continue
        if key in recomputed:
            unknown += unknown_claims(claimed[key], recomputed[key], where)
        else:
            unknown.append(where)
    return unknown


def _records_agree(
    claimed: Mapping[str, Any], recomputed: Mapping[str, Any], key: str
) -> bool:
    """Return whether claimed records are those recomputed, judged by whole columns.

    False only says that a closer look is needed.
    """
    kept = recomputed.columns(key) if isinstance(recomputed, LazyRecords) else None
    columns = None if kept is None else kept.columns_of(claimed[key])
    if kept is None or columns is None:
        return False
    for name, own in kept.columns.items():
        values = columns[name]
        if own is None or values is None:
            continue
        size = np.maximum(np.abs(own), np.abs(values))
        least = ROUNDING * float(np.abs(own).max(initial=0.0))
        allowed = np.maximum(OBJECTIVE_TOLERANCE * size, least)
        if not np.all(np.abs(values - own) <= allowed):
            return False
    return True


def _wrong_metrics(
    claimed: Any,
    recomputed: Any,
    path: str,
    sizes: Mapping[str, float] | None = None,
    size: float = 0.0,
) -> list[Violation]:
    """Return the claimed metrics that differ from the recomputed ones.

    Parameters
    ----------
    claimed, recomputed
        The metrics, or a part of them.
    path
        Where that part is.
    sizes
        In a record, by name the largest figure of all records beside it.
    size
        Of a figure, that largest one.
    """
    if isinstance(claimed, Mapping) and isinstance(recomputed, Mapping):
        largest = _largest_by_name(recomputed)
        return [
            violation
            for key in claimed
            if key in recomputed and not _records_agree(claimed, recomputed, key)
            for violation in _wrong_metrics(
                claimed[key],
                recomputed[key],
                f"{path}.{key}",
                largest,
                (sizes or {}).get(key, 0.0),
            )
        ]
    if claimed == recomputed:
        return []
    one, other = finite(claimed), finite(recomputed)
    if (
        one is not None
        and other is not None
        and (agree(one, other) or abs(one - other) <= ROUNDING * size)
    ):
        return []
    return [
        Violation("metrics", path, f"{claimed!r} is claimed, {recomputed!r} recomputed")
    ]


def _wrong_trajectory(document: SolutionDocument) -> Iterator[Violation]:
    """Yield what a run's trajectory claims and cannot have been so.

    Times do not go back, objectives only become less and bounds greater, and both lead to
    those of the answer.
    """
    objective, bound = document.objective, document.bound
    before, worst, best = 0.0, math.inf, -math.inf
    for index, (seconds, value, proven) in enumerate(document.trajectory):
        where = f"trajectory[{index}]"
        if seconds < before:
            yield Violation(
                "trajectory", where, f"{seconds!r} s is before the last entry"
            )
        before = seconds
        if value is not None:
            if objective is not None and bound_exceeds(objective, value):
                yield Violation(
                    "trajectory",
                    where,
                    f"{value!r} is less than the answer's {objective!r}",
                )
            if bound_exceeds(value, worst):
                yield Violation("trajectory", where, f"{value!r} is worse than before")
            worst = min(worst, value)
        if proven is not None:
            least = min(worst, math.inf if objective is None else objective)
            if bound_exceeds(proven, least):
                yield Violation("trajectory", where, "the bound is past the objective")
            if bound is not None and bound_exceeds(proven, bound):
                yield Violation(
                    "trajectory",
                    where,
                    f"{proven!r} is past the answer's bound {bound!r}",
                )
            if bound_exceeds(best, proven):
                yield Violation("trajectory", where, f"the bound {proven!r} falls back")
            best = max(best, proven)
    if worst < math.inf and objective is not None and not agree(worst, objective):
        yield Violation(
            "trajectory",
            f"trajectory[{len(document.trajectory) - 1}]",
            f"ends at {worst!r}, not at the objective {objective!r}",
        )


def _largest_by_name(records: Mapping[str, Any]) -> dict[str, float]:
    """Return the largest magnitude of each figure over all records."""
    largest: dict[str, float] = {}
    for record in records.values():
        if not isinstance(record, Mapping):
            continue
        for name, value in record.items():
            number = finite(value)
            if number is not None:
                largest[name] = max(largest.get(name, 0.0), abs(number))
    return largest


def _contradictions(document: SolutionDocument) -> list[Violation]:
    """Return the claims of a file that contradict each other."""
    violations = []
    gap = relative_gap(document.objective, document.bound)
    stated = document.gap
    if (gap is None) != (stated is None) or (
        gap is not None
        and stated is not None
        and abs(gap - stated) > OBJECTIVE_TOLERANCE * max(1.0, gap)
    ):
        violations.append(
            Violation(
                "gap", "gap", f"{stated!r} is claimed; objective and bound give {gap!r}"
            )
        )
    violations += _wrong_trajectory(document)
    verified = document.verification
    if verified is not None and verified.feasible and verified.violations:
        violations.append(
            Violation(
                "verification",
                "verification.violations",
                "are listed beside a verification that passed",
            )
        )
    if verified is None or not verified.feasible:
        violations.append(
            Violation("verification", "verification", "says that the solution failed")
        )
    elif (
        verified.objective is None
        or document.objective is None
        or not agree(verified.objective, document.objective)
    ):
        violations.append(
            Violation(
                "verification",
                "verification.objective",
                f"{verified.objective!r} beside the objective {document.objective!r}",
            )
        )
    if (document.bound is None) != (document.bound_source is None):
        violations.append(
            Violation(
                "bound", "bound_source", "a bound has a source, and a source a bound"
            )
        )
    proven = proves_optimality(document.objective, document.bound)
    if document.termination.reason is Reason.PROVED and not proven:
        violations.append(
            Violation(
                "proof", "termination.reason", "proved, but the bound proves nothing"
            )
        )
    if document.status is Status.OPTIMAL and not proven:
        violations.append(
            Violation(
                "status",
                "status",
                f"optimal is claimed, but the gap is {gap!r}, not at most {OPTIMALITY_GAP}",
            )
        )
    if document.status in (Status.INFEASIBLE, Status.NO_SOLUTION):
        violations.append(
            Violation(
                "status", "status", f"{document.status} is claimed beside a solution"
            )
        )
    return violations
