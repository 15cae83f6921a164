"""``optkit bench run``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.progress import MofNCompleteColumn, TimeElapsedColumn, TimeRemainingColumn

from optkit.cli.progress_bar import ProgressBar, bar_column, state_column
from optkit.cli.terminal import Terminal
from optkit.cli.values import parse_int
from optkit.core.runtime.extras import needs

if TYPE_CHECKING:
    from optkit.bench.runner import Progress as StudyProgress
    from optkit.bench.runner import Submit
    from optkit.bench.study import Study
    from optkit.bench.suite import Suite


def run(
    suite: Path,
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o")],
    workers: Annotated[int | None, Parameter(converter=parse_int)] = None,
    dask: str | None = None,
    retry: bool = False,
    terminal: Annotated[Terminal, Parameter(parse=False)],
) -> int:
    """Run a suite: every solver on every instance, each run in its own process.

    For example:

      optkit bench run suite.toml -o study
      optkit bench run suite.toml -o study --workers 2
      optkit bench run suite.toml -o study --retry

    Finished runs are never lost: the same command resumes a study that Ctrl-C,
    SIGTERM, a crash or kill -9 stopped. Several of these commands, also on
    several machines, may work on one folder at the same time. Failed runs are
    recorded, and made again only with --retry. The study stops if results
    contradict each other.

    Parameters
    ----------
    suite
        Suite file (TOML).
    output
        Folder of the study.
    workers
        Number of runs at the same time; each is then slower.
    dask
        Make the runs on the Dask cluster with this scheduler address.
    retry
        Make failed runs again.
    """
    with needs("bench", "optkit bench", "psutil"):
        from optkit.bench.runner import StudyRunner, warm_up_files
    from optkit.bench.journal import damage_message
    from optkit.bench.plan import make_plan
    from optkit.bench.study import Study
    from optkit.bench.suite import load_suite
    from optkit.core.errors import ExitStatus, UsageError

    if workers is not None and dask is not None:
        raise UsageError("--workers and --dask exclude each other; give one.")
    if workers is not None and workers < 1:
        raise UsageError(f"--workers {workers}: give at least 1.")
    content = load_suite(suite)
    plan = make_plan(content, suite.parent, str(suite))
    study = Study(output)
    study.create(content, plan)
    terminal.note(
        f"{content.name}: {len(plan.runs)} runs, {len(plan.instances)} instances,"
        f" {len({(r.family, r.label) for r in plan.runs})} solvers"
    )
    with ExitStack() as stack:
        tiny = warm_up_files(study, plan) if content.warm_up else {}
        submit, parallel = _workers(stack, study, content, tiny, workers, dask)
        columns = (MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
        bar = ProgressBar(terminal, state_column(), bar_column(), *columns)
        report = _reporter(stack.enter_context(bar), terminal)
        damaged = StudyRunner(study, plan, submit, parallel, retry, report).run()
    if damaged:
        text = damage_message(study.journal, damaged)
        terminal.warn(f"{text} Their runs were made again.")
    from optkit.cli.bench.status import show

    show(study, terminal)
    return ExitStatus.OK


def _workers(
    stack: ExitStack,
    study: Study,
    suite: Suite,
    tiny: dict[tuple[str, str], Path],
    workers: int | None,
    dask: str | None,
) -> tuple[Submit, int]:
    """Return the function that starts a run, and the number of runs at the same time."""
    from optkit.bench.workers import distributed, local

    if dask is None:
        count = workers or 1
        submit = local(study, suite, tiny, count)
        return stack.enter_context(submit), count
    from optkit.cli.dask_cluster import cluster

    executor, threads = stack.enter_context(cluster(dask))
    return distributed(study, suite, tiny, executor), threads


def _reporter(bar: ProgressBar, terminal: Terminal) -> Callable[[StudyProgress], None]:
    """Return a function that shows the progress, and a line for each failed run."""
    from optkit.bench.record import Outcome

    def report(progress: StudyProgress) -> None:
        state = "starting"
        if progress.record is not None:
            record = progress.record
            state = f"{record.instance.name}: {record.solver.label}"
            if record.outcome is not Outcome.DONE:
                detail = record.detail.splitlines()[:1]
                terminal.note(f"{state}: {record.outcome}: {' '.join(detail)}")
        bar.update(state, progress.finished, progress.total)

    return report
