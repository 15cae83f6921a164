"""Draw docs/images/architecture.svg from the import contracts and the folders.

    python docs/draw_architecture.py

Floors and rooms are those of the contracts in ``pyproject.toml``; which family has which
room is looked up in the tree. ``tests/test_architecture.py`` keeps the picture true.
"""

from __future__ import annotations

import tomllib
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "images" / "architecture.svg"

FLOORS = {
    "optkit.cli": "commands",
    "optkit.bench": "studies",
    "optkit.reproduction": "papers, computed again",
    "optkit.testing": "contract tests",
    "optkit.coupling": "two families, one run",
    "optkit.allocation": "",
    "optkit.bilevel": "",
    "optkit.discovery": "",
    "optkit.dispatch": "",
    "optkit.sync": "",
    "optkit.network": "networks: files, readers, drawing",
    "optkit.backends": "HiGHS, SCIP, CP-SAT",
    "optkit.plotting": "style of pictures",
    "optkit.search": "search engines",
    "optkit.core": "Solver, harness, files, registry, results",
    "optkit.models": "declarative Pyomo models: plain data only",
}
"""A word on each package; a package that is missing here has no place in the house."""

ROOMS = {
    "testing": "tiny instances with known optima",
    "family": "what the family registers",
    "solvers": "one class per solver, thin",
    "display": "tables and pictures",
    "rescaling": "solve once, use for any task size",
    "aims": "time against energy",
    "learning": "training of policies",
    "heuristics": "searches without a proof",
    "policies": "rules that decide online",
    "exact": "methods that prove",
    "bounds": "lower bounds without a search",
    "problem": "arrays, evaluation, Pyomo adapter",
    "check": "the independent checker",
    "data": "generator and importers",
    "instance": "the instance file",
    "solution": "the solution file",
    "validation": "rules across keys of a file",
}

WIDTH, MARGIN, LINE = 440, 10, 17
INK, SOFT, EDGE = "#222222", "#5A5A5A", "#8A8A8A"
FILLS = ("#FDF3DC", "#FBE6DA", "#DDEBF7", "#DDF1E8", "#EFE6F2", "#F4F4E4")


def contracts() -> list[dict[str, object]]:
    """Return the layer contracts of pyproject.toml: the house, a family, and others."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    every = settings["tool"]["importlinter"]["contracts"]
    return [contract for contract in every if contract["type"] == "layers"]


def layers(contract: dict[str, object]) -> list[list[str]]:
    """Return the modules of each layer, top to bottom, without the contract's marks."""
    rows = contract["layers"]
    assert isinstance(rows, list)
    return [
        [part.strip(" ()") for part in row.replace(":", "|").split("|")] for row in rows
    ]


def has_room(family: str, room: str) -> bool:
    """Say whether a family has a room, as a folder or as a module."""
    place = ROOT / family.replace(".", "/") / room
    return (place / "__init__.py").exists() or place.with_suffix(".py").exists()


class Drawing:
    """Lines of an SVG file, written from top to bottom."""

    def __init__(self) -> None:
        self.y = MARGIN
        self.parts: list[str] = []

    def text(
        self, x: float, y: float, words: str, *, size: int = 12, ink: str = INK,
        bold: bool = False, anchor: str = "start",
    ) -> None:  # fmt: skip
        """Write words; ``y`` is the baseline."""
        weight = ' font-weight="600"' if bold else ""
        self.parts.append(
            f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{ink}"'
            f'{weight} text-anchor="{anchor}">{escape(words)}</text>'
        )

    def box(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        """Draw a box."""
        self.parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="5"'
            f' fill="{fill}" stroke="{EDGE}"/>'
        )

    def heading(self, title: str, subtitle: str) -> None:
        """Write a heading and move below it."""
        self.text(MARGIN, self.y + 14, title, size=15, bold=True)
        self.text(MARGIN, self.y + 32, subtitle, ink=SOFT)
        self.y += 42

    def floor(self, modules: list[str], fill: str) -> None:
        """Draw one floor of the house, a line per package that has a word on it."""
        plain = [name.removeprefix("optkit.") for name in modules if not FLOORS[name]]
        told = [name for name in modules if FLOORS[name]]
        height = LINE * (len(told) + bool(plain)) + 9
        self.box(MARGIN, self.y, WIDTH - 2 * MARGIN, height, fill)
        y = self.y + LINE
        if plain:
            self.text(MARGIN + 10, y, " · ".join(plain), bold=True)
            y += LINE
        for name in told:
            self.text(MARGIN + 10, y, name.removeprefix("optkit."), bold=True)
            self.text(MARGIN + 120, y, FLOORS[name], ink=SOFT)
            y += LINE
        self.y += height + 6

    def rooms(self, rows: list[list[str]], families: list[str]) -> None:
        """Draw the rooms of a family, with a dot for each family that has the room."""
        first, step = WIDTH - MARGIN - 5 * 24 + 8, 24
        for k, family in enumerate(families):
            name = family.removeprefix("optkit.")
            x = first + k * step
            self.parts.append(
                f'<text x="{x}" y="{self.y + 58}" font-size="11" fill="{SOFT}"'
                f' transform="rotate(-60 {x} {self.y + 58})">{name}</text>'
            )
        self.y += 64
        for row, names in enumerate(rows):
            height = LINE * len(names) + 9
            self.box(MARGIN, self.y, WIDTH - 2 * MARGIN, height, FILLS[row % 5])
            for line, room in enumerate(names):
                y = self.y + LINE * (line + 1)
                self.text(MARGIN + 10, y, room, bold=True)
                self.text(MARGIN + 82, y, ROOMS[room], ink=SOFT, size=11)
                for k, family in enumerate(families):
                    fill = INK if has_room(family, room) else "none"
                    self.parts.append(
                        f'<circle cx="{first + k * step}" cy="{y - 4}" r="4"'
                        f' fill="{fill}" stroke="{EDGE}"/>'
                    )
            self.y += height + 4

    def svg(self) -> str:
        """Return the file."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.y + 6}"'
            f' width="{WIDTH}" font-family="DejaVu Sans, Helvetica, Arial, sans-serif">'
            f"<title>The floors of optkit, and the rooms of a family</title>"
            f'<rect width="{WIDTH}" height="{self.y + 6}" fill="white"/>'
        )
        return "\n".join([head, *self.parts, "</svg>"]) + "\n"


def draw() -> str:
    """Return the picture as the text of an SVG file."""
    house, family, *_ = contracts()
    drawing = Drawing()
    drawing.heading("The house", "A floor imports from the floors below it.")
    floors = layers(house)
    floors[-1].append("optkit.models")  # beside the core: neither imports the other
    for fill, modules in zip(FILLS, floors, strict=False):
        drawing.floor(modules, fill)
    drawing.y += 12
    drawing.heading(
        "A family", "Same rooms in every family; a room imports from those below it."
    )
    families = family["containers"]
    assert isinstance(families, list)
    drawing.rooms(layers(family), families)
    return drawing.svg()


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
