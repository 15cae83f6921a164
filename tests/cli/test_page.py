"""The page that ``optkit show`` writes."""

from __future__ import annotations

from optkit.cli.convergence import convergence
from optkit.cli.page import page
from optkit.core.display.tables import Column, Table


def test_page_fits_a_phone() -> None:
    """Protects small screens: without its viewport a phone shows the page shrunk."""
    made = page("title", "", {"": "<svg></svg>"}, []).decode()
    meta = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    assert meta in made


def test_page_escapes_what_it_shows() -> None:
    """Protects readers: names from files are text, never markup."""
    table = Table("<t>", (Column("<c>"),), [("<script>alert(1)</script>",)])
    made = page("<b>name", "<i>note", {"<u>": "<svg><g/></svg>"}, [table]).decode()
    for raw in ("<script>", "<b>name", "<i>note", "<t>", "<c>", "<u>"):
        assert raw not in made
    assert "&lt;script&gt;" in made
    assert made.count("<svg") == 1


def test_a_run_is_drawn_where_there_is_one() -> None:
    """Protects the page of a solution: a run of one point has no curve, others have."""
    assert convergence([]) is None
    assert convergence([(0.1, 2.0, None)]) is None
    drawn = convergence([(0.1, 2.0, None), (0.2, 1.5, 1.0), (30.0, 1.5, 1.4)])
    assert drawn is not None
    assert "<svg" in drawn
    for word in ("objective", "bound", "time (s)"):
        assert f"<!-- {word} -->" in drawn
