"""No text in a CSV file is a formula to a spreadsheet."""

from __future__ import annotations

from typing import Any

import pytest

from optkit.core.files.csv_cells import csv_cell


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd", "'+cmd"),
        ("-cmd|x", "'-cmd|x"),
        ("\t=1", "'\t=1"),
        ("-1.5", "-1.5"),
        ("-", "-"),
        (-1.5, -1.5),
        (None, None),
        ("plain = text", "plain = text"),
    ],
)
def test_a_text_that_starts_a_formula_gets_an_apostrophe(value: Any, cell: Any) -> None:
    """Numbers, also in text, and all other texts stay as they are."""
    assert csv_cell(value) == cell
