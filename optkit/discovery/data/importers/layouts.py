"""Guess the layout of a recording, and check the guess against what its columns hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Literal

from optkit.core.errors import InvalidFileError
from optkit.core.files.numbers import parse_decimal, parse_whole
from optkit.core.files.rows import Row

Layout = Literal["walks", "walk", "taxi", "nodes", "positions", "contacts"]

MERGED_HEADING = ["node", "t_s", "x_m", "y_m"]

COLUMNS: dict[Layout, str] = {
    "walks": "node,t_s,x_m,y_m below this heading",
    "walk": "time x y",
    "taxi": "latitude longitude occupied unix_time",
    "nodes": "node time x y",
    "positions": "time node x y",
    "contacts": "time CONN a b up|down",
}

EARLIEST_UNIX_TIME = 1e8
"""Smallest time that is surely one since 1970 (it is in 1973), s."""


def guessed(files: Sequence[Sequence[Row]], source: Path) -> Layout:
    """Return the only layout that all rows may have.

    Parameters
    ----------
    files
        The rows of each file.
    source
        Where they come from.

    Raises
    ------
    InvalidFileError
        If there is none, or more than one.
    """
    rows = [row for file in files for row in file]
    if files[0][0].fields == MERGED_HEADING:
        return "walks"
    if any(len(row.fields) > 1 and row.fields[1] == "CONN" for row in rows):
        return "contacts"
    widths = sorted({len(row.fields) for row in rows})
    if widths == [3]:
        may_be: list[Layout] = ["walk"] if all(map(_ascending, files)) else []
    elif widths == [4]:
        if _may_be_taxis(rows):
            may_be = ["taxi"]
            if all(_text(row, 3) < EARLIEST_UNIX_TIME for row in rows):
                may_be += _with_nodes(rows)
        else:
            may_be = _with_nodes(rows)
    else:
        may_be = []
        seen = ", ".join(map(str, widths))
        raise InvalidFileError(
            str(source),
            [f"lines have {seen} columns; known are {_described(list(COLUMNS))}"],
        )
    if len(may_be) == 1:
        return may_be[0]
    which = may_be or [
        layout for layout in COLUMNS if layout not in ("walks", "contacts")
    ]
    what = "more than one layout fits" if may_be else "no layout fits all lines"
    raise InvalidFileError(
        str(source),
        [f"{what} {widths[0]} columns: name it by --layout: {_described(which)}"],
    )


def _described(layouts: Sequence[Layout]) -> str:
    return "; ".join(f"{layout} ({COLUMNS[layout]})" for layout in layouts)


def _text(row: Row, index: int) -> float:
    """Return a number; NaN, which no comparison holds for, if it is none."""
    value = parse_decimal(row.fields[index])
    return float("nan") if value is None else value


def _ascending(rows: Sequence[Row]) -> bool:
    """Whether a file may be a walk: lines in the order of their times.

    Lines that are no numbers do not count: they are wrong in every layout.
    """
    times = [
        value for row in rows if (value := parse_decimal(row.fields[0])) is not None
    ]
    return all(before <= after for before, after in pairwise(times))


def _may_be_taxis(rows: Sequence[Row]) -> bool:
    return all(
        abs(_text(row, 0)) <= 90.0
        and abs(_text(row, 1)) <= 180.0
        and _text(row, 2) in (0.0, 1.0)
        and _text(row, 3) >= 0.0
        for row in rows
    )


def _with_nodes(rows: Sequence[Row]) -> list[Layout]:
    """Return which of ``nodes`` and ``positions`` the rows may be."""
    may_be: list[Layout] = []
    if _are_tracks(rows, node=0, time=1):
        may_be.append("nodes")
    ordered = all(_text(a, 0) <= _text(b, 0) for a, b in pairwise(rows))
    if ordered and _are_tracks(rows, node=1, time=0):
        may_be.append("positions")
    return may_be


def _are_tracks(rows: Sequence[Row], node: int, time: int) -> bool:
    """Whether nodes are names, and times ascend for each, from 0 on."""
    times: defaultdict[str, list[float]] = defaultdict(list)
    for row in rows:
        name = row.fields[node]
        if parse_decimal(name) is not None and parse_whole(name) is None:
            return False
        times[name].append(_text(row, time))
    return all(
        of_node[0] >= 0.0 and all(a < b for a, b in pairwise(of_node))
        for of_node in times.values()
    )
