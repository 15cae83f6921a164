"""Azure LLM inference traces: ``TIMESTAMP,ContextTokens,GeneratedTokens`` per request."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np

from optkit.core.errors import InvalidFileError
from optkit.core.files.layouts import rows_by_layout
from optkit.core.files.rows import RowReader
from optkit.dispatch.data.importers.build import importer
from optkit.dispatch.data.importers.options import AzureOptions
from optkit.dispatch.data.importers.trace import Trace

_EPOCH = datetime(2000, 1, 1)

_TOKENS = {"context": (2, "ContextTokens"), "generated": (3, "GeneratedTokens")}
"""Column of each number of tokens, and its name."""


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
    seconds: list[float] = []
    tokens: list[float] = []
    column, name = _TOKENS[options.type_by]
    for row, _ in rows_by_layout(table, {3: None}, ("timestamp",)):
        when = table.number(
            row, 1, "TIMESTAMP", _seconds, "a time like 2023-11-16 18:17:03.97"
        )
        size = table.number(row, column, name, int, "a whole number of tokens")
        if when is not None and size is not None:
            seconds.append(when)
            tokens.append(size)
    table.finish()
    if not seconds:
        raise InvalidFileError(
            str(source), ["there is no request; fetch the trace again"]
        )
    # Classes of equal size, by the rank of a request among all; ties are broken by time.
    rank = np.empty(len(tokens), dtype=np.int64)
    rank[np.lexsort((seconds, tokens))] = np.arange(len(tokens))
    kinds: list[int] = (rank * options.types // len(tokens)).tolist()
    summary = (
        f"Azure LLM inference trace: {len(seconds)} requests, in"
        f" {options.types} classes of equal size by {name}."
    )
    return Trace(seconds, kinds, [""] * len(seconds), summary)


def _seconds(text: str) -> float:
    """Return a time stamp as seconds; digits past microseconds are kept."""
    whole, _, fraction = text.partition(".")
    since = datetime.fromisoformat(whole).replace(tzinfo=None) - _EPOCH
    digits = fraction.rstrip("Z")
    return since.total_seconds() + (float(f"0.{digits}") if digits else 0.0)


read = importer(read_trace)
