"""Whole pictures of instances and solutions."""

from __future__ import annotations

import io

import numpy as np
import pytest

import optkit
from optkit.dispatch.check.checker import check
from optkit.dispatch.display.drawing.figure import draw
from optkit.dispatch.display.drawing.series import MOST_SERVERS
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.solution import DispatchSolution
from tests.dispatch.instances import tiny


def drawn(
    instance: DispatchInstance, solution: DispatchSolution | None = None
) -> bytes:
    """Return the picture as a PNG file's bytes."""
    buffer = io.BytesIO()
    draw(instance, solution).savefig(buffer, format="png", dpi=40)
    return buffer.getvalue()


def test_picture_of_a_solution_has_its_parts() -> None:
    """Series, strips and distributions hold the data of the solution."""
    instance = optkit.generate("dispatch", seed=1, aps=3, servers=3, types=2)
    solution = optkit.solve(instance, "selfish").solution
    assert isinstance(solution, DispatchSolution)
    figure = draw(instance, solution)  # type: ignore[arg-type]
    metrics = check(instance, solution).metrics  # type: ignore[arg-type]
    total = np.add(metrics["jobs_queued"], metrics["jobs_in_transit"])
    series, queues, decisions, system, response = (
        axes for axes in figure.axes if axes.get_title(loc="left")
    )
    assert series.lines[0].get_ydata()[0] == pytest.approx(total.mean())
    assert queues.images[0].get_array().shape == (3, 250)
    assert decisions.images[0].get_array().sum() == metrics["jobs"]
    assert system.lines[0].get_xdata()[1:].tolist() == sorted(total.tolist())
    times = response.lines[0].get_xdata()[1:]
    assert len(times) == metrics["completed"]
    assert times.mean() == pytest.approx(metrics["mean_response_intervals"])
    assert "jobs dropped" in figure.get_suptitle()


def test_many_servers_are_cut_to_the_fullest() -> None:
    """A picture shows a limited number of servers, and says so."""
    instance = optkit.generate(
        "dispatch", seed=1, aps=40, servers=MOST_SERVERS + 5, types=1, intervals=5
    )
    solution = optkit.solve(instance, "selfish").solution
    strip = draw(instance, solution).axes[1]  # type: ignore[arg-type]
    assert len(strip.images[0].get_array()) == MOST_SERVERS
    assert f"{MOST_SERVERS} of {MOST_SERVERS + 5}" in strip.get_title(loc="left")


def test_wrong_solution_is_called_wrong() -> None:
    """The picture of a solution that fails its check says so."""
    figure = draw(tiny(), DispatchSolution(target=(0, 0)))
    assert "Fails its check" in figure.get_suptitle()


@pytest.mark.slow
def test_pictures_are_made_of_anything_small() -> None:
    """Pictures are made for no jobs, one of each, and tiny instances."""
    assert drawn(tiny()).startswith(b"\x89PNG")
    assert drawn(tiny(), DispatchSolution(target=(0, 0, 0, 0, 1))).startswith(
        b"\x89PNG"
    )
    empty = optkit.generate(
        "dispatch", seed=1, aps=1, servers=1, types=1, arrival=0.0, intervals=1
    )
    assert drawn(empty, DispatchSolution(target=())).startswith(b"\x89PNG")  # type: ignore[arg-type]
