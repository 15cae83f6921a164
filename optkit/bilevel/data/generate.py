"""Random bilevel instances."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from optkit.bilevel.data.options import GeneratorOptions, Shape
from optkit.bilevel.data.shapes.capacity_interdiction import capacity_interdiction
from optkit.bilevel.data.shapes.covering import covering
from optkit.bilevel.data.shapes.denegre import denegre
from optkit.bilevel.data.shapes.flow import flow
from optkit.bilevel.data.shapes.general import general
from optkit.bilevel.data.shapes.graph_interdiction import (
    assignment_interdiction,
    clique_interdiction,
    path_interdiction,
)
from optkit.bilevel.data.shapes.multiple_knapsack import multiple_knapsack
from optkit.bilevel.data.shapes.transport import transport
from optkit.bilevel.data.shapes.xu_wang import xu_wang
from optkit.bilevel.instance import BilevelInstance
from optkit.core.solving import seeds

SHAPES: dict[Shape, Callable[[GeneratorOptions, np.random.Generator], dict[str, Any]]]
SHAPES = {
    "general": general,
    "denegre": denegre,
    "xu-wang": xu_wang,
    "covering": covering,
    "transport": transport,
    "flow": flow,
    "knapsack-interdiction": capacity_interdiction,
    "interdiction": capacity_interdiction,
    "multiple-knapsack-interdiction": multiple_knapsack,
    "assignment-interdiction": assignment_interdiction,
    "path-interdiction": path_interdiction,
    "clique-interdiction": clique_interdiction,
}
"""By name: the function that returns columns, rows and objectives of a document."""

_TWO_COUNTS = ("general", "denegre", "xu-wang", "covering", "transport", "flow")
"""Shapes in which the number of the follower's columns is an option."""


def generate(options: GeneratorOptions, seed: int) -> dict[str, Any]:
    """Return a random instance.

    Parameters
    ----------
    options
        Properties of the instance. In the general shape some point satisfies all rows;
        whether one of them is optimal for the follower is up to chance.
    seed
        The same options and seed give the same instance.

    Returns
    -------
    dict
        The document of a :class:`BilevelInstance`.
    """
    rng = seeds.generator(seed, "bilevel", "generate")
    changed = options.model_dump(exclude_unset=True, exclude={"name"})
    head = {
        "schema": BilevelInstance.SCHEMA,
        "schema_version": BilevelInstance.VERSION,
        "name": options.name or _default_name(options, seed),
        "provenance": f"optkit generate bilevel, seed {seed}, {changed or 'defaults'}",
    }
    return head | SHAPES[options.shape](options, rng)


def _default_name(options: GeneratorOptions, seed: int) -> str:
    size = str(options.upper_columns)
    if options.shape in _TWO_COUNTS:
        size += f"x{options.lower_columns}-{options.lower_kind}"
    return f"{options.shape}-{size}-seed-{seed}"
