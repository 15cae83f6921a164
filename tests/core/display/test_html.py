"""HTML tables: alignment, links, sort keys, and escaped text."""

from __future__ import annotations

from optkit.core.display.html import Heading, HtmlCell, as_text, table


def test_every_text_is_escaped() -> None:
    """Headings, cells, links and captions appear as text, never as markup."""
    hostile = "<b>&"
    cells = [HtmlCell(hostile, href="#x", suffix=hostile), hostile]
    text = as_text(table([Heading(hostile), Heading("b")], [cells], caption=hostile))
    assert "<b>" not in text
    assert text.count("&lt;b&gt;&amp;") == 5


def test_columns_are_aligned_and_sortable() -> None:
    """A column is right-aligned as a whole; a rounded number keeps its sort key."""
    rows = [[HtmlCell("x", header=True), HtmlCell("0.33", "bad", sort_key="0.3333")]]
    text = as_text(table([Heading("a"), Heading("b", "right")], rows))
    assert '<th class="right">b</th>' in text
    assert '<th scope="row">x</th>' in text
    assert '<td class="right bad" data-v="0.3333">0.33</td>' in text


def test_a_table_without_headings_has_no_head() -> None:
    """Names and values need no empty row above them."""
    text = as_text(table([Heading(""), Heading("")], [["name", "value"]]))
    assert "<thead>" not in text
    assert "<td>name</td><td>value</td>" in text
