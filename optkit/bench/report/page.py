"""The report as one HTML file: it loads nothing, works offline, on a phone and in print."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from optkit._version import __version__
from optkit.bench.record import Outcome
from optkit.bench.report.content import Content
from optkit.bench.statistics.runs import WITHIN

NOTHING = "–"


def render_page(content: Content, command: str) -> bytes:
    """Return the page.

    Parameters
    ----------
    content
        What it says.
    command
        How the study is run again.
    """
    environment = Environment(
        loader=PackageLoader("optkit.bench.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "figure": figure,
        "moment": moment,
        "percent": percent,
        "seconds": seconds,
        "sortable": sortable,
    }
    template = environment.get_template("report.html.j2")
    text = template.render(
        content=content,
        command=command,
        version=__version__,
        Outcome=Outcome,
        within=percent(WITHIN),
    )
    return text.encode()


def moment(stamp: str) -> str:
    """Return a time stamp of the journal as people write it."""
    return f"{datetime.fromisoformat(stamp).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def figure(value: Any, digits: int = 6) -> str:
    """Return a number with that many significant digits; a dash where there is none."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return NOTHING
    if isinstance(value, float) and math.isinf(value):
        return "∞"
    return f"{value:.{digits}g}"


def percent(value: float | None) -> str:
    """Return a share in percent, small ones with what matters of them."""
    if value is None or math.isnan(value):
        return NOTHING
    if 0 < value < 5e-7:
        return "< 0.0001 %"
    return f"{100 * value:.3g} %"


def seconds(value: float | None) -> str:
    """Return seconds, to the millisecond at best: what is less is the clock's noise."""
    if value is None or math.isnan(value):
        return NOTHING
    if math.isinf(value):
        return "∞"
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def sortable(value: float | None) -> str:
    """Return what a column is sorted by; what is missing comes last."""
    missing = value is None or math.isnan(value)
    return "1e999" if missing else repr(float(value or 0.0))
