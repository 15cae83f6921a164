"""HiGHS, SCIP and CP-SAT on the models as they stand, beside the families' own solvers.

    python benchmarks/model_peers.py [--limit 10] [--part discovery] [-o PAGE.md]

``discovery``: the high-point relaxation beside ``bilevel-exact``. ``dispatch``: P2 of the
access points that move at one boundary beside its decomposition into one P3 each, which is
what ``mdp`` does. ``sync``: notifications for given reports beside the shortest paths, and
reports and notifications together beside ``exact-offline``.

The backends get the declarative model of :mod:`optkit.models`, without a start, cuts, or
any other help from optkit; only their own solutions and proofs count. Each solve runs in a
process of its own; both processor time and wall-clock time are reported. The instances come
from the families' generators and are the same on every machine.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import math
import multiprocessing
import platform
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

import optkit
from optkit.backends import compile_model, solve_model
from optkit.core.consistency import relative_gap
from optkit.core.errors import UnavailableError
from optkit.core.runtime.machine import machine

BACKENDS = ("highs", "scip", "cp-sat")

PROVEN = 1e-6
"""Gap up to which an answer counts as proven, as in a result's status."""


@dataclass(frozen=True)
class Row:
    """The result of one solver on one instance.

    Parameters
    ----------
    solver
        Name of the solver.
    built, solved
        Processor seconds for building the model or its data, and for solving it.
    wall
        Wall-clock seconds for solving it.
    objective, bound
        The best objective and the proven bound; None if there is none.
    refused
        Why the solver refuses the model; empty if it does not.
    """

    solver: str
    built: float
    solved: float
    wall: float
    objective: float | None = None
    bound: float | None = None
    refused: str = ""

    @property
    def gap(self) -> float:
        """|objective − bound| / |objective|; infinite if one is unknown."""
        gap = relative_gap(self.objective, self.bound)
        return math.inf if gap is None else gap


class Timer:
    """Measures wall-clock and processor time from its creation on."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        """Return wall-clock seconds and processor seconds so far."""
        return time.perf_counter() - self._wall, time.process_time() - self._cpu


@dataclass(frozen=True)
class Case:
    """One instance with the rows of all solvers.

    Parameters
    ----------
    title
        Title of the instance.
    size
        Size of its model, in words.
    rows
        The peers' rows, then ours.
    relaxed
        Whether the peers' model is a relaxation of what ours solves.
    """

    title: str
    size: str
    rows: list[Row]
    relaxed: bool = False

    def verify(self) -> None:
        """Stop the benchmark if two proven results contradict each other."""
        ours = self.rows[-1]
        for row in self.rows[:-1]:
            if ours.objective is None:
                continue
            slack = 1e-5 * max(1.0, abs(ours.objective))
            above = row.bound is not None and row.bound > ours.objective + slack
            below = (
                not self.relaxed
                and row.objective is not None
                and ours.bound is not None
                and row.objective < ours.bound - slack
            )
            if above or below:
                raise SystemExit(f"{self.title}: {row} contradicts {ours}")


def backend_rows(model: Callable[[], Any], limit: float) -> tuple[list[Row], str]:
    """Return every backend's row, and the size of the model."""
    began = time.process_time()
    pyomo_model = model()  # kept, so that a refusal can name a variable
    compiled = compile_model(pyomo_model)
    built = time.process_time() - began
    rows = [in_process(compiled, backend, limit, built) for backend in BACKENDS]
    size = f"{compiled.columns} columns, {compiled.rows} rows"
    return rows, size


def in_process(compiled: Any, backend: str, limit: float, built: float) -> Row:
    """Return a backend's row, computed in a process of its own.

    In this process a solver that does not stop when told to would slow down the next one.
    """
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def work() -> None:
        warm_up(backend)
        timer = Timer()
        try:
            result = solve_model(compiled, backend, time_limit=limit, load=False)
        except UnavailableError as error:
            sender.send(Row(backend, built, 0.0, 0.0, refused=str(error)))
            return
        wall, cpu = timer.read()
        sender.send(Row(backend, built, cpu, wall, result.objective, result.bound))

    worker = context.Process(target=work)
    worker.start()
    if not receiver.poll(10.0 * limit + 60.0):
        worker.kill()
        raise SystemExit(f"{backend} did not come back from {compiled.name}")
    row: Row = receiver.recv()
    worker.join()
    return row


