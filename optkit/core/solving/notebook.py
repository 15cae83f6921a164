"""A result as a notebook shows it: what was found and proven, and a picture."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from optkit.core.display import html
from optkit.core.display.values import format_bound, format_gap, format_value
from optkit.core.errors import UnavailableError
from optkit.core.solving.describe import describe, family_of, picture
from optkit.core.solving.family import resolve

if TYPE_CHECKING:
    from optkit.core.solving.result import Result

MOST_DRAWN = 20_000
"""Sum of an instance's sizes up to which its picture is shown without being asked for."""

DPI = 130
"""Pixels per inch of the picture."""

MOST_VIOLATIONS = 5
"""Violations that are listed; the rest is counted."""


def result_html(result: Result) -> str:
    """Return a result as a part of an HTML page."""
    meaning = family_of(result.instance).meaning(result.instance, result.objective)
    rows = [
        ("instance", describe(result.instance)),
        ("solver", f"{result.solver.name} {result.solver.version}"),
        ("status", result.status.value),
        ("objective", f"{format_value(result.objective)}{meaning}"),
        ("bound", format_bound(result.bound, result.bound_source)),
        ("gap", format_gap(result.gap)),
        ("stopped", result.termination.reason.value),
        ("verified", _verdict(result)),
    ]
    headings = [html.Heading(""), html.Heading("")]
    cells = [(html.HtmlCell(name, header=True), value) for name, value in rows]
    root = Element("div")
    root.append(html.table(headings, cells))
    _add_picture(root, result)
    return html.as_text(root)


def _verdict(result: Result) -> str:
    verification = result.verification
    if verification is None:
        return "there is no solution to verify"
    if verification.feasible:
        return "yes, by the independent checker"
    broken = verification.violations
    named = "; ".join(str(violation) for violation in broken[:MOST_VIOLATIONS])
    more = len(broken) - MOST_VIOLATIONS
    return f"NO: {named}" + (f"; and {more} more" if more > 0 else "")


def _add_picture(root: Element, result: Result) -> None:
    """Append the family's picture; where there is none, one line that says why."""
    if result.solution is None:
        return
    size = sum(result.instance.sizes().values())
    if size > MOST_DRAWN:
        text = "Large: optkit.draw(result.instance, result) draws it."
        html.add(root, "p", text, "soft")
        return
    try:
        figure = picture(result.instance, result.solution, result.verification)
    except UnavailableError as error:
        html.add(root, "p", f"No picture: {error}", "soft")
        return
    # Not as SVG, which takes several times as long and as many bytes.
    png = resolve("optkit.plotting.output:render")(figure, "png", dpi=DPI)
    data = base64.b64encode(png).decode()
    html.add(
        root,
        "img",
        src=f"data:image/png;base64,{data}",
        alt=f"{describe(result.instance)} and its solution",
        style="max-width: 100%; height: auto",
    )
