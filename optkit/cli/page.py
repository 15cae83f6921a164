"""One self-contained page: a figure and tables, readable offline and on a phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from optkit._version import __version__
from optkit.cli.tables import text

if TYPE_CHECKING:
    from optkit.core.display.tables import Table

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1c1c1c; background: #fff;
       max-width: 70rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin-top: 2rem; }
p { overflow-wrap: anywhere; color: #555; }
figure { margin: 1rem 0; }
figure svg { display: block; width: 100%; height: auto; max-height: 90vh; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .75rem; border-bottom: 1px solid #ddd; text-align: left; }
th { border-bottom: 2px solid #888; white-space: nowrap; }
.right { text-align: right; }
"""

FIGURE = "figure"


def page(
    title: str, note: str, figures: Mapping[str, str], tables: Sequence[Table]
) -> bytes:
    """Return a page in HTML.

    Parameters
    ----------
    title
        What it shows.
    note
        Where that comes from.
    figures
        Figures in SVG by their headings; an empty heading is none.
    tables
        What stands below them.
    """
    html = ElementTree.Element("html", lang="en")
    head = _add(html, "head")
    _add(head, "meta", charset="utf-8")
    _add(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    _add(head, "title", title)
    _add(head, "style", STYLE)
    body = _add(html, "body")
    _add(body, "h1", title)
    if note:
        _add(body, "p", note)
    for number, heading in enumerate(figures):
        if heading:
            _add(body, "h2", heading)
        _add(body, "figure").append(ElementTree.Comment(f"{FIGURE}{number}"))
    for table in tables:
        _table(body, table)
    _add(body, "p", f"optkit {__version__}")
    whole = ElementTree.tostring(html, encoding="unicode", method="html")
    # Figures go in as they are: the writer would give their elements name prefixes,
    # which no browser understands in a page.
    for number, svg in enumerate(figures.values()):
        drawing = svg[svg.index("<svg") :].replace("<svg", '<svg role="img"', 1)
        whole = whole.replace(f"<!--{FIGURE}{number}-->", drawing, 1)
    return f"<!DOCTYPE html>\n{whole}\n".encode()


def _table(body: ElementTree.Element, content: Table) -> None:
    _add(body, "h2", content.title)
    grid = _add(_add(body, "div", **{"class": "wide"}), "table")
    sides = [{"class": "right"} if c.align == "right" else {} for c in content.columns]
    row = _add(_add(grid, "thead"), "tr")
    for column, side in zip(content.columns, sides, strict=True):
        _add(row, "th", column.heading, **side)
    rows = _add(grid, "tbody")
    for cells in content.rows:
        row = _add(rows, "tr")
        for cell, side in zip(cells, sides, strict=True):
            _add(row, "td", text(cell), **side)


def _add(
    parent: ElementTree.Element, tag: str, words: str = "", /, **attributes: str
) -> ElementTree.Element:
    """Append an element; its text is escaped when the page is written."""
    element = ElementTree.SubElement(parent, tag, attributes)
    element.text = words or None
    return element
