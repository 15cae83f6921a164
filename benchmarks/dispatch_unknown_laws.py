"""What it costs to know no law: `adaptive-rollout` against policies that are told them.

    python benchmarks/dispatch_unknown_laws.py --data FOLDER --paths 10 --figure OUT.png

FOLDER has ``google2011``, ``alibaba2018`` and ``azure``, the traces; without it, only the
generated settings run. Every path has a network of its own. Policies are compared with the
`rollout` that is told the laws of arrival, upload and service that are in force, on the
same path. For traces, which have no law of arrival, it is told their mean.

*Regret* is the difference of the cost of an interval, averaged over blocks of intervals,
with a 95 % interval of the mean over paths (Student's t). Dropped jobs count in the
interval in which they are dropped. In two settings something changes half way:

* *laws change*: the mean services of half of the edge servers grow by a factor of 1.5,
  those of the others shrink by it, and access points swap their rates of arrival;
* *network changes*: a random network of the same nodes, with other links and rates, takes
  the place of the first. Speeds of servers change, too.

`rollout` is told at once, `adaptive-rollout` of new candidates only. `stale` is `rollout`
that is told the first laws only; on a network that changes there is no such policy.

Finished paths are kept in the file that ``--rows`` names; a new run continues from there.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import numpy as np
from dispatch_policies import RATE, interval, mean_interval

import optkit
from optkit.core.arrays import Floats
from optkit.core.solving import seeds
from optkit.core.solving.registry import solver_class
from optkit.dispatch.data.generate import GeneratorOptions, arrivals, generate
from optkit.dispatch.data.importers import alibaba, azure, google
from optkit.dispatch.data.importers.options import (
    AlibabaOptions,
    AzureOptions,
    GoogleOptions,
)
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.policies.base import Policy
from optkit.dispatch.policies.simulation import simulate
from optkit.dispatch.problem.finish_slots import DROPPED
from optkit.dispatch.problem.objective import stage_costs
from optkit.dispatch.problem.problem_data import ProblemData, model_only, problem_data
from optkit.dispatch.problem.simulator import Simulator
from optkit.dispatch.solvers.base import PolicySolver
from optkit.plotting import palette
from optkit.plotting.output import render

Make = Callable[[int, int, Path | None], DispatchInstance]
"""From a seed, a number of intervals and the folder of traces to an instance."""

INFORMED, LEARNED, STALE = "rollout", "adaptive-rollout", "stale"

BLOCKS = 6


def drawn(**settings: Any) -> Make:
    """Return a maker of generated instances."""

    def make(seed: int, intervals: int, data: Path | None) -> DispatchInstance:
        options = GeneratorOptions.model_validate({"intervals": intervals, **settings})
        return DispatchInstance.parse(generate(options, seed))

    return make


def changing_laws(seed: int, intervals: int, data: Path | None) -> DispatchInstance:
    """Return an instance whose rates and services change half way."""
    options = GeneratorOptions(
        intervals=intervals, arrival=RATE / 3, arrival_spread=0.8
    )
    document = generate(options, seed)
    rng = seeds.generator(seed, "benchmark", "unknown laws")
    service = np.array(document["mean_service_slots"])
    slower = rng.permutation(len(service) - 1)[: len(service) // 2]
    factor = np.full((len(service), 1), 1.0 / 1.5)
    factor[slower], factor[-1] = 1.5, 1.0
    before = np.array(document["arrival_probability"])
    after = before[rng.permutation(len(before))]
    turn = intervals // 2
    document["jobs"] = arrivals(
        [before, after],
        intervals * options.slots,
        rng,
        [0, turn * options.slots],
    )
    document["changes"] = [
        {
            "interval": turn,
            "arrival_probability": after.tolist(),
            "mean_service_slots": (service * factor).tolist(),
        }
    ]
    return DispatchInstance.parse(document)


def changing_network(seed: int, intervals: int, data: Path | None) -> DispatchInstance:
    """Return an instance on a random network that another replaces half way."""
    first, second = (
        optkit.Network.random(
            2 * seed + number,
            shape="barabasi-albert",
            nodes=12,
            ghz_low=3.0,
            ghz_high=7.0,
            gbps_low=0.01,
            gbps_high=0.03,
        )
        for number in range(2)
    )
    options = GeneratorOptions.model_validate(
        {
            "network": first,
            "then": (second,),
            "at": (intervals // 2,),
            "intervals": intervals,
            "types": 4,
            "arrival": RATE / 3,
        }
    )
    return DispatchInstance.parse(generate(options, seed))


def trace(
    read: Callable[..., dict[str, Any]], options: type[Any], path: str, **settings: Any
) -> Make:
    """Return a maker of instances with the arrivals of a trace."""

    def make(seed: int, intervals: int, data: Path | None) -> DispatchInstance:
        assert data is not None
        chosen = options(intervals=intervals, arrival=RATE / 3, **settings)
        return DispatchInstance.parse(read(data / path, chosen, seed))

    return make


SETTINGS: dict[str, Make] = {
    "base": drawn(arrival=RATE / 3),
    "arrival interval ×5": drawn(arrival=RATE / 5),
    "service 1.5": drawn(arrival=RATE / 3, service=1.5 * 25),
    "arrival interval ×2": drawn(arrival=RATE / 2),
    "laws change": changing_laws,
    "network changes": changing_network,
}
"""Generated; the paper's network with drops charged, but for the last."""

