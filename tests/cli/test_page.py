"""The page that ``optkit show`` writes."""

from __future__ import annotations

from optkit.cli.page import solution_page
from optkit.core.display.tables import Column, Table


def test_page_fits_a_phone() -> None:
    """The page sets its viewport; without that, phones shrink it."""
    text = solution_page("title", "", {"": "<svg></svg>"}, []).decode()
    meta = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    assert meta in text


def test_page_escapes_names() -> None:
    """Names from files appear as text, never as markup."""
    table = Table("<t>", (Column("<c>"),), [("<script>alert(1)</script>",)])
    text = solution_page(
        "<b>name", "<i>note", {"<u>": "<svg><g/></svg>"}, [table]
    ).decode()
    for raw in ("<script>", "<b>name", "<i>note", "<t>", "<c>", "<u>"):
        assert raw not in text
    assert "&lt;script&gt;" in text
    assert text.count("<svg") == 1
