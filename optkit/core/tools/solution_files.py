"""Solution files: the result of a run, written so that anyone can check it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationError

from optkit.core.errors import InvalidFileError, Issue, UsageError
from optkit.core.files.document import Document, Part
from optkit.core.files.fields import Identifier, NonNegative, Number, Text, Truth
from optkit.core.files.levels import is_finite_json
from optkit.core.files.records import LazyRecords
from optkit.core.files.references import mapping
from optkit.core.files.text import join_path, read_json, write_json
from optkit.core.files.validation_messages import issue_of
from optkit.core.instance import Instance, Solution
from optkit.core.solving.describe import family_of
from optkit.core.solving.family import resolve
from optkit.core.solving.registry import family_of_schema
from optkit.core.solving.result import Reason, Result, Status

if TYPE_CHECKING:
    import pandas


class InstanceReference(Part):
    """The instance that a solution solves."""

    schema_: str = Field(alias="schema")
    name: Identifier
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class SolverPart(Part):
    """The solver that found it, with everything needed to repeat the run."""

    name: Identifier
    version: str
    options: dict[str, Any] = Field(default_factory=dict)
    seed: Annotated[int, Field(ge=0, strict=True)] = 0
    deterministic: bool | None = None
    chosen: str | None = None


class TerminationPart(Part):
    """Why the run stopped."""

    reason: Reason
    detail: Text = ""


class TimingsPart(Part):
    """Wall-clock seconds."""

    build_s: NonNegative = 0.0
    solve_s: NonNegative = 0.0
    check_s: NonNegative = 0.0
    bound_s: NonNegative = 0.0


class ViolationPart(Part):
    """One broken rule."""

    kind: str
    path: str
    message: str


class VerificationPart(Part):
    """The checker's verdict when the file was written."""

    feasible: Truth
    objective: Number | None = None
    violations: tuple[ViolationPart, ...] = ()


class InitialPart(Part):
    """Report of what the solver did with the initial solution."""

    used: Truth
    detail: str


TrajectoryPoint = tuple[NonNegative, Number | None, Number | None]


class SolutionDocument(Document):
    """A solution file, version 1."""

    SCHEMA: ClassVar[str] = "optkit/solution"

    schema_: Literal["optkit/solution"] = Field("optkit/solution", alias="schema")
    schema_version: Literal[1] = 1
    instance: InstanceReference
    solver: SolverPart
    status: Status
    termination: TerminationPart
    objective: Number | None
    bound: Number | None
    bound_source: str | None = None
    gap: NonNegative | None
    metrics: dict[str, Any] = Field(default_factory=dict)
    limits: dict[str, Any] = Field(default_factory=dict)
    timings: TimingsPart = TimingsPart()
    verification: VerificationPart | None = None
    initial: InitialPart | None = None
    trajectory: tuple[TrajectoryPoint, ...] = ()
    versions: dict[str, str] = Field(default_factory=dict)
    solution: dict[str, Any] | None

    @classmethod
    def cross_check(cls, data: Mapping[str, Any]) -> Iterable[Issue]:
        """Yield numbers that are not finite in the parts that may hold any JSON."""
        parts = {
            "metrics": data.get("metrics"),
            "limits": data.get("limits"),
            "solver.options": mapping(data.get("solver")).get("options"),
        }
        for path, value in parts.items():
            if not is_finite_json(value):
                yield from _not_finite(path, value)

    def document(self) -> dict[str, Any]:
        """Return the JSON-ready mapping; unknown values are null."""
        return self.model_dump(mode="json", by_alias=True)

    def to_frame(
        self, instance: Instance, table: str | None = None
    ) -> pandas.DataFrame:
        """Return a table of the solution as a data frame of pandas.

        Parameters
        ----------
        instance
            The instance that it solves; the checker computes the figures anew.
        table
            Which table, as in :meth:`optkit.Result.to_frame`.

        Raises
        ------
        InvalidFileError
            If it solves another instance, or holds no solution.
        UsageError
            If there is no such table.
        UnavailableError
            If pandas is not installed, or the family has no tables.
        """
        frame: Callable[..., pandas.DataFrame] = resolve(
            "optkit.core.solving.result_frame:solution_frame"
        )
        solution = family_solution(self, instance)
        verification = family_of(instance).check(instance, solution)
        return frame(instance, solution, verification, table)