def warm_up(backend: str) -> None:
    """Import a backend, so that the first solve is not slower."""
    import pyomo.environ as pyo

    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(3), domain=pyo.Binary)
    model.row = pyo.Constraint(expr=sum(model.x.values()) >= 2)
    model.cost = pyo.Objective(expr=sum(model.x.values()))
    solve_model(model, backend, load=False)


def by_optkit(instance: optkit.Instance, solver: str, limit: float) -> Row:
    """Return the row of one of optkit's solvers."""
    timer = Timer()
    result = optkit.solve(instance, solver, limits=optkit.Limits(time=limit))
    wall, cpu = timer.read()
    return Row(f"`{solver}`", 0.0, cpu, wall, result.objective, result.bound)


# -- discovery -------------------------------------------------------------------------

DISCOVERY: dict[str, dict[str, Any]] = {
    "paper's network, 10 windows": {"windows": 10},
    "dense, 2 windows": {
        "windows": 2,
        "candidates": 25,
        "coverage": 0.6,
        "link_decay": 0.3,
    },
    "levels at odds, 2 windows": {
        "windows": 2,
        "candidates": 15,
        "coverage": 0.5,
        "link_decay": 0.3,
        "qan_rule": "single",
        "connection": "optional",
        "connection_cost": "agent-mode",
        "accuracy_scope": "horizon",
        "required_agent": 0.5,
        "required_self": 0.45,
    },
}


def discovery(limit: float, seeds: range) -> Iterator[Case]:
    """Compare the backends on the high-point relaxation with ``bilevel-exact``."""
    from optkit.discovery.problem.pyomo_adapter import instance_model

    by_optkit(optkit.generate("discovery", windows=1, seed=0), "bilevel-exact", limit)
    for title, settings in DISCOVERY.items():
        for seed in seeds:
            drawn = optkit.generate("discovery", seed=seed, **settings)
            rows, size = backend_rows(lambda drawn=drawn: instance_model(drawn), limit)
            rows.append(by_optkit(drawn, "bilevel-exact", limit))
            relaxed = settings.get("connection_cost") == "agent-mode"
            yield Case(f"{title}, seed {seed}", size, rows, relaxed)


# -- dispatch --------------------------------------------------------------------------

CROWDED = {
    "slots": 8,
    "intervals": 6,
    "arrival": 0.15,
    "service": 5.0,
    "upload_intervals": 1.5,
    "queue_limit": 6,
    "overflow_penalty": 9.0,
}
"""Heavy load, so that it matters who sends where."""

DISPATCH: dict[str, tuple[dict[str, Any], bool]] = {
    "a group of 20 access points, no cloud": (
        {"aps": 20, "attachment": 1, "cloud": False},
        False,
    ),
    "a group of 20 access points, cloud shared": ({"aps": 20, "attachment": 1}, False),
    "8 access points at once": ({"aps": 8, "servers": 6}, True),
    "12 access points at once": ({"aps": 12, "servers": 8}, True),
}
"""Settings, and whether all access points move instead of one group of Algorithm 1."""


def dispatch(limit: float, seeds: range) -> Iterator[Case]:
    """Compare the backends on P2 with one P3 per access point that moves."""
    from optkit.dispatch.problem.agent_groups import groups

    for title, (settings, everybody) in DISPATCH.items():
        for seed in seeds:
            drawn = optkit.generate(
                "dispatch", seed=seed, types=3, **{**CROWDED, **settings}
            )
            seen, views = _boundary(drawn, seed)
            movers = range(seen.shape[0]) if everybody else max(groups(seen), key=len)
            moving = [views[ap] for ap in movers]
            _p2(seen, moving)  # compiles what is needed later
            began = time.process_time()
            data = _p2(seen, moving)
            weighed = time.process_time() - began
            rows, size = _dispatch_rows(data, limit, weighed)
            alone = not everybody and not seen.cloud.any()
            rows.append(_decomposed(seen, moving, data, alone))
            yield Case(f"{title} ({len(moving)} move), seed {seed}", size, rows)


def _boundary(drawn: Any, seed: int) -> tuple[Any, list[Any]]:
    """Return the world some intervals in, actions drawn, and what each one sees."""
    from optkit.dispatch.problem.observation import Observer
    from optkit.dispatch.problem.problem_data import problem_data
    from optkit.dispatch.problem.simulator import Simulator

    seen = problem_data(drawn)
    draw = np.random.default_rng(seed)
    actions = np.array(
        [draw.choice(np.flatnonzero(row), seen.shape[2]) for row in seen.candidate]
    )
    state, interval = Simulator(seen), 4
    slots = interval * seen.slots_per_interval
    jobs = state.arrivals(slots)
    state.advance(slots, actions[seen.ap[jobs], seen.kind[jobs]])
    observer = Observer(seen)
    return seen, observer.observe(interval, actions, state.queues, state.transit)


