"""Ids and numbers as a picture shows them."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

from matplotlib.font_manager import (
    FontProperties,
    findfont,
    fontManager,
    get_font,
)
from matplotlib.textpath import text_to_path

FAMILIES = (
    "DejaVu Sans",  # comes with matplotlib, so most pictures look alike everywhere
    "Noto Sans",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans CJK KR",
    "Noto Sans Devanagari",
    "WenQuanYi Micro Hei",
    "PingFang SC",
    "Hiragino Sans",
    "Microsoft YaHei",
    "Yu Gothic",
    "Malgun Gothic",
    "Nirmala UI",
    "Arial Unicode MS",
)
"""Fonts to use, in this order; those that are not installed are skipped."""

UNKNOWN = "□"
"""Drawn instead of a character that no font has."""


@cache
def families() -> tuple[str, ...]:
    """Return the fonts of :data:`FAMILIES` that this computer has."""
    installed = {entry.name for entry in fontManager.ttflist}
    return tuple(name for name in FAMILIES if name in installed)


@lru_cache(maxsize=4096)
def _drawable(char: str) -> bool:
    return char.isprintable() and any(
        get_font(findfont(FontProperties(family=[name]))).get_char_index(ord(char))
        for name in families()
    )


def _columns(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def label(text: str, limit: int = 14) -> str:
    """Return an id as it is drawn: at most ``limit`` columns, nothing undrawable.

    A long id keeps its two ends, since names of machines differ at either. Wide characters
    count twice. A character that no installed font can draw becomes a box.
    """
    text = "".join(char if _drawable(char) else UNKNOWN for char in text)
    if sum(map(_columns, text)) <= limit:
        return text
    tail = _fitting(text[::-1], (limit - 1) // 2)[::-1]
    head = _fitting(text, limit - 1 - sum(map(_columns, tail)))
    return f"{head}…{tail}"


def _fitting(text: str, limit: int) -> str:
    used = 0
    for index, char in enumerate(text):
        used += _columns(char)
        if used > limit:
            return text[:index]
    return text


def number(value: float) -> str:
    """Return a number with three significant digits: ``0.682``, ``12``, ``1.5e+06``."""
    return f"{value + 0.0:.3g}"


@lru_cache(maxsize=4096)
def text_size(text: str, size: float, bold: bool = False) -> tuple[float, float]:
    """Return width and height of one line of text in points."""
    width = 0.0
    weight = "bold" if bold else "normal"
    for family, run in _runs(text):
        font = FontProperties(family=[family], size=size, weight=weight)
        width += text_to_path.get_text_width_height_descent(run, font, False)[0]
    return width, 1.15 * size


def _runs(text: str) -> list[tuple[str, str]]:
    """Split a text into pieces that one font can draw."""
    runs: list[tuple[str, str]] = []
    for char in text:
        family = next(
            (
                name
                for name in families()
                if get_font(findfont(FontProperties(family=[name]))).get_char_index(
                    ord(char)
                )
            ),
            families()[0],
        )
        if runs and runs[-1][0] == family:
            runs[-1] = (family, runs[-1][1] + char)
        else:
            runs.append((family, char))
    return runs
