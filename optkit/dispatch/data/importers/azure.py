"""Azure LLM inference traces: a time, context tokens and generated tokens per request.

The heading names the columns: ``TIMESTAMP,ContextTokens,GeneratedTokens``, and in some of
2025 ``NumImages`` as well. Without a heading, these three in this order are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from optkit.core.errors import InvalidFileError
from optkit.core.files.rows import Row, RowReader
from optkit.core.files.timestamps import Instant, parse_timestamp, two_clocks
from optkit.dispatch.data.importers.build import importer
from optkit.dispatch.data.importers.options import AzureOptions
from optkit.dispatch.data.importers.trace import Trace

_COLUMNS = ["timestamp", "contexttokens", "generatedtokens"]
_IMAGES = "numimages"

_TOKENS = {"context": "ContextTokens", "generated": "GeneratedTokens"}
"""The column of each number of tokens."""


def read_trace(source: Path, options: AzureOptions) -> Trace:
    """Return the requests in an Azure LLM trace.

    Requests do not say who sent them, so that access points are always drawn.

    Parameters
    ----------
    source
        The table, or a folder of parts of it.
    options
        How requests are classified.

    Raises
    ------
    InvalidFileError
        If the source is no such table, with line, column and remedy.
    """
    table = RowReader(source, "LLM requests (TIMESTAMP,ContextTokens,GeneratedTokens)")
    instants: list[int] = []
    tokens: list[int] = []
    name = _TOKENS[options.type_by]
    clock: tuple[Row, Instant] | None = None
    for row, columns in _rows(table):
        when = table.parsed(
            row,
            columns["timestamp"],
            "TIMESTAMP",
            parse_timestamp,
            "a time like 2023-11-16 18:17:03.97",
        )
        size = table.whole(row, columns[name.lower()], name, "a whole number of tokens")
        if size is not None and size < 0:
            table.wrong(row, columns[name.lower()], name, "is negative")
        if when is None or size is None:
            continue
        clock = clock or (row, when)
        if when.offset_known != clock[1].offset_known:
            table.wrong(row, columns["timestamp"], "TIMESTAMP", two_clocks(*clock))
        instants.append(when.nanoseconds)
        tokens.append(size)
    table.finish()
    if not instants:
        raise InvalidFileError(
            str(source), ["there is no request; fetch the trace again"]
        )
    # Whole nanoseconds since the first request, so that no digit is lost.
    begin = min(instants)
    seconds = [(instant - begin) / 1e9 for instant in instants]
    # Classes of equal size, by the rank of a request among all; ties are broken by time.
    rank = np.empty(len(tokens), dtype=np.int64)
    rank[np.lexsort((seconds, tokens))] = np.arange(len(tokens))
    kinds: list[int] = (rank * options.types // len(tokens)).tolist()
    summary = (
        f"Azure LLM inference trace: {len(seconds)} requests, in"
        f" {options.types} classes of equal size by {name}."
    )
    return Trace(seconds, kinds, [""] * len(seconds), summary)


def _rows(table: RowReader) -> Iterator[tuple[Row, dict[str, int]]]:
    """Yield rows with their columns by name, counted from 1."""
    heading = _COLUMNS
    for row in table.rows():
        if row.first:
            heading = _COLUMNS
            names = [field.lower() for field in row.fields]
            if "timestamp" in names:
                if sorted(set(names) - {_IMAGES}) != sorted(_COLUMNS) or len(
                    set(names)
                ) < len(names):
                    table.wrong(
                        row,
                        1,
                        "heading",
                        "begins a heading of other columns than TIMESTAMP,"
                        " ContextTokens, GeneratedTokens and perhaps NumImages",
                    )
                    table.finish()
                heading = names
                continue
        if len(row.fields) == len(heading) + 1:
            table.wrong(
                row,
                len(row.fields),
                "last",
                f"ends a line of {len(row.fields)} columns, {len(heading)} are"
                " expected: put a heading before the first line that names them",
            )
        elif table.width(row, (len(heading),)):
            yield row, {name: number for number, name in enumerate(heading, 1)}


read = importer(read_trace)
