"""Best-known values: a solution file beside an instance file, re-checked before use."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from optkit.bench.consistency import Ledger
from optkit.bench.record import Record
from optkit.bench.study import Study
from optkit.core.consistency import (
    agree,
    bound_exceeds,
    proves_optimality,
    relative_gap,
)
from optkit.core.errors import FailedCheckError, OptkitError
from optkit.core.files.text import write_json
from optkit.core.instance import Instance
from optkit.core.solving.registry import family_of_schema
from optkit.core.solving.result import Status
from optkit.core.tools.instance_files import load
from optkit.core.tools.solution_files import (
    SolutionDocument,
    family_solution,
    load_solution,
)


@dataclass(frozen=True)
class BestKnown:
    """What is known of an instance.

    Parameters
    ----------
    objective
        Of the solution in the file, recomputed.
    bound, bound_source
        The bound that the file claims, and what proves it; None if it claims none.
    path
        The file.
    """

    objective: float
    bound: float | None
    bound_source: str | None
    path: Path


def file_beside(instance: Path) -> Path:
    """Return the solution file of an instance file: ``x.sol.json`` for ``x.json``."""
    name = instance.name
    for ending in (".json.gz", ".json"):
        if name.endswith(ending):
            return instance.with_name(f"{name.removesuffix(ending)}.sol.json")
    return instance.with_name(f"{name}.sol.json")


def best_known(instance: Instance, path: Path) -> BestKnown | None:
    """Return what the file beside an instance's file proves; None if there is no file.

    Raises
    ------
    FailedCheckError
        If the solution in it does not pass the check.
    InvalidFileError
        If it cannot be read, or solves another instance.
    """
    beside = file_beside(path)
    if not beside.is_file():
        return None
    document = load_solution(beside)
    objective = verified(document, instance, beside)
    return BestKnown(objective, document.bound, document.bound_source, beside)


def enter(ledger: Ledger, sha256: str, instance: Instance, path: Path) -> str | None:
    """Have runs on an instance compared with the file beside its own, if there is one.

    Returns
    -------
    str or None
        What the file contradicts, if anything.

    Raises
    ------
    FailedCheckError, InvalidFileError
        As :func:`best_known` does.
    """
    known = best_known(instance, path)
    if known is None:
        return None
    return ledger.claim(
        (sha256, ""),
        f"instance {instance.name!r}",
        f"the best-known file {known.path}",
        objective=known.objective,
        bound=known.bound,
    )


def verified(document: SolutionDocument, instance: Instance, path: Path) -> float:
    """Return the objective of a solution file, recomputed by the family's checker.

    Raises
    ------
    FailedCheckError
        If a rule is broken, or the objective is not the one that is claimed.
    """
    family = family_of_schema(instance.SCHEMA)
    assert family is not None, "an instance was loaded, so its family is there"
    checked = family.check(instance, family_solution(document, instance, str(path)))
    if not checked.feasible or checked.objective is None:
        found = "; ".join(str(violation) for violation in checked.violations)
        raise FailedCheckError(f"{path}: does not pass the check: {found}")
    if document.objective is None or not agree(document.objective, checked.objective):
        raise FailedCheckError(
            f"{path}: claims the objective {document.objective!r};"
            f" {checked.objective!r} is recomputed."
        )
    return checked.objective


@dataclass(frozen=True)
class Update:
    """What became of one offer to the best-known values.

    Parameters
    ----------
    instance, beside
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
    beside: Path
    before: float | None
    after: float | None
    verdict: str
    reason: str = ""


def offer(
    instance_path: Path, solution_path: Path, record: Record, write: bool
) -> Update:
    """Put a solution in the place of the best-known one, if it is verified and better.

    A bound that is known stays where the solution that is better brings none, or a
    weaker one.

    Parameters
    ----------
    instance_path
        The instance's file.
    solution_path
        The solution's.
    record
        The run that found it.
    write
        Whether to write; else it is only said what would be.
    """
    beside = file_beside(instance_path)
    try:
        instance = load(instance_path)
        known = best_known(instance, instance_path)
        found = load_solution(solution_path)
        _require_unchanged(found, record, solution_path)
        objective = verified(found, instance, solution_path)
    except OptkitError as error:
        return Update(instance_path, beside, None, None, "refused", str(error))
    offered = _entry(found, known, record.solver.partial_bound)
    before = known.objective if known else None
    if known is None:
        verdict = "new"
    elif objective < known.objective and not agree(objective, known.objective):
        verdict = "better"
    elif agree(objective, known.objective) and _tighter(offered.bound, known.bound):
        # Its bound is its own: what is known has none, or a weaker one.
        verdict = "proven" if offered.status == "optimal" else "bound"
    else:
        return Update(instance_path, beside, before, objective, "kept")
    bound = offered.bound
    if bound is not None and bound_exceeds(bound, objective):
        claims = solution_path if known is None or bound != known.bound else beside
        text = f"it is below the bound {bound!r} of {claims}"
        return Update(instance_path, beside, before, objective, "refused", text)
    if write:
        write_json(beside, offered.document())
    return Update(instance_path, beside, before, objective, verdict)


def _require_unchanged(found: SolutionDocument, record: Record, path: Path) -> None:
    """Refuse a file that claims what its run did not.

    A solution can be checked again, a bound cannot: it stands by the journal's word.
    """
    for name in ("objective", "bound", "status"):
        said, made = getattr(found, name), getattr(record, name)
        if said != made:
            raise FailedCheckError(
                f"{path}: claims the {name} {_shown(said)}; by the journal its run had"
                f" {_shown(made)}. Make the run again in another study."
            )


def _shown(value: object) -> str:
    return value.value if isinstance(value, Status) else repr(value)


def _entry(
    found: SolutionDocument, known: BestKnown | None, partial: bool
) -> SolutionDocument:
    """Return what would be written: the solution with the best bound of the instance."""
    bound, source = found.bound, found.bound_source
    if partial:  # it holds for less than the instance
        bound, source = None, None
    if known is not None and _tighter(known.bound, bound):
        bound, source = known.bound, known.bound_source
    if bound == found.bound:
        return found
    proven = proves_optimality(found.objective, bound)
    return found.model_copy(
        update={
            "bound": bound,
            "bound_source": source,
            "gap": relative_gap(found.objective, bound),
            "status": Status.OPTIMAL if proven else Status.FEASIBLE,
        }
    )


def _tighter(one: float | None, other: float | None) -> bool:
    return one is not None and (
        other is None or (one > other and not agree(one, other))
    )


def offers(study: Study, write: bool) -> list[Update]:
    """Offer the best solution of each instance of a study to the best-known values.

    Parameters
    ----------
    study
        The study.
    write
        Whether to write what is new or better.
    """
    best: dict[str, Record] = {}
    for record in study.records():
        # A variant's objective is another quantity than the family's own.
        if record.objective is None or record.solver.variant or not record.verified:
            continue
        known = best.get(record.instance.sha256)
        if known is None or _rank(record) < _rank(known):
            best[record.instance.sha256] = record
    origins = study.plan().origins
    return [
        offer(Path(origins[sha256]), study.solution_file(record.key), record, write)
        for sha256, record in best.items()
        if sha256 in origins
    ]


def _rank(record: Record) -> tuple[float, float]:
    """Return a sort key: the lower objective first, then the larger bound."""
    assert record.objective is not None, "asked of runs that found something"
    bound = None if record.solver.partial_bound else record.bound
    return record.objective, math.inf if bound is None else -bound