TRACES: dict[str, Make] = {
    "Google": trace(
        google.read, GoogleOptions, "google2011/derived/jobs_first_day.csv.gz"
    ),
    "Alibaba": trace(
        alibaba.read,
        AlibabaOptions,
        "alibaba2018/batch_task_2119dags.csv.gz",
        types=4,
    ),
    "Azure": trace(
        azure.read,
        AzureOptions,
        "azure/AzureLLMInferenceTrace_conv.csv.gz",
        types=4,
    ),
}

Task = tuple[str, int, int]
"""Setting, path, intervals."""


def interval_costs(data: ProblemData, system: Simulator) -> Floats:
    """Return (T,): cost of each interval, dropped jobs included."""
    lost = system.join[system.finish == DROPPED] // data.slots_per_interval
    drops = np.bincount(lost, minlength=data.intervals)[: data.intervals]
    return stage_costs(data, system) + data.drop_penalty * drops


def played(data: ProblemData, name: str) -> Floats:
    """Return the costs of the intervals under a policy."""
    rng = np.random.default_rng(0)  # none of them draws
    solver = solver_class("dispatch", INFORMED if name == STALE else name)({})
    assert isinstance(solver, PolicySolver)

    def renewed(before: Policy, network: ProblemData) -> Policy:
        return solver.renewed(before, model_only(network), rng)

    policy = solver.policy(model_only(data), rng)
    told = None if name == STALE else renewed
    return interval_costs(data, simulate(data, policy, renewed=told).system)


def policies(setting: str) -> tuple[str, ...]:
    """Return the policies that run in a setting."""
    stale = (STALE,) if setting == "laws change" else ()
    return (INFORMED, LEARNED, "queue-aware", *stale)


def costs(task: Task, folder: Path | None) -> dict[str, list[float]]:
    """Return the costs of all intervals of a path, by policy."""
    setting, seed, intervals = task
    data = problem_data((SETTINGS | TRACES)[setting](seed, intervals, folder))
    return {name: played(data, name).tolist() for name in policies(setting)}


def finished(path: Path) -> dict[Task, dict[str, list[float]]]:
    """Return the paths kept so far."""
    rows: dict[Task, dict[str, list[float]]] = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            setting, seed, intervals = row["task"]
            rows[setting, seed, intervals] = row["costs"]
    return rows


def regret(rows: list[dict[str, list[float]]], name: str) -> Floats:
    """Return (paths, blocks): regret of a policy, averaged over blocks of intervals."""
    values = [np.array(row[name]) - np.array(row[INFORMED]) for row in rows]
    return np.array([[b.mean() for b in np.array_split(v, BLOCKS)] for v in values])


