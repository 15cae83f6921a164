"""How fresh is fresh enough: response time against messages, over loads and policies.

Every run is a coupled one: dispatch by one policy, and what access points know of queues is
what a policy of sync has told them. All runs of a path meet the same network and the same
jobs, and are checked. Figures are differences of the mean response time to the run in which
everybody is told of everything at every boundary, in per cent, path by path, with a 95 %
interval of their mean (Student's t).

    python benchmarks/freshness.py --paths 8
    python benchmarks/freshness.py --paths 8 --figure docs/images/freshness.png

Finished paths are kept, one line each, in the file that ``--rows`` names; a new run
continues from there. Remove that file when a policy has changed.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from scipy import stats

import optkit

SLOTS, SLOT_SECONDS = 5, 0.02
"""Of an interval: a tenth of a second, so that decisions and messages can be frequent."""

NETWORK: dict[str, Any] = {
    "aps": 8,
    "servers": 6,
    "types": 3,
    "slots": SLOTS,
    "slot_seconds": SLOT_SECONDS,
    "signal_slot": 3,
    "upload_intervals": 15.0,
    "service": 28.0,
    "discount": 0.99,
}
"""Times are the paper's in seconds: service 0.56 s, uploads up to 1.5 s."""

CAPACITY = (5 * 1 + 6) / 28.0
"""Jobs of a type that the five edge servers and the cloud can serve in a slot."""

LOADS = (0.6, 0.8, 0.95)
"""Arrivals as shares of the capacity."""

SOLVERS = ("queue-aware", "rollout")

PERIODS = (1, 2, 4, 8, 16, 32)

_EACH = {"reporting": {"period": 1}}

CASES: dict[str, dict[str, Any]] = {
    **{
        f"broadcast {period}": {
            "policy": "periodic+periodic",
            **_EACH,
            "notification": {"period": period, "offset": 0},
        }
        for period in PERIODS
    },
    **{
        f"all {period}": {
            "policy": "periodic+periodic",
            "reporting": {"period": period},
            "notification": {"period": period, "offset": 0},
        }
        for period in PERIODS[2:]
    },
    **{
        f"rent-or-buy {fee:g}": {
            "policy": "periodic+rent-or-buy",
            **_EACH,
            "fee": fee,
            "error_price": 0.02,
        }
        for fee in (0.05, 0.2, 1.0)
    },
    **{
        f"threshold {jobs}": {
            "policy": "periodic+threshold",
            **_EACH,
            # In percent of the queue limit; slightly less, to be passed by whole jobs.
            "notification": {"error": 100.0 * (jobs - 0.5) / 60.0},
        }
        for jobs in (1, 2, 4)
    },
    "gradient 0.2": {"policy": "gradient+rent-or-buy", "fee": 0.2},
    "silent": {"policy": "periodic+rent-or-buy", **_EACH, "fee": 1e9},
}
"""What access points are told, by name; the first is the one compared with."""

FRESHEST = "broadcast 1"

PAIRS = (
    ("broadcast 32", "silent"),
    ("all 16", "broadcast 16"),
    ("rent-or-buy 1", "broadcast 16"),
    ("rent-or-buy 0.2", "broadcast 8"),
    ("rent-or-buy 0.2", "broadcast 4"),
    ("threshold 4", "broadcast 8"),
    ("threshold 4", "broadcast 4"),
)
"""Cases that are compared with each other, most of them with similarly many messages."""

NOTHING = 10.0
"""Messages per second at which none are drawn, since their axis is logarithmic."""

Task = tuple[float, str, int, int]
"""Load, solver, path, intervals."""

Figures = dict[str, float]


def instance(load: float, seed: int, intervals: int) -> Any:
    """Return the network and the jobs of a path."""
    return optkit.generate(
        "dispatch",
        seed=seed,
        intervals=intervals,
        arrival=load * CAPACITY / NETWORK["aps"],
        **NETWORK,
    )


def measured(task: Task) -> dict[str, Figures]:
    """Return the figures of every case on one path."""
    load, solver, seed, intervals = task
    problem = instance(load, seed, intervals)
    rows = {}
    for name, information in CASES.items():
        options = {"information": information, "policy_bound": False}
        result = optkit.solve(problem, solver, options=options, seed=seed)
        assert result.verification is not None
        assert result.verification.feasible, (task, name)
        told = result.metrics["information"]
        rows[name] = {
            "response": result.metrics["mean_response_s"],
            "messages": told["messages_per_s"],
            "age": told["mean_queue_age_intervals"] * SLOTS * SLOT_SECONDS,
            "error": told["mean_queue_error"],
            "dropped": result.metrics["dropped"],
        }
    return rows