def _p2(seen: Any, moving: list[Any]) -> Any:
    from optkit.dispatch.problem.pyomo_adapter import decision_data
    from optkit.dispatch.problem.sender_set_costs import Boundary, SenderCosts

    return decision_data(seen, Boundary(SenderCosts(seen, 1), moving))


def _dispatch_rows(data: Any, limit: float, weighed: float) -> tuple[list[Row], str]:
    """Return the backends' rows; weighing every set of senders is part of building."""
    from optkit.models.dispatch import dispatch_model

    rows, size = backend_rows(lambda: dispatch_model(data), limit)
    return [replace(row, built=row.built + weighed) for row in rows], size


def _decomposed(seen: Any, moving: list[Any], data: Any, alone: bool) -> Row:
    """Return the row of one P3 each: ``mdp``'s decision, weighed by P2's objective.

    Where those who move share no queue, ``alone``, Lemma 1 makes it a proven optimum.
    """
    from optkit.dispatch.policies.mdp import ActionCosts

    ActionCosts(seen, 1)(moving[0])
    began, busy = time.perf_counter(), time.process_time()
    costs = ActionCosts(seen, 1)
    actions = {}
    for view in moving:
        best = view.servers[np.argmin(costs(view), axis=1)]
        for kind, server in enumerate(best):
            actions[str(view.ap), str(kind)] = str(server)
    wall, took = time.perf_counter() - began, time.process_time() - busy
    cost = data.cost(actions)
    return Row("one P3 each, `mdp`", 0.0, took, wall, cost, cost if alone else None)


# -- sync ------------------------------------------------------------------------------

GIVEN_SLOTS = (30, 60)
FREE_SLOTS = (6, 12)
SYNC: dict[str, Any] = {"error": "true", "weight_report": 0.3}


def sync(limit: float, seeds: range) -> Iterator[Case]:
    """Compare the backends on notifications alone, then together with reports."""
    from optkit.models.sync import notification_model

    from optkit.sync.exact import best_notifications
    from optkit.sync.problem.held_values import held_values
    from optkit.sync.problem.problem_data import problem_data
    from optkit.sync.problem.pyomo_adapter import instance_model, notification_data

    by_optkit(optkit.generate("sync", slots=6, seed=0, **SYNC), "exact-offline", limit)
    for slots in GIVEN_SLOTS:
        for seed in seeds:
            data = problem_data(optkit.generate("sync", slots=slots, seed=seed, **SYNC))
            held = held_values(data, [np.arange(0, slots, 4)] * data.devices)
            best_notifications(data, held)
            began, busy = time.perf_counter(), time.process_time()
            best = best_notifications(data, held)
            wall, took = time.perf_counter() - began, time.process_time() - busy
            cost = float(best.cost.sum())
            rows, size = backend_rows(
                lambda data=data, held=held: notification_model(
                    notification_data(data, held)
                ),
                limit,
            )
            rows.append(Row("shortest paths", 0.0, took, wall, cost, cost))
            yield Case(f"reports given, {slots} slots, seed {seed}", size, rows)
    for slots in FREE_SLOTS:
        for seed in seeds:
            drawn = optkit.generate("sync", slots=slots, seed=seed, **SYNC)
            rows, size = backend_rows(lambda drawn=drawn: instance_model(drawn), limit)
            rows.append(by_optkit(drawn, "exact-offline", limit))
            yield Case(f"reports free, {slots} slots, seed {seed}", size, rows)


# -- the page --------------------------------------------------------------------------

PARTS: dict[str, tuple[Callable[[float, range], Iterator[Case]], str]] = {
    "discovery": (
        discovery,
        "The backends solve the high-point relaxation. Its value is the optimum where"
        " connections take time in both modes (first two kinds), and only a bound in the"
        " third, where their objective is not that of a solution. `bilevel-exact` solves"
        " the bilevel problem.",
    ),
    "dispatch": (
        dispatch,
        "The backends solve P2 of those who move; building includes weighing every set of"
        " senders of every queue. `mdp` weighs each access point's choices alone and takes"
        " the least: by Lemma 1 the optimum of P2 where no queue is shared, and without a"
        " bound otherwise. Objectives of all are those of P2.",
    ),
    "sync": (
        sync,
        "Twenty links between five routers, error against the true loads. Given reports:"
        " one every four slots. Reports free: a report costs 0.3.",
    ),
}


