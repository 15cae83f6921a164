"""The pictures beside proofs show what the instances and the model give."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import optkit
from optkit.sync.problem.held_values import held_values
from optkit.sync.problem.problem_data import problem_data

DOCS = Path(__file__).resolve().parent.parent / "docs"
LABEL = re.compile("<!-- (.*) -->")
"""Matplotlib writes each text of a picture into such a comment, too."""

SCRIPT = SimpleNamespace(**runpy.run_path(str(DOCS / "draw_mathematics.py")))


@pytest.mark.parametrize("name", SCRIPT.PICTURES)
def test_pictures_are_drawn_and_shown(name: str) -> None:
    """The picture in the folder has the labels of today, and is on a page."""
    stored = (SCRIPT.IMAGES / f"{name}.svg").read_text(encoding="utf-8")
    labels = LABEL.findall(SCRIPT.draw(name).decode())
    assert labels
    assert LABEL.findall(stored) == labels, "run python docs/draw_mathematics.py"
    pages = [page.read_text(encoding="utf-8") for page in DOCS.glob("*.md")]
    assert sum(f"](images/{name}.svg)" in page for page in pages) == 1


def test_cells_fill_the_simplex() -> None:
    """The triangles cover the simplex once; the shaded one leaves one sign open."""
    cells = SCRIPT.cells()
    assert len(cells.corners) > 10
    np.testing.assert_allclose(cells.corners.sum(axis=2), 1.0)
    assert np.abs(np.linalg.det(cells.corners)).sum() == pytest.approx(1.0)
    inside = cells.corners[cells.shaded()].mean(axis=0)
    assert inside.min() > 0.0
    assert cells.crossed()[cells.shaded()].sum() == 1


def test_lines_are_those_where_reduced_costs_vanish() -> None:
    """Both ends of each line have reduced cost 0 and lie on a side of the simplex."""
    for line in SCRIPT.cells().lines:
        ends = SCRIPT._line_in_simplex(line)
        assert ends.shape == (2, 3)
        np.testing.assert_allclose(ends @ line, 0.0, atol=1e-12)
        assert (ends.min(axis=1) == 0.0).all()


def test_interrupting_the_block_takes_less() -> None:
    """One order keeps the block in one run, the other does not, and takes less."""
    shown = SCRIPT.orders()
    runs = [
        np.count_nonzero(np.diff(shown.block[list(order)], prepend=False))
        for order in (shown.contiguous, shown.interrupted)
    ]
    assert runs[0] == 2  # into the block and out of it
    assert runs[1] > 2
    assert shown.loads(shown.contiguous).sum() > shown.loads(shown.interrupted).sum()


@pytest.mark.parametrize("name", ["nothing", "report", "notification", "both"])
def test_moves_change_ages_as_the_model_does(name: str) -> None:
    """Ages of the value held and of the copy after a slot are those of the model."""
    instance = optkit.generate("sync", seed=1, routers=2, slots=12)
    data = problem_data(instance)
    assert data.transmit[0] == SCRIPT.TRANSMIT
    now = 6  # the report from slot 3 is held; the copy is still that of slot 0
    reported, notified = name in ("report", "both"), name in ("notification", "both")
    reports = np.array([3, now + 1 - SCRIPT.TRANSMIT] if reported else [3])
    ages = held_values(data, [reports] * data.devices).age[0]
    copied = ages[now + 1] if notified else now + 1
    assert SCRIPT.moves(int(ages[now]), now)[name] == (ages[now + 1], copied)
