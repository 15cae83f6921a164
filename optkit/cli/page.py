"""Write a page about an instance and its solution: figures and tables in one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Comment, Element

from optkit._version import __version__
from optkit.cli.tables import DIGITS, format_cell
from optkit.core.display import html

if TYPE_CHECKING:
    from optkit.core.display.tables import Table

PLACEHOLDER = "figure"


def solution_page(
    title: str, note: str, figures: Mapping[str, str], tables: Sequence[Table]
) -> bytes:
    """Return a page in HTML.

    Parameters
    ----------
    title
        What it shows.
    note
        Where the instance comes from.
    figures
        Figures in SVG by their headings; an empty heading is left out.
    tables
        The tables below them.
    """
    page, body = html.new_page(title)
    html.add(body, "h1", title)
    if note:
        html.add(body, "p", note, "soft")
    for index, heading in enumerate(figures):
        if heading:
            html.add(body, "h2", heading)
        html.add(body, "figure").append(Comment(f"{PLACEHOLDER}{index}"))
    for table in tables:
        html.add(body, "h2", table.title)
        body.append(html_table(table))
    html.add(body, "p", f"optkit {__version__}", "soft")
    text = html.as_text(page)
    # Figures replace comments in the text, because the XML writer would add namespace
    # prefixes to their elements, which browsers do not understand.
    for index, svg in enumerate(figures.values()):
        figure = svg[svg.index("<svg") :].replace("<svg", '<svg role="img"', 1)
        text = text.replace(f"<!--{PLACEHOLDER}{index}-->", figure, 1)
    return html.page_file(text)


def html_table(table: Table, digits: int = DIGITS) -> Element:
    """Return a table as an HTML element.

    Parameters
    ----------
    table
        The table.
    digits
        Significant digits of its numbers.
    """
    return html.table(
        [html.Heading(column.heading, column.align) for column in table.columns],
        [[format_cell(cell, digits) for cell in row] for row in table.rows],
    )
