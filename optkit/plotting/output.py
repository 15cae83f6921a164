"""Figures as files: the same figure gives the same bytes, without dates or random ids."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from optkit.plotting.style import CHARTS, DRAWINGS, using

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from optkit.plotting.pictures import Picture

Format = Literal["svg", "png", "pdf"]

FILE_DPI = 200
"""Pixels per inch of a PNG file."""

PAGE_DPI = 110
"""Pixels per inch of a drawing inside an HTML page, which should stay small."""

_METADATA: dict[Format, dict[str, None]] = {
    "svg": dict.fromkeys(("Date", "Creator", "Format", "Type")),
    "png": {"Software": None},
    "pdf": dict.fromkeys(("CreationDate", "Creator", "Producer")),
}
"""Notes that matplotlib would add about itself and the time; None leaves them out."""


def render(
    figure: Figure,
    format: Format,  # noqa: A002
    *,
    settings: Mapping[str, Any] = DRAWINGS,
    dpi: int = FILE_DPI,
    salt: str = "optkit",
    letters: Literal["path", "none"] = "path",
    tight: bool = True,
) -> bytes:
    """Return a figure as the bytes of a file.

    Parameters
    ----------
    figure
        The figure.
    format
        ``svg``, ``png`` or ``pdf``.
    settings
        The settings that it was drawn with; matplotlib makes some ticks only now.
    dpi
        Pixels per inch of a PNG.
    salt
        What ids inside an SVG are made from; pictures within one HTML page need
        different salts.
    letters
        Letters of an SVG: ``path`` looks the same on every machine, ``none`` keeps them
        as text, which is smaller.
    tight
        Whether to cut the picture to what is drawn.
    """
    buffer = io.BytesIO()
    with using({**settings, "svg.hashsalt": salt, "svg.fonttype": letters}):
        figure.savefig(
            buffer,
            format=format,
            dpi=dpi,
            bbox_inches="tight" if tight else None,
            metadata=_METADATA[format],
        )
    return buffer.getvalue()


def picture_files(
    picture: Picture, *formats: Format, salt: str = "optkit"
) -> dict[Format, bytes]:
    """Draw a chart and return its files, by format.

    Parameters
    ----------
    picture
        The picture; drawn once.
    formats
        The formats.
    salt
        As in :func:`render`.
    """
    with using(CHARTS):
        figure = picture.draw()
    return {kind: render(figure, kind, settings=CHARTS, salt=salt) for kind in formats}
