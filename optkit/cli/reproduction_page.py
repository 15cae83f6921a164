"""The page that shows reproductions: one file, readable offline and on a phone."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from optkit._version import __version__
from optkit.cli.tables import text
from optkit.reproduction.engine.findings import Verdict
from optkit.reproduction.engine.store import folder_of

STYLE = """
:root { --ink: #1c1c1c; --soft: #555; --line: #ddd; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: #fff;
       max-width: 72rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 3rem 0 .25rem; padding-top: 1rem;
     border-top: 3px solid var(--ink); }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
p, li, dd, h1, h2, code { overflow-wrap: anywhere; }
.soft { color: var(--soft); }
code { font: .875em/1.4 ui-monospace, monospace; background: #f3f3f3;
       padding: .1em .3em; border-radius: 3px; }
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
.pictures { display: grid; gap: 1rem; grid-template-columns: 1fr; }
figure { margin: .5rem 0; }
figure img { display: block; max-width: 100%; height: auto; }
figcaption { color: var(--soft); font-size: .9rem; }
.wide { overflow-x: auto; }
details { margin: 1rem 0; }
summary { font-weight: 600; cursor: pointer; padding: .35rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: .2rem .7rem .2rem 0; border-bottom: 1px solid var(--line);
         text-align: left; vertical-align: top; }