def _not_finite(path: str, value: Any) -> Iterable[Issue]:
    if isinstance(value, float) and not math.isfinite(value):
        yield Issue(path, f"{value!r} is not allowed: it must be a finite number")
    elif isinstance(value, Mapping):
        for key, child in value.items():
            yield from _not_finite(join_path(path, str(key)), child)
    elif isinstance(value, list | tuple):
        for index, child in enumerate(value):
            yield from _not_finite(f"{path}[{index}]", child)


def solution_document(result: Result) -> SolutionDocument:
    """Return the content of the solution file of a result."""
    solution = result.solution
    return SolutionDocument.model_validate(
        {
            **_all_but_long_parts(result),
            "metrics": dict(result.metrics),
            "solution": None if solution is None else solution.document(),
        }
    )


def json_document(result: Result) -> dict[str, Any]:
    """Return the JSON-ready mapping of the same content, without looking at long parts.

    Records stand where the checker made columns; what it and the solution hold has been
    checked before.
    """
    metrics = result.metrics
    if not isinstance(metrics, LazyRecords):
        metrics = LazyRecords(metrics)
    records = {key: metrics.columns(key) for key in metrics}
    if not all(kept is None or kept.is_finite() for kept in records.values()):
        return solution_document(result).document()
    checked = SolutionDocument.model_validate(
        {
            **_all_but_long_parts(result),
            "metrics": metrics.without_records(),
            "solution": None,
        }
    ).document()
    plain = checked["metrics"]
    checked["metrics"] = {
        key: plain[key] if kept is None else kept for key, kept in records.items()
    }
    if result.solution is not None:
        checked["solution"] = result.solution.document()
    return checked


def _all_but_long_parts(result: Result) -> dict[str, Any]:
    """Return the raw content of a solution file, without metrics and solution."""
    instance, verification = result.instance, result.verification
    return {
        "instance": {
            "schema": instance.SCHEMA,
            "name": instance.name,
            "sha256": instance.sha256,
        },
        "solver": {
            "name": result.solver.name,
            "version": result.solver.version,
            "options": dict(result.solver.options),
            "seed": result.solver.seed,
            "deterministic": result.solver.deterministic,
            "chosen": result.solver.chosen,
        },
        "status": result.status,
        "termination": {
            "reason": result.termination.reason,
            "detail": result.termination.detail,
        },
        "objective": result.objective,
        "bound": result.bound,
        "bound_source": result.bound_source,
        "gap": result.gap,
        "limits": result.limits.document(),
        "timings": {
            "build_s": max(0.0, result.timings.build_s),
            "solve_s": max(0.0, result.timings.solve_s),
            "check_s": max(0.0, result.timings.check_s),
            "bound_s": max(0.0, result.timings.bound_s),
        },
        "verification": None
        if verification is None
        else {
            "feasible": verification.feasible,
            "objective": verification.objective,
            "violations": [
                {"kind": v.kind, "path": v.path, "message": v.message}
                for v in verification.violations
            ],
        },
        "initial": None
        if result.initial is None
        else {"used": result.initial.used, "detail": result.initial.detail},
        "trajectory": [list(point) for point in result.trajectory],
        "versions": dict(result.versions),
    }


def save(result: Result, path: str | Path) -> None:
    """Write ``result`` as a solution file, completely or not at all.

    Parameters
    ----------
    result
        The result, from :func:`optkit.solve`.
    path
        The file; ``.json`` or ``.json.gz``.
    """
    if not isinstance(result, Result):
        raise UsageError(
            f"save: {type(result).__name__} is not a result; optkit.solve returns one,"
            " and optkit.save_instance writes an instance."
        )
    write_json(Path(path), json_document(result))


