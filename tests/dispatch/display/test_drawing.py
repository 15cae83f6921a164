"""Pictures of networks and of what became of the jobs."""

from __future__ import annotations

import io

import numpy as np
import pytest

import optkit
from optkit.dispatch.check.checker import check
from optkit.dispatch.display.drawing.figure import draw
from optkit.dispatch.display.drawing.network import MOST_ON_A_RING
from optkit.dispatch.display.drawing.series import MOST_SERVERS, queue_lengths, sent
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.solution import DispatchSolution
from tests.dispatch.instances import random_instance, random_target, tiny


def drawn(
    instance: DispatchInstance, solution: DispatchSolution | None = None
) -> bytes:
    """Return the picture as a PNG file's bytes."""
    buffer = io.BytesIO()
    draw(instance, solution).savefig(buffer, format="png", dpi=40)
    return buffer.getvalue()


def test_network_shows_every_point_server_and_link() -> None:
    """Protects the picture of an instance: nothing is left out."""
    instance = optkit.generate("dispatch", seed=1, intervals=2)
    axes = draw(instance).axes[0]  # type: ignore[arg-type]
    texts = {text.get_text() for text in axes.texts}
    assert texts == {*instance.aps, *(server.id for server in instance.servers)}  # type: ignore[attr-defined]
    links = sum(len(row) for row in instance.candidates)  # type: ignore[attr-defined]
    assert sum(len(line.get_xdata()) == 2 for line in axes.lines) == links


def test_large_network_becomes_a_matrix() -> None:
    """Protects readability: many access points are drawn as a matrix of candidates."""
    instance = optkit.generate(
        "dispatch", seed=1, aps=MOST_ON_A_RING + 1, types=1, intervals=1
    )
    image = draw(instance).axes[0].images[0].get_array()  # type: ignore[arg-type]
    links = sum(len(row) for row in instance.candidates)  # type: ignore[attr-defined]
    assert np.count_nonzero(image) == links


def test_queue_strip_is_what_the_checker_counts() -> None:
    """Protects the strip: over all servers it adds up to the checker's queues."""
    for seed in range(25):
        instance = random_instance(seed)
        solution = DispatchSolution(target=random_target(instance, seed))
        counted = check(instance, solution).metrics["jobs_queued"]
        assert queue_lengths(instance, solution).sum(axis=0).tolist() == counted


def test_decisions_are_those_of_the_solution() -> None:
    """Protects the timeline: each job counts once, in its interval and at its server."""
    for seed in range(25):
        instance = random_instance(seed)
        target = random_target(instance, seed)
        counts = sent(instance, DispatchSolution(target=target))
        expected = np.zeros_like(counts)
        for slot, server in zip(instance.jobs.slot, target, strict=True):
            expected[server, slot // instance.slots_per_interval] += 1
        assert (counts == expected).all()


def test_passage_has_its_parts() -> None:
    """Protects the picture of a solution: series, strips, distributions hold its data."""
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
    """Protects readability: a strip has a limit, and says so."""
    instance = optkit.generate(
        "dispatch", seed=1, aps=40, servers=MOST_SERVERS + 5, types=1, intervals=5
    )
    solution = optkit.solve(instance, "selfish").solution
    strip = draw(instance, solution).axes[1]  # type: ignore[arg-type]
    assert len(strip.images[0].get_array()) == MOST_SERVERS
    assert f"{MOST_SERVERS} of {MOST_SERVERS + 5}" in strip.get_title(loc="left")


def test_wrong_solution_is_called_wrong() -> None:
    """Protects readers from pictures of solutions that fail their check."""
    figure = draw(tiny(), DispatchSolution(target=(0, 0)))
    assert "Fails its check" in figure.get_suptitle()


def test_pictures_are_made_of_anything_small() -> None:
    """Protects against crashes at the edges: no jobs, one of each, odd names."""
    assert drawn(tiny()).startswith(b"\x89PNG")
    assert drawn(tiny(), DispatchSolution(target=(0, 0, 0, 0, 1))).startswith(
        b"\x89PNG"
    )
    empty = optkit.generate(
        "dispatch", seed=1, aps=1, servers=1, types=1, arrival=0.0, intervals=1
    )
    assert drawn(empty, DispatchSolution(target=())).startswith(b"\x89PNG")  # type: ignore[arg-type]
