"""Write the page of reproductions: one file, readable offline and on a phone."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from optkit._version import __version__
from optkit.cli.page import html_table
from optkit.cli.tables import format_cell
from optkit.core.display.html import (
    Heading,
    HtmlCell,
    add,
    as_text,
    new_page,
    page_file,
    table,
)
from optkit.core.display.tables import Column, Table
from optkit.reproduction.engine.findings import Verdict
from optkit.reproduction.engine.store import folder_of

STYLE = """
.badge { display: inline-block; font-weight: 600; font-size: .85rem; white-space: nowrap;
         border: 1.5px solid; border-radius: 1em; padding: 0 .65em; }
.holds { color: #00588a; background: #e5f1f8; }
.in-part { color: #7a5200; background: #fdf3dd; }
.fails { color: #a33f00; background: #fbe9df; }
.untested { color: #555; background: #f0f0f0; }
.claim { border: 1px solid var(--line); border-radius: 6px; padding: .75rem 1rem;
         margin: .75rem 0; }
.claim > p { margin: .4rem 0; }
.claim dl { display: grid; grid-template-columns: 1fr; gap: .4rem 1.5rem; margin: .5rem 0; }
.claim dt { font-size: .8rem; font-weight: 600; color: var(--soft); }
.claim dd { margin: 0; }
@media (min-width: 48rem) { .claim dl { grid-template-columns: 1fr 1fr; } }
@media print { .claim { break-inside: avoid; } }
"""

MAX_OPEN_ROWS = 16
"""Tables with more rows are folded."""

TABLE_DIGITS = 4
"""Significant digits of the numbers in tables."""

BADGES = {
    Verdict.HOLDS: ("holds", "✓"),
    Verdict.IN_PART: ("in-part", "◐"),
    Verdict.FAILS: ("fails", "✗"),
    Verdict.UNTESTED: ("untested", "?"),
}
"""Class and sign of each verdict; the sign tells them apart without colours."""


def reproduction_page(records: Sequence[Mapping[str, Any]], directory: Path) -> bytes:
    """Return the page in HTML.

    Parameters
    ----------
    records
        The records, as :func:`optkit.reproduction.engine.store.record` returns them.
    directory
        The directory of the folders with the pictures.
    """
    page, body = new_page("Reproductions", STYLE)
    add(body, "h1", "Tables and figures of papers, reproduced")
    _add_summary(body, records)
    for record in records:
        _add_section(body, record, directory)
    add(body, "p", f"Made by optkit {__version__}.", "soft")
    return page_file(as_text(page))


def _add_summary(body: Element, records: Sequence[Mapping[str, Any]]) -> None:
    """Add the counts of verdicts, in total and for each reproduction."""
    verdicts = [claim["verdict"] for record in records for claim in record["claims"]]
    line = add(body, "p", f"{len(verdicts)} claims: ")
    for verdict in Verdict:
        _add_badge(line, verdict, f"{verdicts.count(verdict)} ").tail = " "
    if any(record["request"]["quick"] for record in records):
        add(body, "p", "Some of these are quick runs, whose verdicts mean little.")
    # Only the signs as headings, because the words are too wide for a phone.
    headings = [Heading("reproduction")] + [
        Heading(BADGES[verdict][1], "right", BADGES[verdict][0], str(verdict))
        for verdict in Verdict
    ]
    body.append(table(headings, map(_summary_row, records)))


def _summary_row(record: Mapping[str, Any]) -> list[str | HtmlCell]:
    verdicts = [claim["verdict"] for claim in record["claims"]]
    counts = [verdicts.count(verdict) for verdict in Verdict]
    name = HtmlCell(
        record["name"], href=f"#{_anchor(record)}", suffix=f" {record['title']}"
    )
    return [name, *(str(count) if count else "" for count in counts)]


def _add_section(body: Element, record: Mapping[str, Any], directory: Path) -> None:
    """Add the section of one reproduction."""
    add(body, "h2", f"{record['name']}: {record['title']}", id=_anchor(record))
    add(body, "p", f"{record['paper']}, {record['where']}", "soft")
    if record["request"]["quick"]:
        add(body, "p", "A quick run: its verdicts rest on too few draws to mean much.")
    add(body, "h3", "Claims")
    for claim in record["claims"]:
        _add_claim(body, claim)
    for note in record["notes"]:
        add(body, "p", note)
    if record["pictures"]:
        grid = add(body, "div", css="pictures")
        for picture in record["pictures"]:
            _add_picture(grid, picture, folder_of(directory, record["name"]))
    for document in record["tables"].values():
        _add_table(body, document)
    _add_origin(body, record)


def _add_table(body: Element, document: Mapping[str, Any]) -> None:
    columns = tuple(Column(**column) for column in document["columns"])
    content = Table(document["title"], columns, document["rows"])
    if len(content.rows) <= MAX_OPEN_ROWS:
        add(body, "h3", content.title)
        parent = body
    else:
        parent = add(body, "details")
        add(parent, "summary", f"{content.title} ({len(content.rows)} rows)")
    parent.append(html_table(content, TABLE_DIGITS))


def _add_claim(body: Element, claim: Mapping[str, str]) -> None:
    verdict = Verdict(claim["verdict"])
    card = add(body, "div", css="claim")
    line = add(card, "p")
    _add_badge(line, verdict).tail = " "
    add(line, "strong", claim["statement"])
    pairs = add(card, "dl")
    for name, key in (("The paper", "paper"), ("Here", "measured")):
        cell = add(pairs, "div")
        add(cell, "dt", name)
        add(cell, "dd", claim[key])
    add(card, "p", claim["reason"], "soft")


def _add_badge(parent: Element, verdict: Verdict, count: str = "") -> Element:
    css, sign = BADGES[verdict]
    return add(parent, "span", f"{sign} {count}{verdict}", f"badge {css}")


def _add_picture(parent: Element, picture: Mapping[str, str], folder: Path) -> None:
    """Add a picture as a separate image, so that the ids of two pictures cannot clash."""
    data = base64.b64encode((folder / f"{picture['name']}.svg").read_bytes()).decode()
    figure = add(parent, "figure")
    add(figure, "img", src=f"data:image/svg+xml;base64,{data}", alt=picture["caption"])
    add(figure, "figcaption", picture["caption"])


def _add_origin(body: Element, record: Mapping[str, Any]) -> None:
    """Add the parameters, machine and versions, and the command that repeats the run."""
    add(body, "h3", "How it was computed")
    rows: list[tuple[str, str]] = [
        *((name, _value_text(value)) for name, value in record["parameters"].items()),
        ("seed", str(record["request"]["seed"])),
        ("time", f"{record['seconds']:.0f} s, {record['finished']}"),
        *record["machine"].items(),
        ("versions", ", ".join(f"{k} {v}" for k, v in record["versions"].items())),
    ]
    if record["data"]:
        rows.append(("every run", f"{', '.join(record['data'])} in its folder"))
    cells = [(HtmlCell(name, "soft"), value) for name, value in rows]
    body.append(table([Heading(""), Heading("")], cells))
    line = add(body, "p", "To run it again: ")
    add(line, "code", record["command"])


def _value_text(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_value_text(part)}" for key, part in value.items())
    if isinstance(value, str) or not isinstance(value, Iterable):
        return format_cell(value) if isinstance(value, float) else str(value)
    return ", ".join(map(_value_text, value))


def _anchor(record: Mapping[str, Any]) -> str:
    return str(record["name"]).replace("/", "-")
