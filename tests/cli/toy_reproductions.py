"""Reproductions for the tests of the command: fast, and some of them fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optkit.core.display.tables import Column, Table
from optkit.core.errors import ContradictionError
from optkit.reproduction.engine import (
    Claim,
    Context,
    Findings,
    Picture,
    Reproduction,
    Verdict,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HOSTILE = "<script>alert('&amp;')</script>"
"""Text that must appear as text, not as markup."""

CALLS: list[tuple[str, int, int]] = []
"""Name, seed and repetitions of every run."""


def draw() -> Figure:
    """Return a small figure."""
    from optkit.plotting.charts import axes

    figure, panel = axes("a title", "x (s)", "y (J)")
    panel.plot([0.0, 1.0], [0.0, 1.0])
    return figure


def findings(context: Context) -> Findings:
    """Return findings with every verdict."""
    CALLS.append((context.name, context.settings.seed, context.repetitions))
    context.progress("half", 0.5)
    table = Table(
        f"a table {HOSTILE}",
        (Column("name"), Column("value", "s", "right")),
        [(HOSTILE, 0.1), ('a, "b"', None)],
    )
    claims = tuple(
        Claim(f"claim {HOSTILE}", "theirs", "ours", verdict, "why")
        for verdict in Verdict
    )
    return Findings(
        claims=claims,
        parameters={"what": HOSTILE, "many": [1, 2.5]},
        tables={"table": table},
        data={"runs": table},
        pictures=(Picture("picture", f"caption {HOSTILE}", draw),),
        notes=(f"note {HOSTILE}",),
    )


def interrupted(context: Context) -> Findings:
    """Behave as if stopped by Ctrl-C."""
    raise KeyboardInterrupt


def contradiction(context: Context) -> Findings:
    """Find a contradiction."""
    raise ContradictionError("a solution below a proven bound")


def _toy(name: str, function: str) -> Reproduction:
    return Reproduction(
        name=f"toy/{name}",
        title=f"title of {name}",
        paper="a paper",
        where="Fig. 1",
        function=f"tests.cli.toy_reproductions:{function}",
        seconds=1,
        repetitions=7,
    )


REPRODUCTIONS = (
    _toy("fig-1", "findings"),
    _toy("fig-2", "findings"),
    _toy("stopped", "interrupted"),
    _toy("wrong", "contradiction"),
)
