"""The runs of a suite: every instance with every solver, seed and repetition."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import rfc8785

from optkit.bench.suite import InstancesPart, SolverPart, Suite
from optkit.core.errors import ExitStatus, InvalidFileError, OptkitError, UsageError
from optkit.core.instance import Instance
from optkit.core.runtime.versions import package_version
from optkit.core.solving import registry
from optkit.core.solving.solver import Solver
from optkit.core.suggest import unknown
from optkit.core.tools.generate import generate
from optkit.core.tools.instance_files import load

MOST_RUNS = 1_000_000
"""Runs of one study: what a slip of the finger asks for beyond is refused."""


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
        If an instance cannot be read, or is not there; with whatever else is wrong.
    """
    subjects, unread = _subjects(suite, folder)
    families = {subject.family for subject in subjects.values()}
    problems: list[str] = []
    entries: dict[str, list[_Contender]] = {family: [] for family in families}
    # Without the instances it is not known which solvers they would have met.
    for part in suite.solvers if subjects or not unread else ():
        try:
            for family, contender in _ready(part, families):
                entries[family].append(contender)
        except OptkitError as error:
            problems.append(str(error))
    misspelt = bool(problems or unread)
    for family, ready in entries.items():
        labels = [x.part.label or x.part.solver for x in ready]
        problems += [
            f"suite: two solvers of family {family!r} are labelled {label!r}; give them"
            " different labels."
            for label in sorted({x for x in labels if labels.count(x) > 1})
        ]
        if not ready and not misspelt:
            problems.append(
                f"suite: no solver of the suite takes the instances of family {family!r};"
                " add one, or leave them out."
            )
    _raise(unread, problems)
    count = suite.repetitions * sum(
        len(_seeds(suite, contender))
        for subject in subjects.values()
        for contender in entries[subject.family]
    )
    if count > MOST_RUNS:
        raise UsageError(
            f"suite: asks for {count} runs, more than {MOST_RUNS}, the most of one study;"
            " take fewer instances, seeds or repetitions."
        )
    runs: dict[str, PlannedRun] = {}
    for sha256, subject in subjects.items():
        for contender in entries[subject.family]:
            for run in _runs(suite, subject, sha256, contender):
                same = runs.setdefault(run.key, run)
                if same is not run:
                    problems.append(
                        f"suite: the solvers labelled {same.label!r} and {run.label!r} are"
                        " one solver with the same options, limits and seeds; leave one"
                        " out."
                    )
    _raise([], list(dict.fromkeys(problems)))
    return Plan(subjects, tuple(runs.values()))


def _raise(unread: list[OptkitError], problems: list[str]) -> None:
    """Raise everything that is wrong at once; alone, an error goes as it came."""
    if not unread and not problems:
        return
    if len(unread) == 1 and not problems:
        raise unread[0]
    text = "\n".join([*map(str, unread), *problems])
    if any(isinstance(error, InvalidFileError) for error in unread):
        raise UnreadableInstancesError(text)
    raise UsageError(text)


class UnreadableInstancesError(OptkitError, ValueError):
    """Several things are wrong with a suite, files among them."""

    exit_status = ExitStatus.INVALID_FILE


def _subjects(
    suite: Suite, folder: Path
) -> tuple[dict[str, Subject], list[OptkitError]]:
    """Return the instances by their sha256, and what keeps others from being read."""
    found: dict[str, Subject] = {}
    problems: list[OptkitError] = []
    for part in suite.instances:
        for make in _sources(part, folder):
            try:
                instance, origin = make()
            except OptkitError as error:
                problems.append(error)
                continue
            family = registry.family_of_schema(instance.SCHEMA)
            assert family is not None, "an instance was made, so its family is there"
            found.setdefault(instance.sha256, Subject(family.name, instance, origin))
    # Every seed of a generator says the same of a wrong option.
    return found, list({str(problem): problem for problem in problems}.values())


def _sources(
    part: InstancesPart, folder: Path
) -> Iterator[Callable[[], tuple[Instance, Path | None]]]:
    """Yield what makes or reads each instance."""
    if part.generate is not None:
        for seed in part.seeds or (0,):
            yield partial(_generated, part.generate, seed, part.options)
    for pattern in part.files:
        try:
            paths = _paths(folder, pattern)
        except OptkitError as error:
            yield partial(_refused, error)
            continue
        for path in paths:
            yield partial(_read, path)


def _generated(
    family: str, seed: int, options: dict[str, Any]
) -> tuple[Instance, Path | None]:
    return generate(family, seed, **options), None


def _read(path: Path) -> tuple[Instance, Path | None]:
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise InvalidFileError(
            ascii(str(path)), ["the name is not UTF-8; rename the file"]
        ) from None
    return load(path), path


def _refused(error: OptkitError) -> tuple[Instance, Path | None]:
    raise error


def _paths(folder: Path, pattern: str) -> list[Path]:
    """Return the files that a pattern stands for; solution files beside them are none.

    Raises
    ------
    InvalidFileError
        If it stands for none.
    """
    whole = folder / pattern
    if whole.is_file():
        return [whole]
    if whole.is_dir():
        raise InvalidFileError(
            str(whole), ["this is a folder; name the files in it: folder/*.json"]
        )
    # A pattern may climb ("../instances/*.json"), which glob alone does not take.
    fixed, moving = [], list(Path(pattern).parts)
    while moving and not set("*?[") & set(moving[0]):
        fixed.append(moving.pop(0))
    start = folder.joinpath(*fixed)
    try:
        found = sorted(
            path
            for path in (start.glob("/".join(moving)) if moving else ())
            if path.is_file() and ".sol." not in path.name
        )
    except (OSError, ValueError) as error:
        raise InvalidFileError(
            str(whole), [f"not a usable pattern: {error}; mend it in the suite"]
        ) from None
    if not found:
        raise InvalidFileError(
            str(whole), ["no such instance; check the name in the suite"]
        )
    return found


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
            _require_known(part.options, family)
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
                package_version(registry.provider(found)),
                solver.options.model_dump(mode="json"),
                solver.able().seed,
            ),
        )
    if len(refused) == len(wanted):
        raise UsageError("\n".join(f"suite: {text}" for text in refused))


def _require_known(options: dict[str, Any], family: str) -> None:
    """Refuse options that no solver has which could be chosen for a family."""
    known = {name for info in registry.solvers(family) for name in info.options}
    # One of a group is known by its own name, too, and the group by that of all.
    known |= {part for name in known for part in name.split(".")}
    for name in options:
        if name.replace("-", "_") not in known:
            raise UsageError(
                f"solver {registry.AUTO}: {unknown('option', name, known)}"
            )


def _seeds(suite: Suite, contender: _Contender) -> tuple[int, ...]:
    seeds = contender.part.seeds or suite.seeds
    return seeds if contender.draws else seeds[:1]


def _canonical(value: Any) -> Any:
    """Return a value with large numbers as text: canonical JSON has none past 2**53."""
    if isinstance(value, dict):
        return {key: _canonical(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_canonical(child) for child in value]
    if isinstance(value, int) and abs(value) >= 2**53:
        return str(value)
    return value


def _runs(
    suite: Suite, subject: Subject, sha256: str, contender: _Contender
) -> Iterator[PlannedRun]:
    part = contender.part
    limits = part.limits.over(suite.limits).limits().document()
    for seed in _seeds(suite, contender):
        for repetition in range(suite.repetitions):
            content: dict[str, Any] = {
                "instance": sha256,
                "family": subject.family,
                "solver": part.solver,
                "version": contender.version,
                "options": _canonical(contender.options),
                "seed": str(seed),  # see _canonical
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
