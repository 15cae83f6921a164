"""Pictures of instances."""

from __future__ import annotations

import io

from matplotlib.figure import Figure
from PIL import Image

from optkit.bench.report.instances import MARGIN, as_webp
from optkit.plotting.output import PAGE_DPI


def test_a_drawing_is_cut_to_what_is_drawn() -> None:
    """The background around a drawing is removed, and the drawing is complete."""
    figure = Figure(figsize=(4, 4), facecolor="white")
    figure.add_axes((0.5, 0.5, 0.25, 0.25)).set_axis_off()
    figure.axes[0].axhspan(0, 1, color="black")
    figure.axes[0].set_ylim(0, 1)
    pixels = Image.open(io.BytesIO(as_webp(figure)))
    side = PAGE_DPI + 2 * MARGIN
    assert abs(pixels.width - side) <= 2
    assert abs(pixels.height - side) <= 2
