"""Checks between the parts of a bilevel instance, on raw data of any shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from optkit.core.errors import Issue
from optkit.core.files.references import (
    dangling_references,
    ids,
    is_number,
    mapping,
    mappings,
    repeated_ids,
)


def find_issues(data: Mapping[str, Any]) -> Iterator[Issue]:
    """Yield repeated names, unknown columns and rows whose sides are crossed.

    A column whose bounds are crossed is allowed: files of other formats hold such, and
    the program is infeasible, which the solvers say with the column's name.
    """
    columns, rows = mappings(data.get("columns")), mappings(data.get("rows"))
    groups = {"columns": columns, "rows": rows}
    for group, parts in groups.items():
        yield from repeated_ids(group, parts)
    for index, row in enumerate(rows):
        low, high = row.get("lower"), row.get("upper")
        if is_number(low) and is_number(high) and low > high:
            yield Issue(
                f"rows[{index}]",
                f"lower {low!r} is above upper {high!r}; swap or correct them",
            )
    linear = {f"rows[{index}]": row for index, row in enumerate(rows)}
    for key in ("upper_objective", "lower_objective"):
        linear[key] = mapping(data.get(key))
    names = (
        (f"{path}.coefficients", name)
        for path, part in linear.items()
        for name in mapping(part.get("coefficients"))
    )
    yield from dangling_references(names, ids(columns), "a column")
