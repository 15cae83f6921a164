"""Text from files and plug-ins, made safe to print and of bounded length."""

from __future__ import annotations

import re

MOST_CHARACTERS = 2_000
"""Longest text of an exception, and longest line of a message, that is shown."""

# Controls except tab and newline; marks that reorder text; separators of lines; tags.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def printable(text: str) -> str:
    r"""Return a text with control and bidirectional characters escaped: ``\x1b``.

    A terminal would act on them: recolour, retitle, or show a number backwards. Tabs and
    newlines stay.
    """
    return _UNSAFE.sub(lambda match: _escape(match.group()), text)


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def printable_json(text: str) -> str:
    r"""Return a JSON text in which such characters are escaped as JSON does: ``\u202e``.

    Outside its strings a JSON text has none of them, so it stays the same document.
    """

    def escape(match: re.Match[str]) -> str:
        units = match.group().encode("utf-16-be", "surrogatepass")
        return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))

    return re.sub(r"\r", r"\\r", _UNSAFE.sub(escape, text))


def shortened(text: str, most: int = MOST_CHARACTERS) -> str:
    """Return a text cut to ``most`` characters, and how many are left out."""
    left_out = len(text) - most
    return text if left_out <= 0 else f"{text[:most]} … ({left_out} characters more)"


def error_text(error: BaseException) -> str:
    """Return the type and the text of an exception, cut to a bounded length.

    The text comes from the exception's own code, which may fail as well.
    """
    try:
        text = str(error)
    except Exception as second:
        text = f"(its text cannot be shown: {type(second).__name__})"
    return f"{type(error).__name__}: {shortened(text)}"
