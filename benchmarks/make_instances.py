"""Make the instances in `instances/allocation/`, and improve the solutions beside them.

    python benchmarks/make_instances.py --zoo FOLDER

FOLDER holds the GML files of the Internet Topology Zoo; without it only the paper's
topologies are made. A solution is written only where there is none for the instance, or
where the new one is better or better bounded, and only if it passes the check.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import optkit
from optkit.core.errors import InvalidFileError

FOLDER = Path(__file__).resolve().parent.parent / "instances" / "allocation"

NETWORKS: dict[str, dict[str, Any]] = {
    "Abilene": {"master": "Indianapolis"},
    "Nsfnet": {},
    "Sprint": {},
    "Geant2009": {},
    "Cernet": {},
    "Renater2010": {"master": "Bordeaux"},
}
"""Topology Zoo networks and the importer's options for them."""

SEARCH = {"population": 30, "generations": 150}
"""The genetic algorithm where enumeration is out of reach."""


def main() -> None:
    """Make everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--zoo", type=Path, help="folder of Topology Zoo GML files")
    parser.add_argument("--seeds", type=int, default=3, help="runs of the heuristic")
    arguments = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for number in range(1, 5):
        name = f"topology-{number}"
        place(optkit.generate("allocation", seed=1, shape=name, name=name), arguments)
    if arguments.zoo is not None:
        for network, options in NETWORKS.items():
            instance = optkit.import_instance(
                "topology-zoo", arguments.zoo / f"{network}.gml", **options
            )
            place(instance, arguments)


def place(instance: optkit.Instance, arguments: argparse.Namespace) -> None:
    """Write an instance, and its solution if it is worth writing."""
    stem = instance.name.lower()
    path = FOLDER / f"{stem}.json"
    optkit.save_instance(instance, path)
    best = optkit.solve(instance)
    if best.status is not optkit.Status.OPTIMAL:
        runs = [
            optkit.solve(instance, "ga", options=SEARCH, seed=seed)
            for seed in range(arguments.seeds)
        ]
        best = min([best, *runs], key=lambda result: result.objective or float("inf"))
    print(
        f"{stem}: {best.status}, objective {best.objective:.6g}, gap {best.gap:.2%},"
        f" {best.solver.name} seed {best.solver.seed}"
    )
    solution = FOLDER / f"{stem}.sol.json"
    if worth_writing(best, solution):
        optkit.save(best, solution)


def worth_writing(result: optkit.Result, path: Path) -> bool:
    """Say whether ``result`` is verified and says more than the file does."""
    if result.verification is None or not result.verification.feasible:
        return False
    try:
        known = optkit.load_solution(path)
    except InvalidFileError:
        return True
    if known.instance.sha256 != result.instance.sha256 or known.objective is None:
        return True
    assert result.objective is not None, "a verified solution has an objective"
    better = result.objective < known.objective * (1 - 1e-9)
    bounded = result.bound is not None and (
        known.bound is None or result.bound > known.bound * (1 + 1e-9)
    )
    return better or (bounded and result.objective <= known.objective * (1 + 1e-9))


if __name__ == "__main__":
    main()