def finished(path: Path) -> dict[Task, dict[str, Figures]]:
    """Return the rows kept so far."""
    if not path.exists():
        return {}
    rows = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        load, solver, seed, intervals = row["task"]
        rows[load, solver, seed, intervals] = row["figures"]
    return rows


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Return mean and 95 % interval."""
    mean = statistics.fmean(values)
    if len(values) < 2:
        return mean, mean, mean
    half = stats.t.ppf(0.975, len(values) - 1) * statistics.stdev(values)
    half /= len(values) ** 0.5
    return mean, mean - half, mean + half


def slower(
    rows: Sequence[Mapping[str, Figures]], name: str, other: str = FRESHEST
) -> list[float]:
    """Return by how much responses are slower than in another case, in per cent."""
    return [
        100.0 * (row[name]["response"] / row[other]["response"] - 1.0) for row in rows
    ]


def cell(values: Sequence[float]) -> str:
    """Return mean and 95 % interval as text."""
    mean, low, high = interval(values)
    return f"{mean:+.1f} % [{low:+.1f}, {high:+.1f}]"


def pairs_table(
    by_setting: Mapping[tuple[float, str], Sequence[Mapping[str, Figures]]],
) -> str:
    """Return the Markdown table of the pairs, a column per load and solver."""
    heads = [f"{solver}, {load:g}" for load, solver in by_setting]
    lines = [f"| slower than | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    for name, other in PAIRS:
        cells = [cell(slower(rows, name, other)) for rows in by_setting.values()]
        lines.append(f"| {name} than {other} | {' | '.join(cells)} |")
    return "\n".join(lines)


def table(rows: Sequence[Mapping[str, Figures]]) -> str:
    """Return the Markdown table of one load and solver."""
    lines = [
        "| told | messages/s | age, s | error, jobs | response, s | slower than freshest |",
        "|---|---|---|---|---|---|",
    ]
    for name in CASES:
        figures = {
            key: statistics.fmean(row[name][key] for row in rows)
            for key in ("messages", "age", "error", "response")
        }
        lines.append(
            f"| {name} | {figures['messages']:.1f} | {figures['age']:.2f} |"
            f" {figures['error']:.2f} | {figures['response']:.3f} |"
            f" {cell(slower(rows, name))} |"
        )
    return "\n".join(lines)


def draw(
    by_setting: Mapping[tuple[float, str], Sequence[Mapping[str, Figures]]], path: Path
) -> None:
    """Draw response time against messages, a panel per load and solver."""
    import matplotlib.pyplot as plt
    from matplotlib.ticker import NullFormatter

    from optkit.plotting.palette import BLUE, GREEN, ORANGE, VERMILION
    from optkit.plotting.style import CHARTS, using

    looks = {
        "broadcast": (BLUE, "o", "broadcast every 1 … 32 intervals"),
        "rent-or-buy": (VERMILION, "s", "rent-or-buy, three fees"),
        "threshold": (GREEN, "^", "threshold, 1, 2 or 4 jobs"),
        "silent": (ORANGE, "D", "silent"),
    }
    loads = sorted({load for load, _ in by_setting})
    solvers = [s for s in SOLVERS if any(s == solver for _, solver in by_setting)]
    with using(CHARTS):
        figure, panels = plt.subplots(
            len(solvers),
            len(loads),
            figsize=(3.1 * len(loads), 2.7 * len(solvers)),
            sharex=True,
            sharey="row",
            squeeze=False,
            layout="constrained",
        )
        for (load, solver), rows in by_setting.items():
            panel = panels[solvers.index(solver)][loads.index(load)]
            for kind, (colour, marker, label) in looks.items():
                names = [name for name in CASES if name.split()[0] == kind]
                x = [statistics.fmean(r[n]["messages"] for r in rows) for n in names]
                y = [interval(slower(rows, name)) for name in names]
                panel.errorbar(
                    [max(NOTHING, value) for value in x],
                    [mean for mean, _, _ in y],
                    yerr=[
                        [mean - low for mean, low, _ in y],
                        [high - mean for mean, _, high in y],
                    ],
                    color=colour,
                    marker=marker,
                    markersize=4,
                    linewidth=1,
                    capsize=2,
                    label=label,
                )
            panel.axhline(0.0, color="#888888", linewidth=0.8, linestyle=":")
            panel.set_xscale("log")
            panel.set_xlim(0.75 * NOTHING, 900.0)
            ticks = (NOTHING, 20, 50, 100, 200, 500)
            panel.set_xticks(ticks, ["0", *map(str, ticks[1:])], fontsize=8)
            panel.xaxis.set_minor_formatter(NullFormatter())
            panel.minorticks_off()
            panel.set_title(f"{solver}, load {load:g}", fontsize=10)
        for panel in panels[-1]:
            panel.set_xlabel("messages per second")
        for row in panels:
            row[0].set_ylabel("response slower by, %")
        handles, labels = panels[0][0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=4, fontsize=8)
        figure.savefig(path, dpi=150)


def main() -> None:
    """Run what is not in the file yet, print the tables, and draw if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paths", type=int, default=8, help="paths per setting")
    parser.add_argument("--intervals", type=int, default=240)
    parser.add_argument("--loads", nargs="*", type=float, default=list(LOADS))
    parser.add_argument("--solvers", nargs="*", default=list(SOLVERS))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rows", type=Path, default=Path("freshness.jsonl"))
    parser.add_argument("--figure", type=Path, default=None)
    arguments = parser.parse_args()
    # Path by path, so that an interrupted run covers every setting.
    tasks: list[Task] = [
        (load, solver, seed, arguments.intervals)
        for seed in range(arguments.paths)
        for load in arguments.loads
        for solver in arguments.solvers
    ]
    rows = finished(arguments.rows)
    missing = [task for task in tasks if task not in rows]
    with (
        ProcessPoolExecutor(arguments.workers) as pool,
        arguments.rows.open("a", encoding="utf-8") as kept,
    ):
        running = {pool.submit(measured, task): task for task in missing}
        for done in as_completed(running):
            task = running[done]
            rows[task] = done.result()
            kept.write(json.dumps({"task": task, "figures": rows[task]}) + "\n")
            kept.flush()
    by_setting = {
        (load, solver): [
            rows[load, solver, seed, arguments.intervals]
            for seed in range(arguments.paths)
        ]
        for load in arguments.loads
        for solver in arguments.solvers
    }
    for (load, solver), of_setting in by_setting.items():
        print(f"\n### {solver}, load {load:g}, {arguments.paths} paths\n")
        print(table(of_setting))
    print("\n### Pairs\n")
    print(pairs_table(by_setting))
    if arguments.figure is not None:
        draw(by_setting, arguments.figure)


if __name__ == "__main__":
    main()