th { border-bottom: 2px solid #888; white-space: nowrap; }
.right { text-align: right; }
@media (min-width: 48rem) {
  .claim dl, .pictures { grid-template-columns: 1fr 1fr; }
}
@media print { .claim, figure { break-inside: avoid; } }
"""

MOST_ROWS = 16
"""Rows of a table that stands open; a longer one is unfolded by whoever wants it."""

BADGES = {
    Verdict.HOLDS: ("holds", "✓"),
    Verdict.IN_PART: ("in-part", "◐"),
    Verdict.FAILS: ("fails", "✗"),
    Verdict.UNTESTED: ("untested", "?"),
}
"""Class and sign of each verdict: never told by colour alone."""


def page(records: Sequence[Mapping[str, Any]], directory: Path) -> bytes:
    """Return the page in HTML.

    Parameters
    ----------
    records
        What was found, as :func:`optkit.reproduction.engine.store.record` made it.
    directory
        Where the folders with the pictures are.
    """
    html = ElementTree.Element("html", lang="en")
    head = _add(html, "head")
    _add(head, "meta", charset="utf-8")
    _add(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    _add(head, "title", "Reproductions")
    _add(head, "style", STYLE)
    body = _add(html, "body")
    _add(body, "h1", "Tables and figures of papers, computed again")
    _summary(body, records)
    for record in records:
        _section(body, record, directory)
    _add(body, "p", f"Made by optkit {__version__}.", css="soft")
    whole = ElementTree.tostring(html, encoding="unicode", method="html")
    return f"<!DOCTYPE html>\n{whole}\n".encode()


def _summary(body: ElementTree.Element, records: Sequence[Mapping[str, Any]]) -> None:
    """Add what became of all claims, and of each reproduction's."""
    every = [claim["verdict"] for record in records for claim in record["claims"]]
    line = _add(body, "p", f"{len(every)} claims: ")
    for verdict in Verdict:
        _badge(line, verdict, f"{every.count(verdict)} ").tail = " "
    if any(record["request"]["quick"] for record in records):
        _add(body, "p", "A quick run is among these: its verdicts mean little.")
    grid = _add(_add(body, "div", css="wide"), "table")
    row = _add(_add(grid, "thead"), "tr")
    _add(row, "th", "reproduction")
    for verdict in Verdict:  # the sign alone: four words are too wide for a phone
        css, sign = BADGES[verdict]
        _add(row, "th", sign, css=f"right {css}", title=str(verdict))
    rows = _add(grid, "tbody")
    for record in records:
        row = _add(rows, "tr")
        cell = _add(row, "td")
        link = _add(cell, "a", f"{record['name']}", href=f"#{_anchor(record)}")
        link.tail = f" {record['title']}"
        verdicts = [claim["verdict"] for claim in record["claims"]]
        for verdict in Verdict:
            count = verdicts.count(verdict)
            _add(row, "td", str(count) if count else "", css="right")


def _section(
    body: ElementTree.Element, record: Mapping[str, Any], directory: Path
) -> None:
    """Add one reproduction."""
    _add(body, "h2", f"{record['name']}: {record['title']}", id=_anchor(record))
    _add(body, "p", f"{record['paper']}, {record['where']}", css="soft")
    if record["request"]["quick"]:
        _add(body, "p", "A quick run: too few draws for its verdicts to mean much.")
    _add(body, "h3", "Claims")
    for claim in record["claims"]:
        _claim(body, claim)
    for note in record["notes"]:
        _add(body, "p", note)
    if record["pictures"]:
        grid = _add(body, "div", css="pictures")
        for picture in record["pictures"]:
            _picture(grid, picture, folder_of(directory, record["name"]))
    for table in record["tables"].values():
        if len(table["rows"]) <= MOST_ROWS:
            _add(body, "h3", table["title"])
            _table(body, table)
            continue
        fold = _add(body, "details")
        _add(fold, "summary", f"{table['title']} ({len(table['rows'])} rows)")
        _table(fold, table)
    _origin(body, record)


def _claim(body: ElementTree.Element, claim: Mapping[str, str]) -> None:
    verdict = Verdict(claim["verdict"])
    card = _add(body, "div", css="claim")
    line = _add(card, "p")
    _badge(line, verdict).tail = " "
    _add(line, "strong", claim["statement"])
    pairs = _add(card, "dl")
    for name, key in (("The paper", "paper"), ("Here", "measured")):
        cell = _add(pairs, "div")
        _add(cell, "dt", name)
        _add(cell, "dd", claim[key])
    _add(card, "p", claim["reason"], css="soft")


def _badge(
    parent: ElementTree.Element, verdict: Verdict, count: str = ""
) -> ElementTree.Element:
    css, sign = BADGES[verdict]
    return _add(parent, "span", f"{sign} {count}{verdict}", css=f"badge {css}")


def _picture(
    parent: ElementTree.Element, picture: Mapping[str, str], folder: Path
) -> None:
    """Add a picture; as an image of its own, so that no two pictures' ids meet."""
    drawing = base64.b64encode(
        (folder / f"{picture['name']}.svg").read_bytes()
    ).decode()
    figure = _add(parent, "figure")
    _add(
        figure,
        "img",
        src=f"data:image/svg+xml;base64,{drawing}",
        alt=picture["caption"],
    )
    _add(figure, "figcaption", picture["caption"])


def _table(body: ElementTree.Element, table: Mapping[str, Any]) -> None:
    grid = _add(_add(body, "div", css="wide"), "table")
    sides = ["right" if c["align"] == "right" else "" for c in table["columns"]]
    row = _add(_add(grid, "thead"), "tr")
    for column, side in zip(table["columns"], sides, strict=True):
        unit = f" ({column['unit']})" if column["unit"] else ""
        _add(row, "th", f"{column['name']}{unit}", css=side)
    rows = _add(grid, "tbody")
    for cells in table["rows"]:
        row = _add(rows, "tr")
        for cell, side in zip(cells, sides, strict=True):
            _add(row, "td", text(cell, 4), css=side)


def _origin(body: ElementTree.Element, record: Mapping[str, Any]) -> None:
    """Add with what, on what and how it was computed, and how to do it again."""
    _add(body, "h3", "How it was computed")
    rows: list[tuple[str, str]] = [
        *((name, _words(value)) for name, value in record["parameters"].items()),
        ("seed", str(record["request"]["seed"])),
        ("time", f"{record['seconds']:.0f} s, {record['finished']}"),
        *record["machine"].items(),
        ("versions", ", ".join(f"{k} {v}" for k, v in record["versions"].items())),
    ]
    if record["data"]:
        rows.append(("every run", f"{', '.join(record['data'])} in its folder"))
    grid = _add(_add(body, "div", css="wide"), "table")
    for name, value in rows:
        row = _add(grid, "tr")
        _add(row, "td", name, css="soft")
        _add(row, "td", value)
    line = _add(body, "p", "Again: ")
    _add(line, "code", record["command"])


def _words(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_words(part)}" for key, part in value.items())
    if isinstance(value, str) or not isinstance(value, Iterable):
        return text(value) if isinstance(value, float) else str(value)
    return ", ".join(map(_words, value))


def _anchor(record: Mapping[str, Any]) -> str:
    return str(record["name"]).replace("/", "-")


def _add(
    parent: ElementTree.Element,
    tag: str,
    words: str = "",
    css: str = "",
    **attributes: str,
) -> ElementTree.Element:
    """Append an element; its text is escaped when the page is written."""
    if css:
        attributes["class"] = css
    element = ElementTree.SubElement(parent, tag, attributes)
    element.text = words or None
    return element
