"""Azure LLM inference traces: ``TIMESTAMP,ContextTokens,GeneratedTokens``, by request."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from optkit.core.errors import InvalidFileError
from optkit.core.files.rows import RowReader
from optkit.dispatch.data.importers.build import build
from optkit.dispatch.data.importers.options import AzureOptions
from optkit.dispatch.data.importers.trace import Trace

_EPOCH = datetime(2000, 1, 1)


def read(source: Path, options: AzureOptions, seed: int) -> dict[str, Any]:
    """Return the document of the requests in an Azure LLM trace.

    Parameters
    ----------
    source
        The table, or a folder of parts of it.
    options
        The scaling of time, the classes of requests, and the network.
    seed
        For what the trace does not say: requests name nobody, so that access points are
        drawn.

    Raises
    ------
    InvalidFileError
        If the source is no such table, with line, column and remedy.
    """
    return build(_trace(source, options), options, seed, source)


def _seconds(text: str) -> float:
    """Return a time stamp as seconds; digits past microseconds are kept."""
    whole, _, fraction = text.partition(".")
    since = datetime.fromisoformat(whole).replace(tzinfo=None) - _EPOCH
    digits = fraction.rstrip("Z")
    return since.total_seconds() + (float(f"0.{digits}") if digits else 0.0)


def _trace(source: Path, options: AzureOptions) -> Trace:
    table = RowReader(source, "LLM requests (TIMESTAMP,ContextTokens,GeneratedTokens)")
    seconds: list[float] = []
    tokens: list[float] = []
    chosen = 2 if options.type_by == "context" else 3
    name = "ContextTokens" if chosen == 2 else "GeneratedTokens"
    for row in table.rows():
        if row.line == 1 and row.fields[0].upper() == "TIMESTAMP":
            continue
        if not table.width(row, (3,)):
            continue
        when = table.number(
            row, 1, "TIMESTAMP", _seconds, "a time like 2023-11-16 18:17:03.97"
        )
        size = table.number(row, chosen, name, int, "a whole number of tokens")
        if when is not None and size is not None:
            seconds.append(when)
            tokens.append(size)
    table.finish()
    if not seconds:
        raise InvalidFileError(
            str(source), ["there is no request; fetch the trace again"]
        )
    # Classes of equal size: where a request stands among all, ties broken by time.
    rank = np.empty(len(tokens), dtype=np.int64)
    rank[np.lexsort((seconds, tokens))] = np.arange(len(tokens))
    kinds: list[int] = (rank * options.types // len(tokens)).tolist()
    told = (
        f"Azure LLM inference trace: {len(seconds)} requests, in"
        f" {options.types} classes of equal size by {name}."
    )
    return Trace(seconds, kinds, [""] * len(seconds), told)
