"""A suite: which solvers meet which instances, with which seeds and limits (TOML)."""

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
    """Read ``10``, ``"10s"``, ``"5m"`` or ``"2h"``; anything else is left as it is."""
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
    # Not by the field's own length, which counts only what is right on its own.
    if not values:
        raise ValueError("must have at least one entry")
    return values


def _each_once(values: tuple[int, ...]) -> tuple[int, ...]:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise ValueError(f"must have every seed once; {twice[0]} stands twice")
    return values


NotEmpty = AfterValidator(_not_empty)
Seeds = Annotated[tuple[Seed, ...], NotEmpty, AfterValidator(_each_once)]


def _plain(value: Any) -> Any:
    """Refuse what TOML has and JSON has not: dates and times, nan and infinity."""
    if isinstance(value, dict):
        for child in value.values():
            _plain(child)
    elif isinstance(value, list | tuple):
        for child in value:
            _plain(child)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"must hold finite numbers; {value!r} is none")
    elif not isinstance(value, str | int | float):
        raise ValueError(f"must hold no date and no time, as {value} is")
    return value


PlainOptions = Annotated[dict[str, Any], AfterValidator(_plain)]
"""Options by name, of values that JSON has."""
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
        """Return ``other`` with what is set here put in its place."""
        return other.model_copy(update=self.model_dump(exclude_none=True))

    def limits(self) -> Limits:
        """Return the limits as solvers take them."""
        return Limits(**self.model_dump())


class KillPart(Part):
    """When a run that does not stop by itself is killed.

    Parameters
    ----------
    time_factor, time_grace
        A run is killed after its time limit times the factor plus the grace, in seconds;
        a run without time limit is not.
    memory
        Resident memory of the run and all its processes, MiB, above which it is killed;
        None for no such limit.
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
        A family, whose generator makes one instance for each of ``seeds``.
    options
        The generator's options.
    """

    files: tuple[Identifier, ...] = ()
    generate: Identifier | None = None
    seeds: Seeds | None = None
    options: PlainOptions = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if bool(self.files) == (self.generate is not None):
            raise ValueError("must have either files or generate")
        if self.files and (self.options or self.seeds is not None):
            raise ValueError("must have no options and no seeds beside files")
        if "seed" in self.options:
            raise ValueError("must have no option seed; the seeds stand in seeds")
        return self


class SolverPart(Part):
    """A solver with options; it meets the instances of its family.

    Parameters
    ----------
    solver
        Its name.
    family
        The family; None for every family of the suite that has a solver of that name.
    label
        What tables and pictures call it; None for its name. Two entries of one family
        need different labels.
    options, limits, seeds
        Options by name; limits and seeds that replace the suite's.
    """

    solver: Identifier
    family: Identifier | None = None
    label: Identifier | None = None
    options: PlainOptions = Field(default_factory=dict)
    limits: LimitsPart = LimitsPart()
    seeds: Seeds | None = None


class Suite(Document):
    """A suite file, version 1.

    Parameters
    ----------
    name, description
        For the reader.
    seeds
        Main seeds; a solver that draws nothing at random runs with the first only.
    repetitions
        How often each run is made, for the noise of its timing.
    warm_up
        Whether each run first solves a tiny instance, untimed, so that compiling and
        importing are not charged to the solver.
    limits, kill
        Limits of each run, and when it is killed.
    instances, solvers
        What meets what.
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
        If it cannot be read, is not TOML, or says what is not allowed.
    """
    return Suite.parse(read_toml(path), str(path))
