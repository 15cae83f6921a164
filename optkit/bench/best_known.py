"""Best-known solutions: a file beside each instance file, checked again before use."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from optkit.bench.consistency import ReferenceValues
from optkit.bench.record import Record
from optkit.bench.study import Study
from optkit.core.consistency import (
    agree,
    bound_exceeds,
    proves_optimality,
    relative_gap,
)
from optkit.core.errors import FailedCheckError, OptkitError
from optkit.core.files import paths
from optkit.core.files.text import write_json
from optkit.core.instance import Instance
from optkit.core.solving.registry import family_of_schema
from optkit.core.solving.result import Status
from optkit.core.tools.instance_files import load_instance
from optkit.core.tools.solution_files import (
    SolutionDocument,
    family_solution,
    load_solution,
)


@dataclass(frozen=True)
class BestKnown:
    """The best-known solution of an instance.

    Parameters
    ----------
    objective
        The objective of the solution in the file, recomputed.
    bound, bound_source
        The bound that the file states, and what proves it; None if it states none.
    path
        The file.
    """

    objective: float
    bound: float | None
    bound_source: str | None
    path: Path


def best_known_file(instance: Path) -> Path:
    """Return the solution file of an instance file: ``x.sol.json`` for ``x.json``."""
    name = instance.name
    for ending in (".json.gz", ".json"):
        if name.endswith(ending):
            return instance.with_name(f"{name.removesuffix(ending)}.sol.json")
    return instance.with_name(f"{name}.sol.json")


def best_known(instance: Instance, path: Path) -> BestKnown | None:
    """Read and check the best-known solution of an instance; None if there is no file.

    Parameters
    ----------
    instance
        The instance.
    path
        The instance's file.

    Raises
    ------
    FailedCheckError
        If the solution fails the check.
    InvalidFileError
        If the solution file cannot be read, or belongs to another instance.
    """
    file = best_known_file(path)
    if not paths.is_file(file):
        return None
    document = load_solution(file)
    objective = verified_objective(document, instance, file)
    return BestKnown(objective, document.bound, document.bound_source, file)


def add_best_known(
    references: ReferenceValues, sha256: str, instance: Instance, path: Path
) -> str | None:
    """Add the best-known solution of an instance to the reference values, if it has one.

    Returns
    -------
    str or None
        The contradiction that it causes, if any.

    Raises
    ------
    FailedCheckError, InvalidFileError
        As :func:`best_known` does.
    """
    known = best_known(instance, path)
    if known is None:
        return None
    return references.add(
        (sha256, ""),
        f"instance {instance.name!r}",
        f"the best-known file {known.path}",
        objective=known.objective,
        bound=known.bound,
    )


def verified_objective(
    document: SolutionDocument, instance: Instance, path: Path
) -> float:
    """Return the objective of a solution file, recomputed by the family's checker.

    Raises
    ------
    FailedCheckError
        If a rule is broken, or the file states another objective.
    """
    family = family_of_schema(instance.SCHEMA)
    assert family is not None, "an instance was loaded, so its family is registered"
    verification = family.check(
        instance, family_solution(document, instance, str(path))
    )
    if not verification.feasible or verification.objective is None:
        violations = "; ".join(str(violation) for violation in verification.violations)
        raise FailedCheckError(f"{path}: fails the check: {violations}")
    if document.objective is None or not agree(
        document.objective, verification.objective
    ):
        raise FailedCheckError(
            f"{path}: states the objective {document.objective!r}; the checker computes"
            f" {verification.objective!r}."
        )
    return verification.objective


@dataclass(frozen=True)
class Update:
    """The outcome of offering one solution as the best-known one.

    Parameters
    ----------
    instance, best_known
        The instance's file and the best-known file.
    before, after
        The objectives; None where there was none.
    verdict
        ``"new"``, ``"better"``, ``"proven"``, ``"bound"`` (a tighter one), ``"kept"`` or
        ``"refused"``.
    reason
        Why it was refused; empty otherwise.
    """

    instance: Path
    best_known: Path
    before: float | None
    after: float | None
    verdict: str
    reason: str = ""


def offer(
    instance_path: Path, solution_path: Path, record: Record, write: bool
) -> Update:
    """Replace the best-known solution of an instance by a verified one that is better.

    The known bound is kept if the better solution comes with none, or with a weaker one.

    Parameters
    ----------
    instance_path
        The instance's file.
    solution_path
        The solution's file.
    record
        The run that found it.
    write
        Whether to write the file; otherwise only the outcome is returned.
    """
    file = best_known_file(instance_path)
    try:
        instance = load_instance(instance_path)
        known = best_known(instance, instance_path)
        solution = load_solution(solution_path)
        _require_unchanged(solution, record, solution_path)
        objective = verified_objective(solution, instance, solution_path)
    except OptkitError as error:
        return Update(instance_path, file, None, None, "refused", str(error))
    offered = _with_best_bound(solution, known, record.solver.partial_bound)
    before = known.objective if known else None
    if known is None:
        verdict = "new"
    elif objective < known.objective and not agree(objective, known.objective):
        verdict = "better"
    elif agree(objective, known.objective) and _is_tighter(offered.bound, known.bound):
        verdict = "proven" if offered.status == "optimal" else "bound"
    else:
        return Update(instance_path, file, before, objective, "kept")
    bound = offered.bound
    if bound is not None and bound_exceeds(bound, objective):
        source = solution_path if known is None or bound != known.bound else file
        reason = f"it is below the bound {bound!r} of {source}"
        return Update(instance_path, file, before, objective, "refused", reason)
    if write:
        write_json(file, offered.document())
    return Update(instance_path, file, before, objective, verdict)


def _require_unchanged(solution: SolutionDocument, record: Record, path: Path) -> None:
    """Refuse a file whose objective, bound or status differ from those of its run.

    A solution can be checked again, but a bound cannot: the journal vouches for it.
    """
    for name in ("objective", "bound", "status"):
        stated, recorded = getattr(solution, name), getattr(record, name)
        if stated != recorded:
            raise FailedCheckError(
                f"{path}: states the {name} {_shown(stated)}; the journal of the study"
                f" has {_shown(recorded)}. Make the run again, in another study."
            )


def _shown(value: object) -> str:
    return value.value if isinstance(value, Status) else repr(value)


def _with_best_bound(
    solution: SolutionDocument, known: BestKnown | None, partial: bool
) -> SolutionDocument:
    """Return the solution file with the best bound of the instance.

    Parameters
    ----------
    solution
        The new solution.
    known
        The best-known solution before.
    partial
        Whether the new bound holds for a part of the instance only.
    """
    bound, source = solution.bound, solution.bound_source
    if partial:
        bound, source = None, None
    if known is not None and _is_tighter(known.bound, bound):
        bound, source = known.bound, known.bound_source
    if bound == solution.bound:
        return solution
    proven = proves_optimality(solution.objective, bound)
    return solution.model_copy(
        update={
            "bound": bound,
            "bound_source": source,
            "gap": relative_gap(solution.objective, bound),
            "status": Status.OPTIMAL if proven else Status.FEASIBLE,
        }
    )


def _is_tighter(bound: float | None, other: float | None) -> bool:
    return bound is not None and (
        other is None or (bound > other and not agree(bound, other))
    )


def offer_study(study: Study, write: bool) -> list[Update]:
    """Offer the best solution of each instance of a study as the best-known one.

    Parameters
    ----------
    study
        The study.
    write
        Whether to write what is new or better.
    """
    best: dict[str, Record] = {}
    for record in study.records():
        # The objective of a variant is not comparable with the family's own.
        if record.objective is None or record.solver.variant or not record.verified:
            continue
        rival = best.get(record.instance.sha256)
        if rival is None or _rank(record) < _rank(rival):
            best[record.instance.sha256] = record
    origins = study.plan().origins
    return [
        offer(Path(origins[sha256]), study.solution_file(record.key), record, write)
        for sha256, record in best.items()
        if sha256 in origins
    ]


def _rank(record: Record) -> tuple[float, float]:
    """Return a sort key: the lower objective first, then the larger bound."""
    assert record.objective is not None, "only runs with a solution are ranked"
    bound = None if record.solver.partial_bound else record.bound
    return record.objective, math.inf if bound is None else -bound
