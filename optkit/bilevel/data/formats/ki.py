"""Read knapsack interdiction files (``.ki``) of the bilevel knapsack literature."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from optkit.bilevel.data.formats.interdiction import interdiction
from optkit.bilevel.instance import BilevelInstance
from optkit.core.errors import InvalidFileError
from optkit.core.files.numbers import parse_decimal
from optkit.core.files.text import read_text


def from_ki(path: Path, aux: Path | None = None) -> dict[str, Any]:
    """Read a ``.ki`` file, which needs no aux file.

    It contains the number of items n, the follower's capacity, the leader's capacity, n
    weights for the follower, n weights for the leader, and n profits. The rest is not read.

    Raises
    ------
    InvalidFileError
        If numbers are missing, n is not a positive integer, or an aux file is given.
    """
    if aux is not None:
        raise InvalidFileError(
            str(path), [f"a .ki file has no aux file; leave out --aux {aux}"]
        )
    words = read_text(path).split()
    numbers: list[float] = []
    for word in words:
        value = parse_decimal(word)
        if value is None:
            break
        numbers.append(value)
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
    weights, costs, profits = (
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
                "coefficients": {
                    i: w for i, w in zip(items, weights, strict=True) if w
                },
            }
        ],
        objective=profits,
        maximised=True,
        costs=costs,
        budget=numbers[2],
    )
