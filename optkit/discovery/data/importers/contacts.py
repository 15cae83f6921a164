"""Contacts in the event format of the ONE simulator: ``time_s CONN a b up|down``."""

from __future__ import annotations

from collections.abc import Sequence

from optkit.core.files.left_out import LeftOut
from optkit.core.files.numbers import parse_decimal
from optkit.core.files.rows import Row, RowReader
from optkit.discovery.data.importers.recording import Recording

OTHER_EVENTS = ("C", "S", "DE", "A", "DR", "R?", "R")
"""Events of messages, which say nothing about contacts."""

_STATES = {"up": True, "down": False}


def contacts(table: RowReader, rows: Sequence[Row], left_out: LeftOut) -> Recording:
    """Return who was in contact with whom, and when.

    A contact that does not end lasts until the end of the recording.

    Raises
    ------
    InvalidFileError
        With every line that is no event, or is earlier than the one before.
    """
    names: dict[str, int] = {}
    since: dict[tuple[int, int], float] = {}
    found = []
    start: float | None = None
    now = 0.0
    for row in rows:
        time = parse_decimal(row.fields[0])
        if time is None:
            table.wrong(row, 1, "time", "is not a number of seconds: correct the line")
            continue
        start = time if start is None else start
        if time - start < now:
            table.wrong(row, 1, "time", "is before the last one: put lines in order")
            continue
        now = time - start
        if len(row.fields) > 2 and row.fields[1] in OTHER_EVENTS:
            left_out.add("events of messages")
            continue
        event = _event(row)
        if event is None:
            table.wrong(
                row, 2, "event", "belongs to a line that is not 'time CONN a b up|down'"
            )
            continue
        first, second, up = event
        a, b = (names.setdefault(name, len(names)) for name in (first, second))
        pair = (min(a, b), max(a, b))
        if up and pair in since:
            left_out.add("begins of contacts that have begun")
        elif up:
            since[pair] = now
        elif pair in since:
            found.append((*pair, since.pop(pair), now))
        else:
            left_out.add("ends of contacts that never began")
    table.finish()
    found += [(*pair, begin, now) for pair, begin in since.items()]
    return Recording("contacts", list(names), contacts=found, left_out=left_out)


def _event(row: Row) -> tuple[str, str, bool] | None:
    """Return the pair, and whether it comes into contact."""
    if len(row.fields) != 5 or row.fields[1] != "CONN":
        return None
    _, _, first, second, state = row.fields
    up = _STATES.get(state.lower())
    return None if up is None or first == second else (first, second, up)
