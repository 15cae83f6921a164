"""A suite: which solvers run on which instances, with which seeds and limits (TOML)."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from optkit.core.files.document import Document, Part
from optkit.core.files.fields import Identifier, Text, Truth
from optkit.core.files.text import read_toml
from optkit.core.solving.limits import Limits

DURATIONS = {"s": 1.0, "m": 60.0, "h": 3600.0}


def _seconds(value: Any) -> Any:
    """Convert ``"10s"``, ``"5m"`` or ``"2h"`` to seconds; return anything else as it is."""
    if isinstance(value, str) and value[-1:] in DURATIONS:
        try:
            return float(value[:-1]) * DURATIONS[value[-1]]
        except ValueError:
            return value
    return value


Seconds = Annotated[
    float, BeforeValidator(_seconds), Field(strict=True, gt=0, allow_inf_nan=False)
]
Count = Annotated[int, Field(strict=True, ge=1, le=10**15)]
Seed = Annotated[int, Field(strict=True, ge=0)]


def _not_empty(values: tuple[Any, ...]) -> tuple[Any, ...]:
    # A length limit of the field would count valid entries only.
    if not values:
        raise ValueError("must have at least one entry")
    return values


def _distinct(values: tuple[int, ...]) -> tuple[int, ...]:
    repeated = sorted({value for value in values if values.count(value) > 1})
    if repeated:
        raise ValueError(f"must have every seed once; {repeated[0]} appears twice")
    return values


NotEmpty = AfterValidator(_not_empty)
Seeds = Annotated[tuple[Seed, ...], NotEmpty, AfterValidator(_distinct)]


def _json_value(value: Any) -> Any:
    """Refuse values that TOML has and JSON lacks: dates, times, nan and infinity."""
    if isinstance(value, dict):
        for child in value.values():
            _json_value(child)
    elif isinstance(value, list | tuple):
        for child in value:
            _json_value(child)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"must be finite, but is {value!r}")
    elif not isinstance(value, str | int | float):
        raise ValueError(f"must not be a date or a time, but is {value}")
    return value


JsonOptions = Annotated[dict[str, Any], AfterValidator(_json_value)]
"""Options by name, with JSON values."""
Positive = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]


class LimitsPart(Part):
    """Limits of a run, as :class:`optkit.Limits` has them; time as 10 or "10s"."""

    time: Seconds | None = None
    iterations: Count | None = None
    evaluations: Count | None = None
    gap: Annotated[float, Field(strict=True, ge=0)] | None = None
    target: Annotated[float, Field(strict=True)] | None = None
    memory: Positive | None = None

    def over(self, other: LimitsPart) -> LimitsPart:
        """Return ``other``, overridden by the limits that are set here."""
        return other.model_copy(update=self.model_dump(exclude_none=True))

    def limits(self) -> Limits:
        """Return the limits as solvers take them."""
        return Limits(**self.model_dump())


class KillPart(Part):
    """When to kill a run that does not stop by itself.

    Parameters
    ----------
    time_factor, time_grace
        A run is killed after its time limit times the factor plus the grace, in seconds;
        a run without a time limit is never killed for its time.
    memory
        Resident memory, MiB, of the run and all its processes above which it is killed;
        None for no limit.
    loading
        Seconds that reading the instance and warming up may take.
    """

    time_factor: Annotated[float, Field(strict=True, ge=1)] = 1.2
    time_grace: Seconds = 10.0
    memory: Positive | None = None
    loading: Seconds = 600.0


class InstancesPart(Part):
    """Instances, from files or from a generator.

    Parameters
    ----------
    files
        Paths or patterns (``*``, ``**``), from the folder of the suite.
    generate
        A family; its generator makes one instance per entry of ``seeds``.
    options
        The generator's options.
    """

    files: tuple[Identifier, ...] = ()
    generate: Identifier | None = None
    seeds: Seeds | None = None
    options: JsonOptions = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if bool(self.files) == (self.generate is not None):
            raise ValueError("must have either files or generate")
        if self.files and (self.options or self.seeds is not None):
            raise ValueError("must have no options and no seeds with files")
        if "seed" in self.options:
            raise ValueError("must have no option seed; use seeds")
        return self


class SolverPart(Part):
    """A solver with options; it runs on every instance of its family.

    Parameters
    ----------
    solver
        Its name.
    family
        The family; None for every family of the suite that has a solver of this name.
    label
        Its name in tables and pictures; None for the solver's name. Two entries of one
        family need different labels.
    options, limits, seeds
        Options by name; limits and seeds that override the suite's.
    """

    solver: Identifier
    family: Identifier | None = None
    label: Identifier | None = None
    options: JsonOptions = Field(default_factory=dict)
    limits: LimitsPart = LimitsPart()
    seeds: Seeds | None = None


class Suite(Document):
    """A suite file, version 1.

    Parameters
    ----------
    name, description
        Shown in the report.
    seeds
        Main seeds; a deterministic solver runs with the lowest only.
    repetitions
        How often each run is made, to see the noise of its timing.
    warm_up
        Whether each run first solves a tiny instance, untimed, so that compiling and
        importing are not charged to the solver.
    limits, kill
        Limits of each run, and when it is killed.
    instances, solvers
        The instances, and the solvers that run on them.
    """

    SCHEMA: ClassVar[str] = "optkit/suite"

    schema_: Literal["optkit/suite"] = Field("optkit/suite", alias="schema")
    schema_version: Literal[1] = 1
    name: Identifier
    description: Text = ""
    seeds: Seeds = (0,)
    repetitions: Count = 1
    warm_up: Truth = True
    limits: LimitsPart = LimitsPart()
    kill: KillPart = KillPart()
    instances: Annotated[tuple[InstancesPart, ...], NotEmpty]
    solvers: Annotated[tuple[SolverPart, ...], NotEmpty]


def load_suite(path: Path) -> Suite:
    """Read a suite file.

    Raises
    ------
    InvalidFileError
        If it cannot be read, is not TOML, or has invalid entries.
    """
    return Suite.parse(read_toml(path), str(path))