def page(cases: dict[str, list[Case]], command: str, limit: float) -> str:
    """Return the page with the results so far."""
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}"
        for name in ("highspy", "ortools", "pyomo", "numba", "numpy")
    )
    lines = [
        "# The models as they stand, by HiGHS, SCIP and CP-SAT",
        "",
        f"Command: `{command}`",
        "",
        f"optkit {optkit.__version__}, Python {platform.python_version()}, {versions}"
        f" (SCIP and CP-SAT are those of ortools). {', '.join(machine().values())}.",
        "",
        f"At most {limit:g} s on the clock to solve, one thread, gap 0. The machine was"
        " busy: *build* and *solve* are processor seconds, and how many of them the limit"
        " left a solver shows beside the wall-clock seconds. *Build* is data and model in"
        " Pyomo, which our solvers do without. *Gap* is between a row's own objective and"
        " bound, nothing below 1e-6; *above ours*: its objective over ours, less 1;"
        " *bound below ours*: how far its bound lies below our objective. A backend that"
        " does not stop when its time is over is not waited for, and has no solution.",
    ]
    for part, part_cases in cases.items():
        lines += ["", f"## {part}", "", PARTS[part][1], ""]
        lines += [
            "| instance | solver | build s | solve s | wall s | gap | above ours |"
            " bound below ours |",
            "|---|---|---:|---:|---:|---:|---:|---:|",
        ]
        refusals: dict[str, tuple[str, str]] = {}
        for case in part_cases:
            ours = case.rows[-1].objective
            for row in case.rows:
                if row.refused:
                    refusals.setdefault(row.solver, (case.title, row.refused))
                first = f"{case.title}; {case.size}" if row is case.rows[0] else ""
                lines.append(f"| {first} | {row.solver} | {_cells(row, ours, case)} |")
        if refusals:
            lines += ["", "Refused, with the backend interface's first reason:", ""]
            lines += [
                f"* {backend}, {title}: {reason}"
                for backend, (title, reason) in refusals.items()
            ]
    return "\n".join(lines) + "\n"


def _cells(row: Row, ours: float | None, case: Case) -> str:
    if row.refused:
        return "refused | – | – | – | – | –"
    gap = "no bound" if row.bound is None else _percent(row.gap)
    if row.objective is None:
        gap = "no solution"
    if row is case.rows[-1]:
        build, above, below = "–", "–", "–"
    else:
        build = f"{row.built:.2f}"
        above = "relaxation" if case.relaxed else _over(row.objective, ours)
        below = _over(ours, row.bound, ours)
    times = f"{build} | {_seconds(row.solved)} | {_seconds(row.wall)}"
    return f"{times} | {gap} | {above} | {below}"


def _seconds(value: float) -> str:
    return f"{value:.4f}" if value < 0.1 else f"{value:.2f}"


def _over(
    value: float | None, reference: float | None, size: float | None = None
) -> str:
    """Return how far ``value`` is above ``reference``, relative to ``size``."""
    if value is None or reference is None:
        return "none"
    size = reference if size is None else size
    return _percent((value - reference) / max(abs(size), 1e-12))


def _percent(value: float) -> str:
    if not math.isfinite(value):
        return "none"
    return "0" if abs(value) <= PROVEN else f"{100 * value:.3g} %"


def main() -> None:
    """Run the benchmark; the page is written after every case."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--limit", type=float, default=10.0, help="seconds")
    parser.add_argument("--seeds", type=int, default=1, help="instances of each kind")
    parser.add_argument("--part", choices=PARTS, action="append")
    parser.add_argument("-o", "--output", type=Path)
    arguments = parser.parse_args()
    command = " ".join(["python", "benchmarks/model_peers.py", *sys.argv[1:]])
    cases: dict[str, list[Case]] = {}
    for part in arguments.part or PARTS:
        for case in PARTS[part][0](arguments.limit, range(arguments.seeds)):
            case.verify()
            cases.setdefault(part, []).append(case)
            print(case.title, file=sys.stderr, flush=True)
            if arguments.output is not None:
                text = page(cases, command, arguments.limit)
                arguments.output.write_text(text, encoding="utf-8")
    print(page(cases, command, arguments.limit))


if __name__ == "__main__":
    main()
