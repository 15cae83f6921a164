"""Knapsack interdiction files (``.ki``) of the bilevel knapsack literature."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from optkit.bilevel.data.formats.interdiction import interdiction
from optkit.bilevel.instance import BilevelInstance
from optkit.core.errors import InvalidFileError
from optkit.core.files.text import read_text


def from_ki(path: Path) -> dict[str, Any]:
    """Read a ``.ki`` file.

    The number of items n; the follower's capacity; the leader's; n weights for the
    follower; n for the leader; n profits. What comes after is not read.

    Raises
    ------
    InvalidFileError
        If numbers are missing or make no sense.
    """
    words = read_text(path).split()
    numbers: list[float] = []
    for word in words:
        try:
            numbers.append(float(word))
        except ValueError:
            break
    count = int(numbers[0]) if numbers else 0
    needed = 3 + 3 * count
    if count < 1 or count != numbers[0] or len(numbers) < needed:
        raise InvalidFileError(
            str(path),
            [
                "a .ki file holds n, two capacities and three times n numbers;"
                f" {len(numbers)} numbers are here, and n is {words[:1]}"
            ],
        )
    own, leader, profit = (
        numbers[3 + k * count : 3 + (k + 1) * count] for k in range(3)
    )
    items = [f"y_{k}" for k in range(count)]
    return {
        "schema": BilevelInstance.SCHEMA,
        "schema_version": BilevelInstance.VERSION,
        "name": path.name.removesuffix(".gz").removesuffix(".ki"),
        "provenance": f"read from {path.name}",
    } | interdiction(
        columns=[
            {"id": item, "integer": True, "lower": 0.0, "upper": 1.0} for item in items
        ],
        rows=[
            {
                "id": "capacity",
                "upper": numbers[1],
                "coefficients": {i: w for i, w in zip(items, own, strict=True) if w},
            }
        ],
        objective=profit,
        maximised=True,
        costs=leader,
        budget=numbers[2],
    )
