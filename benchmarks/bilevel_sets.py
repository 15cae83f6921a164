"""Sets of bilevel instances as pairs of MPS and aux files: public and generated ones.

The generated kinds take a number of columns per level; all else follows from it, so that
the same kind, size and seed give the same files everywhere. Those whose names begin with
few, sparse or opposed can be solved at 15 columns per level, but are hard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bilevel_known import instances

import optkit
from optkit.bilevel.data.formats.writers import to_aux, to_mps

Sizes = Callable[[int], dict[str, Any]]


def _general(**options: Any) -> Sizes:
    """Return options of general rows: a fifth of the size as rows of the leader."""
    return lambda n: {
        "upper_columns": n,
        "lower_columns": n,
        "upper_rows": max(1, n // 5),
        "lower_rows": max(2, (2 * n) // 5),
        **options,
    }


def _few(**options: Any) -> Sizes:
    """Return options of general rows with a follower of a fifth of the size."""
    return lambda n: {**_general(**options)(n), "lower_columns": max(3, n // 5)}


def _sparse(**options: Any) -> Sizes:
    """Return options of many general rows with about n / 4 coefficients each."""
    return lambda n: {
        "upper_columns": n,
        "lower_columns": n,
        "upper_rows": max(2, (2 * n) // 5),
        "lower_rows": n,
        "density": 0.12,
        "high": 3,
        "coupling": 0.5,
        **options,
    }


def _unbounded(shape: str, lower_kind: str) -> Sizes:
    """Return options of a follower without upper bounds."""
    return lambda n: {
        "shape": shape,
        "upper_columns": n if shape == "covering" else max(3, n // 3),
        "lower_columns": n,
        "lower_rows": max(3, n // 4),
        "lower_kind": lower_kind,
    }


def _interdiction(shape: str, capacity: float, **options: Any) -> Sizes:
    return lambda n: {
        "shape": shape,
        "upper_columns": n,
        "capacity": capacity,
        **options,
    }


KINDS: dict[str, Sizes] = {
    "integer": _general(),
    "integer-coupling": _general(coupling=1.0),
    "integer-ties": _general(ties=0.7, coupling=0.5),
    "integer-equations": _general(equations=0.3, largest=5),
    "integer-fractional": _general(fractional=True),
    "integer-opposed": _general(alignment=-0.8),
    "binary": _general(upper_kind="binary", lower_kind="binary"),
    "mixed": _general(lower_kind="mixed"),
    "mixed-coupling": _general(lower_kind="mixed", upper_kind="mixed", coupling=1.0),
    "linear": _general(lower_kind="continuous"),
    "linear-coupling": _general(lower_kind="continuous", coupling=1.0),
    "linear-equations": _general(lower_kind="continuous", equations=0.3),
    "few-integer": _few(),
    "few-mixed": _few(lower_kind="mixed"),
    "few-linear": _few(lower_kind="continuous"),
    "sparse-integer": _sparse(),
    "sparse-ties": _sparse(ties=0.7),
    "sparse-equations": _sparse(equations=0.3, largest=5),
    "sparse-mixed": _sparse(lower_kind="mixed"),
    "sparse-linear": _sparse(lower_kind="continuous"),
    "sparse-binary": _sparse(upper_kind="binary", lower_kind="binary"),
    "opposed-binary": _general(
        upper_kind="binary", lower_kind="binary", alignment=-1.0, density=0.3
    ),
    "covering-integer": _unbounded("covering", "integer"),
    "covering-mixed": _unbounded("covering", "mixed"),
    "covering-linear": _unbounded("covering", "continuous"),
    "transport-integer": _unbounded("transport", "integer"),
    "transport-linear": _unbounded("transport", "continuous"),
    "flow-integer": _unbounded("flow", "integer"),
    "flow-linear": _unbounded("flow", "continuous"),
    "denegre": lambda n: {
        "shape": "denegre",
        "upper_columns": n - n // 4,
        "lower_columns": n // 4,
        "lower_rows": n,
        "largest": 50,
        "density": 0.7,
    },
    "xu-wang": lambda n: {
        "shape": "xu-wang",
        "upper_columns": n,
        "lower_columns": n,
        "upper_rows": max(1, (2 * n) // 5),
        "lower_rows": max(1, (2 * n) // 5),
        "coupling": 1.0,
    },
    "knapsack": _interdiction("knapsack-interdiction", 0.5, largest=100),
    "capacities": _interdiction("interdiction", 0.5, lower_rows=3),
    "multiple-knapsack": _interdiction(
        "multiple-knapsack-interdiction", 0.3, lower_rows=2
    ),
    "assignment": _interdiction("assignment-interdiction", 0.3),
    "path": _interdiction("path-interdiction", 0.08),
    "clique": _interdiction("clique-interdiction", 0.15),
}
"""By name: options of the generator for a number of columns per level."""

PUBLIC = "public"
"""Name of the set of public instances."""


@dataclass(frozen=True)
class Pair:
    """An instance as files.

    Parameters
    ----------
    group
        The set or kind that it belongs to.
    name
        Its name, unique in a comparison.
    mps, aux
        The files.
    optimum
        Its published optimum; None if there is none.
    """

    group: str
    name: str
    mps: Path
    aux: Path
    optimum: float | None = None


def public(data: Path, folder: Path) -> Iterator[Pair]:
    """Yield the public instances; knapsack files are converted into ``folder``."""
    for known in instances(data):
        if known.path.suffix == ".mps":
            aux = known.path.with_suffix(".aux")
            yield Pair(known.group, known.name, known.path, aux, known.optimum)
        else:
            name = f"{known.group.replace('/', '-')}-{known.name}"
            made = write(optkit.load(known.path), folder, known.group, name)
            yield Pair(known.group, name, made.mps, made.aux, known.optimum)


def generated(
    kinds: Sequence[str], sizes: Sequence[int], seeds: Sequence[int], folder: Path
) -> Iterator[Pair]:
    """Yield generated instances, each written into ``folder``."""
    for kind in kinds:
        for size in sizes:
            for seed in seeds:
                options = KINDS[kind](size)
                instance = optkit.generate("bilevel", seed=seed, **options)
                yield write(instance, folder, kind, f"{kind}-{size}-{seed}")


def write(instance: optkit.Instance, folder: Path, group: str, name: str) -> Pair:
    """Write an instance as a pair of files."""
    folder.mkdir(parents=True, exist_ok=True)
    mps, aux = folder / f"{name}.mps", folder / f"{name}.aux"
    mps.write_bytes(to_mps(instance))
    aux.write_bytes(to_aux(instance))
    return Pair(group, name, mps, aux)
