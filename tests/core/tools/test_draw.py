"""Drawing from Python."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.figure import Figure

import optkit
from tests.small import OPTIONS, instance, result


@pytest.mark.parametrize("family", [*OPTIONS])
def test_every_family_is_drawn(family: str) -> None:
    """An instance, a solution and a result make figures; so does the course of a run."""
    answer = result(family)
    figures = [
        optkit.draw(answer.instance),
        optkit.draw(answer.instance, answer.solution),
        optkit.draw(answer.instance, answer),
        optkit.draw(answer.instance, answer, what="convergence"),
    ]
    assert all(isinstance(figure, Figure) for figure in figures)


@pytest.mark.parametrize("family", [*OPTIONS])
def test_saved_answers_show_what_their_results_do(family: str, tmp_path: Path) -> None:
    """Pictures and tables of a solution file, with figures of the checker."""
    answer = result(family)
    optkit.save(answer, tmp_path / "answer.json")
    stored = optkit.load_solution(tmp_path / "answer.json")
    assert isinstance(optkit.draw(answer.instance, stored), Figure)
    assert isinstance(optkit.draw(answer.instance, stored, what="convergence"), Figure)
    assert stored.to_frame(answer.instance).equals(answer.to_frame())
    other = instance("sync" if family != "sync" else "allocation")
    for what in ("picture", "convergence"):
        with pytest.raises(optkit.InvalidFileError, match=r"instance\.schema"):
            optkit.draw(other, stored, what=what)
    with pytest.raises(optkit.InvalidFileError, match=r"instance\.schema"):
        stored.to_frame(other)
    with pytest.raises(optkit.UsageError, match="unknown table 'nowhere'"):
        stored.to_frame(answer.instance, "nowhere")


def test_a_network_is_drawn() -> None:
    """A network is drawn without a solution, and refuses one."""
    network = optkit.Network.from_edges([("a", "b", 1.0)])
    assert isinstance(optkit.draw(network), Figure)
    with pytest.raises(optkit.UsageError, match="instance made of it"):
        optkit.draw(network, result("sync").solution)


def test_what_does_not_belong_together_is_refused() -> None:
    """Another instance's result, another family's solution, no run to show."""
    network = instance("allocation")
    for what in ("picture", "convergence"):
        with pytest.raises(optkit.UsageError, match="another instance"):
            optkit.draw(network, result("sync"), what=what)
    with pytest.raises(optkit.UsageError, match="not a solution of family allocation"):
        optkit.draw(network, result("sync").solution)
    with pytest.raises(optkit.UsageError, match="pass the result"):
        optkit.draw(network, what="convergence")
    with pytest.raises(optkit.UsageError, match="instance comes first"):
        optkit.draw(result("allocation"))  # type: ignore[arg-type]
    with pytest.raises(optkit.UsageError, match="'picture' or 'convergence'"):
        optkit.draw(network, what="map")  # type: ignore[arg-type]
