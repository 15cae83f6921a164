"""Figures as files: the same figure gives the same bytes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Literal

from matplotlib.figure import Figure

from optkit.allocation.display.drawing import style
from optkit.core.errors import UsageError
from optkit.core.files.text import write_bytes

Format = Literal["svg", "png", "pdf"]

FORMATS: tuple[Format, ...] = ("svg", "png", "pdf")
"""What can be written."""

DPI = 160
"""Pixels to the inch of a PNG."""

# None leaves out the time of writing, which would make every file another.
_METADATA: dict[Format, dict[str, str | None]] = {
    "svg": {"Date": None},
    "png": {},
    "pdf": {"CreationDate": None},
}


def render(figure: Figure, format: Format, *, dpi: int = DPI) -> bytes:  # noqa: A002
    """Return a figure as the bytes of a file.

    Parameters
    ----------
    figure
        The figure.
    format
        ``svg``, ``png`` or ``pdf``.
    dpi
        Pixels to the inch; only a PNG has any.
    """
    buffer = io.BytesIO()
    with style.settings():
        figure.savefig(buffer, format=format, dpi=dpi, metadata=_METADATA[format])
    return buffer.getvalue()


def save(figure: Figure, path: str | Path) -> None:
    """Write a figure to ``path``, whole or not at all, in the format of its ending.

    Raises
    ------
    UsageError
        If the ending is not ``.svg``, ``.png`` or ``.pdf``, or the folder cannot be
        written to.
    """
    path = Path(path)
    ending = path.suffix.lower().removeprefix(".")
    for known in FORMATS:
        if ending == known:
            write_bytes(path, render(figure, known))
            return
    raise UsageError(
        f"{path}: a picture cannot be written as {path.suffix or 'a file of no ending'};"
        " end the name in .svg, .png or .pdf."
    )
