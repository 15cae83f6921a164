"""Text from files is printed without anything that a terminal acts on."""

from __future__ import annotations

import json

import pytest

from optkit.core.display.printable import (
    MOST_CHARACTERS,
    error_text,
    printable,
    printable_json,
    shortened,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("\x9b2J", r"\x9b2J"),
        ("a\rb\x7f", r"a\x0db\x7f"),
        ("12\u202e34\u2066", r"12\u202e34\u2066"),
        ("a\u2028b", r"a\u2028b"),
        ("\U000e0041", r"\U000e0041"),
        ("\ud800", r"\ud800"),
        ("tab\tline\nÄöü 日本 👩‍👩‍👧", "tab\tline\nÄöü 日本 👩‍👩‍👧"),
    ],
)
def test_control_and_bidirectional_characters_are_escaped(
    text: str, shown: str
) -> None:
    """Everything else, with tabs and newlines, stays as it is."""
    assert printable(text) == shown


@pytest.mark.parametrize("text", ["\x1b\x9b", "a\u202e\U000e0041", "\x7f", "ä日"])
def test_a_json_text_stays_the_same_document(text: str) -> None:
    """Escapes of JSON are used, so a program reads what was written."""
    safe = printable_json(json.dumps({text: text}, ensure_ascii=False))
    assert json.loads(safe) == {text: text}
    assert printable(safe) == safe


def test_long_texts_are_cut() -> None:
    """The text says how much of it is missing."""
    assert shortened("x" * MOST_CHARACTERS) == "x" * MOST_CHARACTERS
    assert shortened("x" * 5_000).endswith("x … (3000 characters more)")


def test_an_exception_whose_text_fails() -> None:
    """An exception of a plug-in that cannot be shown is named all the same."""

    class Mute(Exception):  # noqa: N818
        def __str__(self) -> str:
            raise RuntimeError

    assert error_text(Mute()) == "Mute: (its text cannot be shown: RuntimeError)"
    assert len(error_text(ValueError("x" * 10**6))) < MOST_CHARACTERS + 100
