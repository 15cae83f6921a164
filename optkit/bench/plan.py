"""The plan of a suite: every instance with every solver, seed and repetition."""

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
from optkit.core.files import paths
from optkit.core.instance import Instance
from optkit.core.runtime.versions import package_version
from optkit.core.solving import registry
from optkit.core.solving.solver import Solver
from optkit.core.suggest import unknown
from optkit.core.tools.generate import generate
from optkit.core.tools.instance_files import load_instance

MOST_RUNS = 1_000_000
"""Most runs of one study; a larger plan is refused as a typing error."""


@dataclass(frozen=True)
class PlannedInstance:
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
    """One run, with everything that determines it.

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
    """The instances and runs of a suite.

    Parameters
    ----------
    instances
        The instances by their sha256.
    runs
        The runs, ordered by instance.
    """

    instances: dict[str, PlannedInstance]
    runs: tuple[PlannedRun, ...]


@dataclass(frozen=True)
class _SolverSetup:
    """A solver of the suite, with its settings for one family."""

    part: SolverPart
    kind: str
    variant: str
    partial_bound: bool
    version: str
    options: dict[str, Any]
    uses_seed: bool


def make_plan(suite: Suite, folder: Path, source: str = "suite") -> Plan:
    """Return the runs of a suite.

    Parameters
    ----------
    suite
        The suite.
    folder
        The folder that its paths are relative to.
    source
        What messages call the suite: its file.

    Raises
    ------
    UsageError
        If solvers or options are unknown, a solver has no instance to run on, or two
        entries are the same; the message lists all of these.
    InvalidFileError
        If instances are missing or cannot be read; the message lists these and all of
        the above.
    """
    instances, unreadable = _read_instances(suite, folder)
    families = {planned.family for planned in instances.values()}
    problems: list[str] = []
    setups: dict[str, list[_SolverSetup]] = {family: [] for family in families}
    # Without any instance, the families that solvers are needed for are unknown.
    for part in suite.solvers if instances or not unreadable else ():
        try:
            for family, setup in _solver_setups(part, families):
                setups[family].append(setup)
        except OptkitError as error:
            problems += str(error).splitlines()
    has_errors = bool(problems or unreadable)
    for family, family_setups in setups.items():
        labels = [x.part.label or x.part.solver for x in family_setups]
        problems += [
            f"two solvers of family {family!r} are labelled {label!r}; give them"
            " different labels."
            for label in sorted({x for x in labels if labels.count(x) > 1})
        ]
        if not family_setups and not has_errors:
            problems.append(
                f"no solver of the suite solves the instances of family {family!r};"
                " add one, or remove the instances."
            )
    _raise_problems(source, unreadable, problems)
    count = suite.repetitions * sum(
        len(_seeds(suite, setup))
        for planned in instances.values()
        for setup in setups[planned.family]
    )
    if count > MOST_RUNS:
        raise UsageError(
            f"{source}: asks for {count} runs; one study has at most {MOST_RUNS}. Use fewer"
            " instances, seeds or repetitions."
        )
    runs: dict[str, PlannedRun] = {}
    for sha256, planned in instances.items():
        for setup in setups[planned.family]:
            for run in _runs(suite, planned, sha256, setup):
                same = runs.setdefault(run.key, run)
                if same is not run:
                    problems.append(
                        f"the solvers labelled {same.label!r} and {run.label!r} are"
                        " one solver with the same options, limits and seeds; remove one"
                        " of them."
                    )
    _raise_problems(source, [], list(dict.fromkeys(problems)))
    return Plan(instances, tuple(runs.values()))


def _raise_problems(
    source: str, unreadable: list[OptkitError], problems: list[str]
) -> None:
    """Raise all problems as one error; a single error of a file is raised as it is."""
    if not unreadable and not problems:
        return
    if len(unreadable) == 1 and not problems:
        error = unreadable[0]
        raise error if isinstance(error, InvalidFileError) else _named(source, error)
    lines = [
        str(e) if isinstance(e, InvalidFileError) else f"{source}: {e}"
        for e in unreadable
    ]
    text = "\n".join([*lines, *(f"{source}: {problem}" for problem in problems)])
    if any(isinstance(error, InvalidFileError) for error in unreadable):
        raise UnreadableInstancesError(text)
    raise UsageError(text)


def _named(source: str, error: OptkitError) -> OptkitError:
    """Return the error with the suite's file before its message."""
    return type(error)(f"{source}: {error}")


class UnreadableInstancesError(OptkitError, ValueError):
    """A suite has several problems, and unreadable files are among them."""

    exit_status = ExitStatus.INVALID_FILE


def _read_instances(
    suite: Suite, folder: Path
) -> tuple[dict[str, PlannedInstance], list[OptkitError]]:
    """Return the instances by their sha256, and the errors of those that are missing."""
    instances: dict[str, PlannedInstance] = {}
    problems: list[OptkitError] = []
    for part in suite.instances:
        for read in _sources(part, folder):
            try:
                instance, origin = read()
            except OptkitError as error:
                problems.append(error)
                continue
            family = registry.family_of_schema(instance.SCHEMA)
            assert family is not None, (
                "an instance was read, so its family is registered"
            )
            instances.setdefault(
                instance.sha256, PlannedInstance(family.name, instance, origin)
            )
    # A wrong option of a generator gives the same error for every seed.
    return instances, list({str(problem): problem for problem in problems}.values())


