"""Figures as files: repeatable, and independent of the user's settings."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from typing import get_args

import matplotlib
import pytest
from matplotlib.figure import Figure

from optkit.plotting.charts import OPTIMUM, axes, legend_above, lines
from optkit.plotting.output import FILE_DPI, Format, picture_files, render
from optkit.plotting.pictures import Picture
from optkit.plotting.style import CHARTS, using

FORMATS: tuple[Format, ...] = get_args(Format)
STARTS = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}


def chart() -> Figure:
    """Return a chart with text, lines and a legend."""
    figure, panel = axes("a title", "x (s)", "y (J)")
    lines(panel, [0.0, 1.0], {"optimum": (OPTIMUM, [(1.0, 1.0, 1.0), (2.0, 1.5, 2.5)])})
    legend_above(panel, 1)
    return figure


PICTURE = Picture("chart", "A chart.", chart)


def digests() -> list[str]:
    """Return a digest of the chart in each format."""
    files = picture_files(PICTURE, *FORMATS)
    return [hashlib.sha256(files[kind]).hexdigest() for kind in FORMATS]


@pytest.mark.slow
@pytest.mark.parametrize("kind", FORMATS)
def test_files_have_their_format(kind: Format) -> None:
    """Each format begins as it must, and holds no date and no name of a program."""
    data = picture_files(PICTURE, kind)[kind]
    assert data.startswith(STARTS[kind])
    for note in (b"CreationDate", b"dc:date", b"Matplotlib"):
        assert note not in data


@pytest.mark.slow
def test_same_figure_same_bytes() -> None:
    """Another process, with another hash seed, writes the same files."""
    script = "from tests.plotting.test_output import digests; print(*digests())"
    run = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == digests()


@pytest.mark.slow
def test_the_users_settings_do_not_count() -> None:
    """A user's matplotlibrc changes no picture, and is left as it was."""
    plain = digests()
    with matplotlib.rc_context({"font.size": 30.0, "axes.facecolor": "red"}):
        before = dict(matplotlib.rcParams)
        assert digests() == plain
        assert dict(matplotlib.rcParams) == before


def test_salt_tells_the_ids_of_two_pictures_apart() -> None:
    """Two pictures within one HTML page share no ids."""
    first, second = (
        picture_files(PICTURE, "svg", salt=salt)["svg"] for salt in ("a", "b")
    )
    assert first != second


def test_letters_are_paths_or_text() -> None:
    """Letters look the same everywhere as paths, and are searchable as text."""
    with using(CHARTS):
        figure = chart()
    assert b">a title<" not in render(figure, "svg", settings=CHARTS)
    assert b">a title<" in render(figure, "svg", settings=CHARTS, letters="none")


def test_resolution_of_a_png() -> None:
    """A PNG that is not cut to its contents has the stated pixels per inch."""
    data = render(Figure(figsize=(2.0, 1.0)), "png", tight=False)
    width, height = (int.from_bytes(data[k : k + 4]) for k in (16, 20))
    assert (width, height) == (2 * FILE_DPI, FILE_DPI)
