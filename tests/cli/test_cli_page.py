"""The page that ``optkit show`` writes."""

from __future__ import annotations

from optkit.cli.page import page
from optkit.core.tables import Column, Table


def test_page_fits_a_phone() -> None:
    """Protects small screens: without its viewport a phone shows the page shrunk."""
    made = page("title", "", "<svg></svg>", []).decode()
    meta = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    assert meta in made


def test_page_escapes_what_it_shows() -> None:
    """Protects readers: names from files are text, never markup."""
    table = Table("<t>", (Column("<c>"),), [("<script>alert(1)</script>",)])
    made = page("<b>name", "<i>note", "<svg><g/></svg>", [table]).decode()
    for raw in ("<script>", "<b>name", "<i>note", "<t>", "<c>"):
        assert raw not in made
    assert "&lt;script&gt;" in made
    assert made.count("<svg") == 1