def _sources(
    part: InstancesPart, folder: Path
) -> Iterator[Callable[[], tuple[Instance, Path | None]]]:
    """Yield functions that generate or read one instance each, and return its origin."""
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
    return load_instance(path), path


def _refused(error: OptkitError) -> tuple[Instance, Path | None]:
    raise error


def _paths(folder: Path, pattern: str) -> list[Path]:
    """Return the instance files that match a pattern; solution files are left out.

    Raises
    ------
    InvalidFileError
        If there is none.
    """
    path = folder / pattern
    if paths.is_file(path):
        return [path]
    if paths.is_folder(path):
        raise InvalidFileError(
            str(path), ["this is a folder; name the files in it: folder/*.json"]
        )
    # glob does not accept "..", so the part before the first wildcard is joined first.
    fixed, wild = [], list(Path(pattern).parts)
    while wild and not set("*?[") & set(wild[0]):
        fixed.append(wild.pop(0))
    start = folder.joinpath(*fixed)
    try:
        files = sorted(
            file
            for file in (start.glob("/".join(wild)) if wild else ())
            if paths.is_file(file) and ".sol." not in file.name
        )
    except (OSError, ValueError) as error:
        raise InvalidFileError(
            str(path), [f"not a usable pattern: {error}; correct it in the suite"]
        ) from None
    if not files:
        raise InvalidFileError(
            str(path), ["no such instance; check the name in the suite"]
        )
    return files


def _solver_setups(
    part: SolverPart, families: set[str]
) -> Iterator[tuple[str, _SolverSetup]]:
    """Yield the settings of a solver for each family that it runs on."""
    wanted = sorted(families) if part.family is None else [part.family]
    if part.family is not None and registry.family(part.family).name not in families:
        raise UsageError(
            f"solver {part.solver!r} is for family {part.family!r}, but the suite"
            " has no instance of it."
        )
    if part.solver == registry.AUTO:
        for family in wanted:
            _check_option_names(part.options, family)
            version = package_version("optkit")
            options = dict(part.options)
            yield (
                family,
                _SolverSetup(part, registry.AUTO, "", False, version, options, True),
            )
        return
    refused: list[str] = []
    for family in wanted:
        try:
            solver_class = registry.solver_class(family, part.solver)
        except UsageError as error:
            refused.append(str(error))
            continue
        solver: Solver[Any] = solver_class(part.options)
        yield (
            family,
            _SolverSetup(
                part,
                solver.kind.value,
                solver.variant,
                solver.bound_is_partial(),
                package_version(registry.provider(solver_class)),
                solver.options.model_dump(mode="json"),
                solver.able().seed,
            ),
        )
    if len(refused) == len(wanted):
        raise UsageError("\n".join(refused))


def _check_option_names(options: dict[str, Any], family: str) -> None:
    """Refuse options that no solver of a family has, for auto could choose any of them."""
    known = {name for info in registry.solvers(family) for name in info.options}
    # The option "group.option" may also be given as "option", or within "group".
    known |= {part for name in known for part in name.split(".")}
    for name in options:
        if name.replace("-", "_") not in known:
            raise UsageError(
                f"solver {registry.AUTO}: {unknown('option', name, known)}"
            )


def _seeds(suite: Suite, setup: _SolverSetup) -> tuple[int, ...]:
    seeds = setup.part.seeds or suite.seeds
    # The lowest, so that the order in which they are listed makes no difference.
    return seeds if setup.uses_seed else (min(seeds),)


def _canonical(value: Any) -> Any:
    """Return a value with integers from 2**53 on as text, which canonical JSON lacks."""
    if isinstance(value, dict):
        return {key: _canonical(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_canonical(child) for child in value]
    if isinstance(value, int) and abs(value) >= 2**53:
        return str(value)
    return value


def _runs(
    suite: Suite, planned: PlannedInstance, sha256: str, setup: _SolverSetup
) -> Iterator[PlannedRun]:
    part = setup.part
    limits = part.limits.over(suite.limits).limits().document()
    for seed in _seeds(suite, setup):
        for repetition in range(suite.repetitions):
            content: dict[str, Any] = {
                "instance": sha256,
                "family": planned.family,
                "solver": part.solver,
                "version": setup.version,
                "options": _canonical(setup.options),
                "seed": str(seed),  # see _canonical
                "limits": limits,
                "repetition": repetition,
            }
            yield PlannedRun(
                key=hashlib.sha256(rfc8785.dumps(content)).hexdigest()[:32],
                family=planned.family,
                instance_name=planned.instance.name,
                sha256=sha256,
                solver=part.solver,
                label=part.label or part.solver,
                kind=setup.kind,
                variant=setup.variant,
                partial_bound=setup.partial_bound,
                version=setup.version,
                options=setup.options,
                seed=seed,
                deterministic=not setup.uses_seed,
                limits=limits,
                repetition=repetition,
            )
