"""Pictures of networks."""

from __future__ import annotations

import numpy as np

import optkit
from optkit.dispatch.display.drawing.figure import draw
from optkit.dispatch.display.drawing.network import MOST_ON_A_RING, legend_entries


def test_network_shows_every_point_server_and_link() -> None:
    """The picture of an instance shows every access point, server and link."""
    instance = optkit.generate("dispatch", seed=1, intervals=2)
    axes = draw(instance).axes[0]  # type: ignore[arg-type]
    texts = {text.get_text() for text in axes.texts}
    assert texts == {*instance.aps, *(server.id for server in instance.servers)}  # type: ignore[attr-defined]
    links = sum(len(row) for row in instance.candidates)  # type: ignore[attr-defined]
    assert sum(len(line.get_xdata()) == 2 for line in axes.lines) == links


def test_large_network_becomes_a_matrix() -> None:
    """Many access points are drawn as a matrix of candidates."""
    instance = optkit.generate(
        "dispatch", seed=1, aps=MOST_ON_A_RING + 1, types=1, intervals=1
    )
    image = draw(instance).axes[0].images[0].get_array()  # type: ignore[arg-type]
    links = sum(len(row) for row in instance.candidates)  # type: ignore[attr-defined]
    assert np.count_nonzero(image) == links


def test_every_kind_of_line_is_in_the_legend() -> None:
    """The dashed lines to a cloud are explained, where there is a cloud."""
    for cloud in (True, False):
        instance = optkit.generate("dispatch", intervals=1, cloud=cloud, seed=1)
        shown = [entry.get_label() for entry in legend_entries(instance)]
        assert ("may send to the cloud" in shown) == cloud
        assert "may send there" in shown
