"""HTML pages and tables, built from elements, so that every text in them is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

STYLE = """
:root { --ink: #1c1c1c; --soft: #555; --line: #ddd; --bad: #a33f00; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: #fff;
       max-width: 76rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 3rem 0 .5rem; padding-top: 1rem;
     border-top: 3px solid var(--ink); }
h3 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p, li, dd, h1, h2, code, summary { overflow-wrap: anywhere; }
.soft { color: var(--soft); font-weight: 400; }
.bad { color: var(--bad); font-weight: 600; }
code, pre { font: .875em/1.4 ui-monospace, monospace; background: #f3f3f3;
            padding: .1em .3em; border-radius: 3px; }
pre { overflow-x: auto; padding: .75rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line);
         text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid #888; white-space: nowrap; }
.right { text-align: right; }
.pictures { display: grid; gap: 1.5rem; grid-template-columns: 1fr; margin: 1rem 0; }
figure { margin: .5rem 0; }
figure img { display: block; max-width: 100%; height: auto; }
figure svg { display: block; width: 100%; height: auto; max-height: 90vh; }
figcaption { color: var(--soft); font-size: .9rem; max-width: 40rem; }
details { margin: 1rem 0; }
summary { font-weight: 600; cursor: pointer; padding: .3rem 0; }
@media (min-width: 48rem) { .pictures { grid-template-columns: 1fr 1fr; } }
@media print { figure, tr { break-inside: avoid; } }
"""
"""Style of every page; it works offline, on a phone and in print."""


@dataclass(frozen=True)
class Heading:
    """The heading of a column.

    Parameters
    ----------
    text
        The heading.
    align
        Alignment of the whole column.
    css
        Classes of the heading.
    title
        A longer description, shown when the pointer is on the heading.
    """

    text: str
    align: Literal["left", "right"] = "left"
    css: str = ""
    title: str = ""


@dataclass(frozen=True)
class HtmlCell:
    """A cell with more than a text.

    Parameters
    ----------
    text
        Its text.
    css
        Its classes.
    sort_key
        The number that a sortable table sorts it by; its text where this is empty.
    href
        Target of a link on the text.
    suffix
        Text after the link.
    struck
        Why the text is struck out; empty if it is not.
    header
        Whether the cell names its row.
    """

    text: str
    css: str = ""
    sort_key: str = ""
    href: str = ""
    suffix: str = ""
    struck: str = ""
    header: bool = False


def new_page(title: str, style: str = "") -> tuple[Element, Element]:
    """Return the root and the body of a new page.

    Parameters
    ----------
    title
        Its title.
    style
        Rules after those of :data:`STYLE`.
    """
    html = Element("html", lang="en")
    head = add(html, "head")
    add(head, "meta", charset="utf-8")
    add(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    add(head, "title", title)
    add(head, "style", STYLE + style)
    return html, add(html, "body")


def as_text(element: Element) -> str:
    """Return an element as HTML."""
    return ElementTree.tostring(element, encoding="unicode", method="html")


def page_file(page: str) -> bytes:
    """Return the content of the file of a page."""
    return f"<!DOCTYPE html>\n{page}\n".encode()


def add(
    parent: Element, tag: str, text: str = "", css: str = "", **attributes: str
) -> Element:
    """Append an element and return it; its text is escaped when the page is written."""
    if css:
        attributes["class"] = css
    element = ElementTree.SubElement(parent, tag, attributes)
    element.text = text or None
    return element


def table(
    headings: Sequence[Heading],
    rows: Iterable[Sequence[str | HtmlCell]],
    *,
    css: str = "",
    caption: str = "",
    **attributes: str,
) -> Element:
    """Return a table that scrolls sideways where the screen is too narrow for it.

    Parameters
    ----------
    headings
        One per column. If all of them are empty, the table has no head.
    rows
        The rows, each with one cell per column.
    css, caption
        Classes and caption of the table.
    **attributes
        Further attributes of the table.
    """
    wide = Element("div", {"class": "wide"})
    grid = add(wide, "table", css=css, **attributes)
    if caption:
        add(grid, "caption", caption)
    if any(heading.text for heading in headings):
        row = add(add(grid, "thead"), "tr")
        for heading in headings:
            title = {"title": heading.title} if heading.title else {}
            css = _classes(_alignment(heading), heading.css)
            add(row, "th", heading.text, css, **title)
    body = add(grid, "tbody")
    for cells in rows:
        row = add(body, "tr")
        for heading, cell in zip(headings, cells, strict=True):
            _add_cell(
                row, heading, cell if isinstance(cell, HtmlCell) else HtmlCell(cell)
            )
    return wide


def _add_cell(row: Element, heading: Heading, cell: HtmlCell) -> None:
    css = _classes(_alignment(heading), cell.css)
    inner = bool(cell.href or cell.struck)
    element = add(row, "th" if cell.header else "td", "" if inner else cell.text, css)
    if cell.header:
        element.set("scope", "row")
    if cell.sort_key:
        element.set("data-v", cell.sort_key)
    if cell.href:
        add(element, "a", cell.text, href=cell.href).tail = cell.suffix or None
    elif cell.struck:
        add(element, "s", cell.text, title=cell.struck)


def _alignment(heading: Heading) -> str:
    return "right" if heading.align == "right" else ""


def _classes(*names: str) -> str:
    return " ".join(filter(None, names))
