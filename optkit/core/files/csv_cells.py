"""Cells of CSV files that no spreadsheet takes for a formula."""

from __future__ import annotations

from typing import Any

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""Characters that start a formula in a spreadsheet, or lead to one."""


def csv_cell(value: Any) -> Any:
    """Return a cell; an apostrophe is put before a text that would start a formula.

    Text may come from files and plug-ins, and a spreadsheet that opens the table would run
    it. Numbers, also negative ones, stay as they are, and so does a single mark such as
    ``-``.
    """
    if not isinstance(value, str) or not value.startswith(FORMULA_STARTS):
        return value
    return value if len(value) == 1 or _is_number(value) else f"'{value}"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
