"""Pictures of loads and of what routers know of them."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

import optkit
from optkit.sync.check.checker import check
from optkit.sync.display.drawing.figure import draw
from optkit.sync.display.drawing.link_figures import link_figures
from optkit.sync.display.drawing.panels import MOST_ROWS, MOST_SERIES, MOST_SLOTS
from optkit.sync.instance import SyncInstance
from optkit.sync.solution import SyncSolution
from tests.sync.instances import document


def generated(**options: Any) -> SyncInstance:
    """Return a random instance."""
    instance = optkit.generate("sync", seed=1, **options)
    assert isinstance(instance, SyncInstance)
    return instance


def solved(instance: SyncInstance, solver: str = "threshold") -> SyncSolution:
    """Return a solution of it."""
    solution = optkit.solve(instance, solver).solution
    assert isinstance(solution, SyncSolution)
    return solution


def drawn(instance: SyncInstance, solution: SyncSolution | None = None) -> bytes:
    """Return the picture as a PNG file's bytes."""
    buffer = io.BytesIO()
    draw(instance, solution).savefig(buffer, format="png", dpi=40)
    return buffer.getvalue()


def titled(
    instance: SyncInstance, solution: SyncSolution | None = None
) -> dict[str, Any]:
    """Return the axes of the picture by the first word of their titles."""
    axes = draw(instance, solution).axes
    return {
        panel.get_title(loc="left").split(" ")[0].strip(":"): panel for panel in axes
    }


def test_loads_are_drawn_as_they_are() -> None:
    """The picture of an instance has one curve per device, its load."""
    instance = generated(devices=3, slots=40)
    axes = titled(instance)
    for device in instance.devices:
        assert tuple(axes[device.id].lines[0].get_ydata()) == device.load_percent


def test_many_devices_become_strips_and_are_cut() -> None:
    """Many devices are drawn as strips, and the title says how many are left out."""
    instance = generated(devices=MOST_SERIES + 1, slots=30)
    strip = titled(instance)["Load,"].images[0].get_array()
    assert strip.tolist() == [list(device.load_percent) for device in instance.devices]
    more = generated(devices=MOST_ROWS + 2, routers=2, slots=30)
    axes = titled(more)["Load,"]
    assert len(axes.images[0].get_array()) == MOST_ROWS
    assert f"({MOST_ROWS} of {MOST_ROWS + 2} devices)" in axes.get_title(loc="left")


def test_ages_and_errors_are_what_the_checker_finds() -> None:
    """Mean ages and errors equal the checker's, for both readings of errors."""
    for error in ("held", "true"):
        instance = generated(slots=60, devices=8, error=error)
        for solver in ("threshold", "periodic", "gradient"):
            solution = solved(instance, solver)
            figures = link_figures(instance, solution)
            metrics = check(instance, solution).metrics
            assert figures.age.mean() == pytest.approx(metrics["mean_age"])
            assert figures.error.mean() == pytest.approx(metrics["mean_error"])


def test_reports_notifications_and_curves_are_the_solutions() -> None:
    """Dots, ticks and strips show the data of the solution."""
    instance = generated(slots=50)
    solution = solved(instance)
    axes = titled(instance, solution)
    device = instance.devices[0]
    load, redrawn, dots = axes[device.id].lines
    assert tuple(dots.get_xdata()) == solution.reports[device.id]
    reported = list(solution.reports[device.id])
    assert redrawn.get_ydata()[reported] == pytest.approx(load.get_ydata()[reported])
    ticks = axes["Reports"].collections
    assert [tuple(row.get_positions()) for row in ticks] == [
        solution.reports[d.id] for d in instance.devices
    ]
    used = {(n.source, n.target): n.slots for n in solution.notifications}
    rows = axes["Notifications"].collections
    assert [tuple(row.get_positions()) for row in rows] == [
        used.get((link.source, link.target), ()) for link in instance.links
    ]
    figures = link_figures(instance, solution)
    assert np.array_equal(axes["Age"].images[0].get_array(), figures.age)
    assert np.array_equal(axes["Error"].images[0].get_array(), figures.error)


def test_long_series_are_cut_and_the_picture_says_so() -> None:
    """Of a long horizon only the first slots are drawn, and the title says so."""
    instance = generated(slots=MOST_SLOTS + 50, devices=2, routers=2)
    figure = draw(instance, solved(instance, "periodic"))
    assert f"first {MOST_SLOTS} of {MOST_SLOTS + 50} slots" in figure.get_suptitle()
    assert len(figure.axes[0].lines[0].get_ydata()) == MOST_SLOTS


def test_wrong_solution_is_called_wrong() -> None:
    """The picture of a solution that fails its check says so."""
    instance = generated(slots=60)
    figure = draw(instance, SyncSolution(reports={}, notifications=()))
    assert "Fails its check" in figure.get_suptitle()


@pytest.mark.slow
def test_pictures_are_made_of_anything_small() -> None:
    """One slot, no links, or no reports can be drawn."""
    tiny = SyncInstance.parse(document(slots=1), "test")
    assert isinstance(tiny, SyncInstance)
    nothing = SyncSolution(reports={}, notifications=())
    for solution in (None, nothing):
        assert drawn(tiny, solution).startswith(b"\x89PNG")
    alone = SyncInstance.parse(document(slots=9, links=[]), "test")
    assert isinstance(alone, SyncInstance)
    assert drawn(alone, nothing).startswith(b"\x89PNG")


def test_an_instance_is_drawn_with_its_network() -> None:
    """Routers, devices and a line per pair of linked routers; many devices are counted."""
    instance = generated(routers=4, devices=4)
    panel = titled(instance)["Network"]
    names = {text.get_text() for text in panel.texts}
    assert names == {*instance.routers, *(device.id for device in instance.devices)}
    pairs = {frozenset((link.source, link.target)) for link in instance.links}
    lines = [line for line in panel.get_lines() if len(line.get_xdata()) == 2]
    assert len(lines) == len(pairs) + len(instance.devices)
    legend = [text.get_text() for text in panel.get_legend().get_texts()]
    assert {"router", "device"} <= set(legend)
    several = draw(generated(routers=3, devices=12))
    several.draw_without_rendering()
    marks = [line for line in several.axes[0].get_lines() if line.get_marker() == "o"]
    at = np.array(
        [line.get_transform().transform(line.get_xydata())[0] for line in marks]
    )
    apart = np.hypot(*(at[:, None] - at).transpose(2, 0, 1))[
        np.triu_indices(len(at), 1)
    ]
    assert apart.min() >= marks[0].get_markersize() * several.dpi / 72
    crowded = titled(generated(routers=2, devices=30))["Network"]
    assert "15 devices" in {text.get_text() for text in crowded.texts}
    assert "Network" not in titled(generated(routers=40, devices=40, slots=5))