def load_solution(path: str | Path) -> SolutionDocument:
    """Read a solution file.

    Raises
    ------
    InvalidFileError
        If it cannot be read or is no solution file, with everything that is wrong.
    """
    data = read_json(Path(path))
    schema = data.get("schema") if isinstance(data, dict) else None
    family = family_of_schema(schema) if isinstance(schema, str) else None
    if family is not None:
        raise InvalidFileError(
            str(path),
            [
                Issue(
                    "schema",
                    f"this is an instance of family {family.name}; name a solution"
                    " file, such as optkit solve writes with -o",
                )
            ],
        )
    return SolutionDocument.parse(data, str(path))


def family_solution(
    document: SolutionDocument, instance: Instance, source: str = "solution"
) -> Solution:
    """Return the solution in ``document``, of the type of the family of ``instance``.

    Raises
    ------
    InvalidFileError
        If there is none, if it is malformed, or if it solves another instance.
    """
    require_instance(document, instance, source)
    if document.solution is None:
        raise InvalidFileError(
            source, [Issue("solution", "null: the run that wrote it found no solution")]
        )
    family = family_of_schema(instance.SCHEMA)
    assert family is not None, "an instance was loaded, so its family is registered"
    return parse_solution(family.solution_type, document.solution, source)


def require_instance(
    document: SolutionDocument, instance: Instance, source: str = "solution"
) -> None:
    """Refuse a document that is for another instance.

    Raises
    ------
    InvalidFileError
        If it is.
    """
    reference = document.instance
    if reference.schema_ != instance.SCHEMA:
        raise InvalidFileError(
            source,
            [
                Issue(
                    "instance.schema",
                    f"{reference.schema_!r} is not {instance.SCHEMA!r}, the schema of"
                    " this instance",
                )
            ],
        )
    if reference.sha256 != instance.sha256:
        raise InvalidFileError(
            source,
            [
                Issue(
                    "instance.sha256",
                    f"the file solves {reference.name!r} ({reference.sha256[:12]}…), not"
                    f" this instance {instance.name!r} ({instance.sha256[:12]}…); give"
                    " the instance it was made for, or solve this one",
                )
            ],
        )


def initial_solution(
    document: SolutionDocument, instance: Instance, source: str = "solution"
) -> tuple[Solution, str]:
    """Return a solution to start from, and what was done to it.

    Parameters
    ----------
    document
        A solution, of this instance or, where the family can carry it over, of another.
    instance
        The instance.
    source
        Where it is from.

    Returns
    -------
    tuple
        The solution, and a sentence; empty if it is of this instance.

    Raises
    ------
    InvalidFileError
        As :func:`family_solution`.
    """
    family = family_of_schema(instance.SCHEMA)
    reference = document.instance
    if (
        family is None
        or family.carry_over is None
        or document.solution is None
        or reference.schema_ != instance.SCHEMA
        or reference.sha256 == instance.sha256
    ):
        return family_solution(document, instance, source), ""
    old = parse_solution(family.solution_type, document.solution, source)
    carried: Solution = resolve(family.carry_over)(old, instance)
    cost = family.check(instance, carried).objective
    text = (
        f"{source} solves another instance, {reference.name!r}. Carried over to this one,"
        " without solving anything,"
    )
    if cost is None:
        return carried, f"{text} it does not pass the check."
    return carried, f"{text} its objective is {cost:.6g}."


def parse_solution(
    solution_type: type[Solution], data: dict[str, Any], source: str
) -> Solution:
    """Return the solution in ``data``; errors name paths in the file."""
    quick = solution_type.read_quickly(data)
    if quick is not None:
        return quick
    try:
        return solution_type.model_validate(data)
    except ValidationError as error:
        raise InvalidFileError(
            source,
            [
                Issue(f"solution.{issue.path}".rstrip("."), issue.message)
                for issue in (issue_of(d, solution_type) for d in error.errors())
            ],
        ) from None
