"""The runs of a suite: every instance with every solver, seed and repetition."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rfc8785

from optkit.bench.suite import InstancesPart, SolverPart, Suite
from optkit.core import registry
from optkit.core.errors import InvalidFileError, OptkitError, UsageError
from optkit.core.files.instances import load
from optkit.core.generate import generate
from optkit.core.instance import Instance
from optkit.core.solver import Solver
from optkit.core.versions import package_version


@dataclass(frozen=True)
class Subject:
    """An instance of a study.

    Parameters
    ----------
    family
        Its family.
    instance
        The instance.
    origin
        The file it was read from; None if it was generated.
    """

    family: str
    instance: Instance
    origin: Path | None


@dataclass(frozen=True)
class PlannedRun:
    """One run, with everything that decides it.

    Parameters
    ----------
    key
        Digest of the instance, the solver, its version and options, the seed, the limits
        that are set, and the repetition.
    """

    key: str
    family: str
    instance_name: str
    sha256: str
    solver: str
    label: str
    kind: str
    variant: str
    partial_bound: bool
    version: str
    options: dict[str, Any]
    seed: int
    deterministic: bool
    limits: dict[str, Any]
    repetition: int


@dataclass(frozen=True)
class Plan:
    """A suite, spelt out.

    Parameters
    ----------
    subjects
        The instances by their sha256.
    runs
        The runs, those of one instance side by side.
    """

    subjects: dict[str, Subject]
    runs: tuple[PlannedRun, ...]


@dataclass(frozen=True)
class _Contender:
    """A solver of the suite, ready for one family."""

    part: SolverPart
    kind: str
    variant: str
    partial_bound: bool
    version: str
    options: dict[str, Any]
    draws: bool


def make_plan(suite: Suite, folder: Path) -> Plan:
    """Return the runs of a suite.

    Parameters
    ----------
    suite
        The suite.
    folder
        The folder that its paths start from.

    Raises
    ------
    UsageError
        If a solver or option is unknown, a solver meets no instance, or two entries
        cannot be told apart; all of them at once.
    InvalidFileError
        If an instance cannot be read.
    """
    subjects = _subjects(suite, folder)
    families = {subject.family for subject in subjects.values()}
    problems: list[str] = []
    entries: dict[str, list[_Contender]] = {family: [] for family in families}
    for part in suite.solvers:
        try:
            for family, contender in _ready(part, families):
                entries[family].append(contender)
        except OptkitError as error:
            problems.append(str(error))
    for family, ready in entries.items():
        labels = [x.part.label or x.part.solver for x in ready]
        problems += [
            f"suite: two solvers of family {family!r} are labelled {label!r}; give them"
            " different labels."
            for label in sorted({x for x in labels if labels.count(x) > 1})
        ]
        if not ready:
            problems.append(
                f"suite: no solver of the suite takes the instances of family {family!r};"
                " add one, or leave them out."
            )
    if problems:
        raise UsageError("\n".join(problems))
    runs = [
        run
        for sha256, subject in subjects.items()
        for contender in entries[subject.family]
        for run in _runs(suite, subject, sha256, contender)
    ]
    return Plan(subjects, tuple({run.key: run for run in runs}.values()))


def _subjects(suite: Suite, folder: Path) -> dict[str, Subject]:
    found: dict[str, Subject] = {}
    for part in suite.instances:
        for instance, origin in _instances(part, folder):
            family = registry.family_of_schema(instance.SCHEMA)
            assert family is not None, "an instance was made, so its family is there"
            found.setdefault(instance.sha256, Subject(family.name, instance, origin))
    return found


def _instances(
    part: InstancesPart, folder: Path
) -> Iterator[tuple[Instance, Path | None]]:
    if part.generate is not None:
        for seed in part.seeds or (0,):
            yield generate(part.generate, seed, **part.options), None
        return
    for pattern in part.files:
        paths = _paths(folder, pattern)
        if not paths:
            raise InvalidFileError(
                str(folder / pattern), ["no such instance; check the name in the suite"]
            )
        for path in paths:
            yield load(path), path


def _paths(folder: Path, pattern: str) -> list[Path]:
    """Return the files that a pattern stands for; solution files beside them are none."""
    whole = folder / pattern
    if whole.is_file():
        return [whole]
    # A pattern may climb ("../instances/*.json"), which glob alone does not take.
    fixed, moving = [], list(Path(pattern).parts)
    while moving and not set("*?[") & set(moving[0]):
        fixed.append(moving.pop(0))
    if not moving:
        return []
    start = folder.joinpath(*fixed)
    return sorted(
        path
        for path in start.glob("/".join(moving))
        if path.is_file() and ".sol." not in path.name
    )


def _ready(part: SolverPart, families: set[str]) -> Iterator[tuple[str, _Contender]]:
    """Yield the solver, with its options, for each family that it is meant for."""
    wanted = sorted(families) if part.family is None else [part.family]
    if part.family is not None and registry.family(part.family).name not in families:
        raise UsageError(
            f"suite: solver {part.solver!r} is of family {part.family!r}, of which the"
            " suite has no instance."
        )
    if part.solver == registry.AUTO:
        for family in wanted:
            version = package_version("optkit")
            options = dict(part.options)
            yield (
                family,
                _Contender(part, registry.AUTO, "", False, version, options, True),
            )
        return
    refused: list[str] = []
    for family in wanted:
        try:
            found = registry.solver_class(family, part.solver)
        except UsageError as error:
            refused.append(str(error))
            continue
        solver: Solver[Any] = found(part.options)
        yield (
            family,
            _Contender(
                part,
                solver.kind.value,
                solver.variant,
                solver.bound_is_partial(),
                package_version(registry.home_of(found)),
                solver.options.model_dump(mode="json"),
                solver.able().seed,
            ),
        )
    if len(refused) == len(wanted):
        raise UsageError("\n".join(f"suite: {text}" for text in refused))


def _runs(
    suite: Suite, subject: Subject, sha256: str, contender: _Contender
) -> Iterator[PlannedRun]:
    part = contender.part
    limits = part.limits.over(suite.limits).limits().document()
    seeds = part.seeds or suite.seeds
    for seed in seeds if contender.draws else seeds[:1]:
        for repetition in range(suite.repetitions):
            content: dict[str, Any] = {
                "instance": sha256,
                "family": subject.family,
                "solver": part.solver,
                "version": contender.version,
                "options": contender.options,
                # As text: canonical JSON has no whole numbers past 2**53.
                "seed": str(seed),
                "limits": limits,
                "repetition": repetition,
            }
            yield PlannedRun(
                key=hashlib.sha256(rfc8785.dumps(content)).hexdigest()[:32],
                family=subject.family,
                instance_name=subject.instance.name,
                sha256=sha256,
                solver=part.solver,
                label=part.label or part.solver,
                kind=contender.kind,
                variant=contender.variant,
                partial_bound=contender.partial_bound,
                version=contender.version,
                options=contender.options,
                seed=seed,
                deterministic=not contender.draws,
                limits=limits,
                repetition=repetition,
            )