def tables(rows: dict[str, list[dict[str, list[float]]]], intervals: int) -> str:
    """Return two Markdown tables: costs, and regret by block."""
    head = ["setting", "paths", "rollout", LEARNED, f"{LEARNED} − rollout"]
    head += ["second half only", "stale − rollout", "queue-aware − rollout"]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for setting, of in rows.items():
        cost = {name: np.array([row[name] for row in of]) for name in of[0]}
        told, mean = cost[INFORMED], {n: c.mean(axis=1) for n, c in cost.items()}
        half = intervals // 2
        late = cost[LEARNED][:, half:].mean(axis=1) / told[:, half:].mean(axis=1) - 1.0
        ahead = {name: interval(mean[name] / mean[INFORMED] - 1.0) for name in cost}
        cells = [setting, str(len(of)), f"{told.mean():.1f}"]
        cells += [f"{cost[LEARNED].mean():.1f}", ahead[LEARNED], interval(late)]
        cells += [ahead.get(STALE, ""), ahead["queue-aware"]]
        lines.append("| " + " | ".join(cells) + " |")
    edges = [len(block) for block in np.array_split(np.arange(intervals), BLOCKS)]
    ends = np.cumsum(edges)
    head = ["setting", "policy"]
    head += [
        f"{end - size + 1} to {end}" for end, size in zip(ends, edges, strict=True)
    ]
    lines += ["", "| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for setting, of in rows.items():
        for name in (LEARNED, STALE):
            if name in of[0]:
                found = [mean_interval(block) for block in regret(of, name).T]
                cells = [f"{mean:+.1f} ± {half:.1f}" for mean, half in found]
                lines.append("| " + " | ".join([setting, name, *cells]) + " |")
    return "\n".join(lines)


def picture(
    rows: dict[str, list[dict[str, list[float]]]], intervals: int, path: Path
) -> None:
    """Draw the regret by block, relative to the mean cost of `rollout`."""
    from matplotlib.figure import Figure

    columns = 3
    height = -(-len(rows) // columns)
    figure = Figure(
        figsize=(9.0, 2.5 * height), layout="constrained", facecolor="white"
    )
    panels = figure.subplots(height, columns, squeeze=False).ravel()
    for axes in panels[len(rows) :]:
        axes.set_visible(False)
    middle = [block.mean() for block in np.array_split(np.arange(intervals), BLOCKS)]
    looks = (
        (LEARNED, palette.BLUE, "adaptive-rollout: told no law"),
        (STALE, palette.VERMILION, "rollout: told the first laws only"),
    )
    for axes, (setting, of) in zip(panels, rows.items(), strict=False):
        scale = 100.0 / np.mean([np.mean(row[INFORMED]) for row in of])
        for name, colour, label in looks:
            if name not in of[0]:
                continue
            values = np.array([mean_interval(b) for b in regret(of, name).T]) * scale
            axes.fill_between(
                middle,
                values[:, 0] - values[:, 1],
                values[:, 0] + values[:, 1],
                color=colour,
                alpha=0.2,
                linewidth=0,
            )
            axes.plot(middle, values[:, 0], "-o", color=colour, label=label, ms=3)
        axes.axhline(0.0, color=palette.INK, linewidth=0.8)
        if "change" in setting:
            axes.axvline(intervals / 2, color=palette.INK, linewidth=0.8, linestyle=":")
        axes.set_title(setting, fontsize=9)
        axes.grid(color=palette.FAINT, linewidth=0.4)
        axes.spines[["top", "right"]].set_visible(False)
    for axes in panels[::columns]:
        axes.set_ylabel("regret, % of mean cost", fontsize=8)
    for axes in panels[max(0, len(rows) - columns) : len(rows)]:
        axes.set_xlabel("interval", fontsize=8)
    shown = next(
        (a for a, s in zip(panels, rows, strict=False) if s == "laws change"), panels[0]
    )
    handles, labels = shown.get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside upper center", ncols=2, frameon=False, fontsize=8
    )
    path.write_bytes(render(figure, "png"))


def main() -> None:
    """Run what is not in the file yet; print the tables and draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--paths", type=int, default=10)
    parser.add_argument("--intervals", type=int, default=150)
    parser.add_argument("--settings", nargs="*")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--figure", type=Path)
    parser.add_argument(
        "--rows", type=Path, default=Path("dispatch-unknown-laws.jsonl")
    )
    arguments = parser.parse_args()
    every = SETTINGS if arguments.data is None else SETTINGS | TRACES
    settings = arguments.settings or list(every)
    tasks: list[Task] = [
        (setting, seed, arguments.intervals)
        for seed in range(arguments.paths)
        for setting in settings
    ]
    rows = finished(arguments.rows)
    with (
        ProcessPoolExecutor(arguments.workers) as pool,
        arguments.rows.open("a", encoding="utf-8") as kept,
    ):
        missing = [task for task in tasks if task not in rows]
        running = {pool.submit(costs, task, arguments.data): task for task in missing}
        for done in as_completed(running):
            task = running[done]
            rows[task] = done.result()
            kept.write(json.dumps({"task": task, "costs": rows[task]}) + "\n")
            kept.flush()
    of = {
        setting: [rows[task] for task in tasks if task[0] == setting]
        for setting in settings
    }
    print(f"Paths of {arguments.intervals} intervals\n")
    print(tables(of, arguments.intervals))
    if arguments.figure is not None:
        picture(of, arguments.intervals, arguments.figure)


if __name__ == "__main__":
    main()
