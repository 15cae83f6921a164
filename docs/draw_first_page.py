"""Draw the pictures of the first page: one part of the picture of a solved instance each.

    python docs/draw_first_page.py

Needs the extra ``plot``. The instances and their solutions are those in ``instances/``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import optkit
from optkit.core.tools.shipped import SOLUTION, shipped_file
from optkit.core.tools.solution_files import family_solution
from optkit.plotting.output import render

IMAGES = Path(__file__).parent / "images"

DPI = 110

Chosen = Callable[[list[Any]], list[Any]]


def _network(panels: list[Any]) -> list[Any]:
    return [panel for panel in panels if panel.get_label() == "network"]


def _first(count: int) -> Chosen:
    return lambda panels: panels[:count]


PICTURES: dict[str, tuple[str, Chosen]] = {
    "first-allocation": ("allocation/nsfnet", _network),
    "first-discovery": ("discovery/cover-window", _first(2)),
    "first-dispatch": ("dispatch/shared-cloud", _first(3)),
    "first-sync": ("sync/bursts", _first(2)),
    "first-bilevel": ("bilevel/random-6-6", _first(1)),
}
"""For each picture, the instance and the parts of its drawing that are shown."""


def draw(name: str) -> bytes:
    """Return the PNG file of a picture."""
    shipped, chosen = PICTURES[name]
    file = shipped_file(shipped)
    instance = optkit.load(file)
    stored = file.with_name(f"{file.stem}{SOLUTION}")
    document = optkit.load_solution(stored)
    figure = optkit.draw(instance, family_solution(document, instance, str(stored)))
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # what is left stays where it is
    shown = chosen(figure.axes)
    for panel in [*figure.axes]:
        if panel not in shown and not _belongs(panel, shown):
            panel.remove()
    for text in [*figure.texts, *figure.legends]:
        text.remove()
    return render(figure, "png", dpi=DPI)


def _belongs(panel: Any, shown: list[Any]) -> bool:
    """Say whether axes are a colour bar of a part that is shown."""
    box = panel.get_position()
    return box.width < 0.03 and any(
        abs(box.y0 - other.get_position().y0) < 0.02 for other in shown
    )


def main() -> None:
    """Write all pictures."""
    for name in PICTURES:
        path = IMAGES / f"{name}.png"
        path.write_bytes(draw(name))
        print(path)


if __name__ == "__main__":
    main()
