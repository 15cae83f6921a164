"""Table 5 of the discovery paper: STRA and its five rivals at equal evaluations.

    python benchmarks/discovery_table5.py [--seeds 30] [-o TABLE.md]

Each seed is one instance and the seed of every solver on it, so that the solvers are
compared pair by pair on different instances. The optimum of each instance is proven by
``bilevel-exact``; gaps are relative to its bound. Needs the extra ``optkit[bench]``.

The paper compares single runs on one instance and counts seconds; here all solvers may
evaluate equally many choices of the leader, and seconds are shown for orientation only.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

import optkit
from optkit.discovery.data.generate import GeneratorOptions, generate
from optkit.discovery.instance import DiscoveryInstance

SOLVERS = ("stra", "tabu", "ga", "sa", "pso", "aco")


@dataclass(frozen=True)
class Setting:
    """One kind of instance.

    Parameters
    ----------
    title, remark
        For the reader.
    options
        Options of the generator.
    evaluations
        Allowed to each solver, per window.
    """

    title: str
    remark: str
    options: dict[str, Any]
    evaluations: int


DENSE = {"candidates": 25, "coverage": 0.6, "link_decay": 0.3}

SETTINGS = (
    Setting(
        "Paper's network",
        "Defaults of the generator (Table 2): most nodes see one candidate or none, so"
        " little is left to choose. The budget is small on purpose.",
        {"windows": 5},
        40,
    ),
    Setting(
        "Dense network",
        "25 candidates and links to about a dozen of them per node.",
        {"windows": 2, **DENSE},
        1000,
    ),
    Setting(
        "Dense network, both levels weighted",
        "As above; connecting is optional, only agent-mode connections take time, energy"
        " counts 0.3 per joule, accuracy over the horizon.",
        {
            "windows": 2,
            **DENSE,
            "connection": "optional",
            "connection_cost": "agent-mode",
            "accuracy_scope": "horizon",
            "weight_energy": 0.3,
        },
        1000,
    ),
    Setting(
        "Levels at odds",
        "A single agent per resource, optional connections, only agent-mode connections"
        " take time, and accuracies required over the horizon that bind.",
        {
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
        1000,
    ),
)


def study(setting: Setting, seeds: int) -> pd.DataFrame:
    """Return one row per run: seed, solver, gap in %, both levels, work and time."""
    rows = []
    for seed in range(seeds):
        options = GeneratorOptions.model_validate(setting.options)
        instance = DiscoveryInstance.parse(generate(options, seed))
        exact = optkit.solve(
            instance, solver="bilevel-exact", limits=optkit.Limits(time=120)
        )
        if exact.bound is None or exact.status.value != "optimal":
            print(f"{setting.title}, seed {seed}: no proven optimum", file=sys.stderr)
            continue
        limits = optkit.Limits(evaluations=setting.evaluations * instance.windows)
        for solver in SOLVERS:
            began = time.perf_counter()
            result = optkit.solve(instance, solver=solver, limits=limits, seed=seed)
            took = time.perf_counter() - began
            if result.objective is None:
                raise SystemExit(f"{solver} found nothing on {instance.name}")
            if result.objective < exact.bound - 1e-6 * abs(exact.bound):
                raise SystemExit(
                    f"{solver} claims {result.objective!r} on {instance.name}, below the"
                    f" proven bound {exact.bound!r}"
                )
            gap = 100.0 * (result.objective - exact.bound) / abs(exact.bound)
            rows.append(
                {
                    "seed": seed,
                    "solver": solver,
                    # A gap below the tolerance of an optimality proof counts as none.
                    "gap": 0.0 if gap <= 1e-4 else gap,
                    "time": result.metrics["time_s"],
                    "energy": result.metrics["energy_j"],
                    "evaluations": int(result.termination.detail.split()[0]),
                    "seconds": took,
                }
            )
        rows.append(
            {
                "seed": seed,
                "solver": "optimum",
                "gap": 0.0,
                "time": exact.metrics["time_s"],
                "energy": exact.metrics["energy_j"],
                "evaluations": 0,
                "seconds": exact.timings.solve_s,
            }
        )
        print(f"{setting.title}: seed {seed} done", file=sys.stderr)
    return pd.DataFrame(rows)


def report(setting: Setting, runs: pd.DataFrame) -> list[str]:
    """Return the Markdown of one setting: table, then statistics."""
    gaps = runs.pivot(index="seed", columns="solver", values="gap")
    means = runs.groupby("solver")[["time", "energy", "evaluations", "seconds"]].mean()
    rivals = [name for name in SOLVERS if name != "stra"]
    compared = [
        against(gaps["stra"].to_numpy(), gaps[name].to_numpy()) for name in rivals
    ]
    adjusted = multipletests([p for p, _ in compared], method="holm")[1]
    tests = {
        name: (p, effect)
        for name, p, (_, effect) in zip(rivals, adjusted, compared, strict=True)
    }
    lines = [
        f"## {setting.title}",
        "",
        setting.remark,
        "",
        f"{len(gaps)} instances of {setting.options['windows']} windows,"
        f" {setting.evaluations} evaluations per window.",
        "",
        "| solver | mean gap, % | median, % | worst, % | optimal | TTC, s | TEC, J |"
        " evaluations | s | p (Holm) | A12 |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name in (*SOLVERS, "optimum"):
        gap, mean = gaps[name], means.loc[name]
        p, effect = tests.get(name, (None, None))
        cells = [
            name,
            f"{gap.mean():.3f}",
            f"{gap.median():.3f}",
            f"{gap.max():.3f}",
            f"{int((gap == 0.0).sum())}",
            f"{mean['time']:.2f}",
            f"{mean['energy']:.2f}",
            f"{mean['evaluations']:.0f}" if name != "optimum" else "",
            f"{mean['seconds']:.2f}",
            "" if p is None else f"{p:.1e}",
            "" if effect is None else f"{effect:.2f}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    columns = [gaps[name].to_numpy() for name in SOLVERS]
    if np.ptp(np.concatenate(columns)) == 0.0:
        return [*lines, "", "All solvers are equal on all instances."]
    friedman = stats.friedmanchisquare(*columns)
    ranks = gaps[list(SOLVERS)].rank(axis=1).mean().sort_values()
    listed = ", ".join(f"{name} {rank:.2f}" for name, rank in ranks.items())
    return [
        *lines,
        "",
        f"Friedman χ² = {friedman.statistic:.1f}, p = {friedman.pvalue:.1e}. Mean ranks:"
        f" {listed}.",
    ]


def against(stra: np.ndarray, rival: np.ndarray) -> tuple[float, float]:
    """Return the p-value of Wilcoxon's signed-rank test and the effect size A12.

    A12 is the probability that STRA's gap is the smaller one, ties counted half.
    """
    count = len(stra) * len(rival)
    effect = float(stats.mannwhitneyu(rival, stra).statistic) / count
    if np.array_equal(stra, rival):
        return 1.0, effect
    return float(stats.wilcoxon(stra, rival, zero_method="zsplit").pvalue), effect


def main() -> None:
    """Run the study and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("-o", "--output", type=Path)
    arguments = parser.parse_args()
    options = f" --seeds {arguments.seeds}" if arguments.seeds != 30 else ""
    lines = [
        "# Discovery, Table 5: six heuristics at equal evaluations",
        "",
        "Command: `python benchmarks/discovery_table5.py"
        f"{options} -o benchmarks/results/discovery-table5.md`",
        "",
        f"optkit {optkit.__version__}, Python {platform.python_version()},"
        f" {platform.machine()}. Gaps are to the bound proven by `bilevel-exact` on the"
        " same instance, `optimal` counts instances solved to within 1e-6. TTC and TEC are"
        " the two levels' figures over all windows, `s` wall-clock seconds on a busy"
        " machine. p: Wilcoxon signed-rank test of STRA against the row, paired by"
        " instance, Holm-adjusted; A12: probability that STRA's gap is the smaller one,"
        " ties counted half.",
    ]
    for setting in SETTINGS:
        runs = study(setting, arguments.seeds)
        lines += ["", *report(setting, runs)]
    text = "\n".join(lines) + "\n"
    print(text)
    if arguments.output is not None:
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
