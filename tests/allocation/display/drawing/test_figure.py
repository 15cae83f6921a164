"""The whole picture, and its files."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from typing import get_args
from xml.etree import ElementTree

import matplotlib
import pytest

from optkit.allocation.check.checker import check
from optkit.allocation.display.drawing.figure import draw
from optkit.allocation.display.view import View
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution
from optkit.plotting.labels import label, text_size
from optkit.plotting.output import Format, render
from tests.allocation.display.cases import Make, equal_shares, renamed

FORMATS: tuple[Format, ...] = get_args(Format)

ODD = [
    "$x$",
    "<b>a&b</b>",
    "a_b^{2}",
    "东京-服务器",
    "e\u0301tat",
    "\\frac{1}{2}",
    "☃ 😀",
    "قلب",
    "a\u202eb",
    "%d {} --> ]]>",
    "\ufffe\u2028",
    "a-very-long-name-of-a-server.rack-17.cluster.example.org" * 3,
]


def test_parts_of_a_solution(solved: View) -> None:
    """A solution is drawn as network, order, loads and Gantt chart under one title."""
    instance, verification = solved.instance, solved.verification
    figure = draw(instance, equal_shares(instance), verification)
    labels = [ax.get_label() for ax in figure.axes]
    assert {"network", "order", "loads", "gantt"} <= set(labels)
    title = [text.get_text() for text in figure.texts]
    assert title[0] == instance.name
    assert verification is not None
    assert f"cost {verification.objective:.6g}" in title[1]


def test_instance_alone_is_the_network(make: Make) -> None:
    """An instance alone is drawn as its network only."""
    figure = draw(make(shape="topology-4"))
    assert [ax.get_label() for ax in figure.axes] == ["network"]


def test_a_star_has_no_order_to_show(make: Make) -> None:
    """A star gets no part for the order, since each subtree has one server."""
    instance = make(shape="star", servers=5)
    figure = draw(instance, equal_shares(instance))
    assert "order" not in [ax.get_label() for ax in figure.axes]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shape", "servers"),
    [
        ("erdos-renyi", 1),
        ("star", 2),
        ("erdos-renyi", 25),
        ("chain", 40),
        ("random-tree", 200),
    ],
)
def test_every_size_is_drawn(make: Make, shape: str, servers: int) -> None:
    """Every size is drawn without a warning, with and without a solution."""
    instance = make(shape=shape, servers=servers)
    render(draw(instance), "png", dpi=40)
    figure = draw(instance, equal_shares(instance))
    assert render(figure, "png", dpi=40).startswith(b"\x89PNG")
    assert figure.get_figwidth() == 5.6


@pytest.mark.slow
@pytest.mark.parametrize("format", FORMATS)
def test_odd_names_are_drawn_as_they_are(make: Make, format: Format) -> None:  # noqa: A002
    """Ids that look like markup, or that no font can draw, are drawn as plain text."""
    instance = renamed(
        make(shape="random-tree", servers=12, subtrees=3), ODD, lost=("$\\bad{$",)
    ).model_copy(update={"name": "<i>$\\alpha$</i> " + "n" * 150})
    data = render(draw(instance, equal_shares(instance)), format)
    if format == "svg":
        ElementTree.fromstring(data)  # a well-formed document


def test_labels_are_short_and_keep_their_ends() -> None:
    """Labels have a limited number of columns, and keep both ends."""
    assert label("short") == "short"
    assert label("$x$") == "$x$"
    assert label("rack-17.cluster.example", 11) == "rack-…ample"
    assert label("a\u202eb") == "a□b"
    assert len(label("n" * 200, 16)) == 16


def test_text_is_measured_without_a_display() -> None:
    """Longer words and larger type are measured as larger."""
    assert text_size("wide word", 8.0)[0] > text_size("word", 8.0)[0]
    assert text_size("word", 9.0)[0] > text_size("word", 8.0)[0]


@pytest.mark.slow
@pytest.mark.parametrize("size", [0.0, 1e-12, 1e15])
def test_extreme_task_sizes(make: Make, size: float) -> None:
    """An empty, a tiny and a huge task are drawn."""
    instance = make(shape="topology-4")
    task = instance.task.model_copy(update={"size_gbit": size})
    instance = instance.model_copy(update={"task": task})
    render(draw(instance, equal_shares(instance)), "png", dpi=40)


def _failing(instance: AllocationInstance, kind: str) -> AllocationSolution:
    plain = equal_shares(instance)
    if kind == "structure":
        return plain.model_copy(update={"order": {}})
    return plain.model_copy(update={"load_gbit": {instance.master: 1.0}})


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["structure", "loads"])
def test_a_failed_check_is_said(make: Make, kind: str) -> None:
    """The title says that the check failed."""
    instance = make(shape="topology-4")
    wrong = _failing(instance, kind)
    for verification in (None, check(instance, wrong)):
        figure = draw(instance, wrong, verification)
        said = " ".join(text.get_text() for text in figure.texts)
        assert "Fails its check" in said
        render(figure, "png", dpi=40)


def test_left_out_servers_are_in_the_legend(make: Make) -> None:
    """The legend explains servers that the solution leaves out."""
    instance = make(shape="topology-4")
    alone = AllocationSolution(
        parent={}, load_gbit={"0": instance.task.size_gbit}, order={}
    )
    legend = draw(instance, alone).axes[0].get_legend()
    assert legend is not None
    assert "left out by the solution" in [t.get_text() for t in legend.get_texts()]


_AGAIN = """
import hashlib, optkit
from optkit.allocation.display.drawing.figure import draw
from optkit.plotting.output import render
instance = optkit.generate("allocation", shape="topology-4", seed=1)
result = optkit.solve(instance, "pmo")
figure = draw(instance, result.solution, result.verification)
for format in ("svg", "png", "pdf"):
    print(hashlib.sha256(render(figure, format)).hexdigest())
"""


@pytest.mark.slow
def test_same_input_same_bytes(solved: View) -> None:
    """Another process with another hash seed writes the same bytes."""
    solution = AllocationSolution(
        parent=dict(solved.parent),
        load_gbit={
            n: solved.server_metric(n, "load_gbit") for n in solved.server_metrics
        },
        order=dict(solved.order),
    )
    figure = draw(solved.instance, solution, solved.verification)
    here = [hashlib.sha256(render(figure, known)).hexdigest() for known in FORMATS]
    run = subprocess.run(
        [sys.executable, "-c", _AGAIN],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == here


@pytest.mark.slow
def test_the_users_settings_do_not_count(make: Make) -> None:
    """A user's matplotlibrc changes no picture, and no picture changes it."""
    instance = make(shape="topology-4")
    plain = render(draw(instance, equal_shares(instance)), "svg")
    with matplotlib.rc_context({"font.size": 30.0, "text.parse_math": True}):
        before = dict(matplotlib.rcParams)
        again = render(draw(instance, equal_shares(instance)), "svg")
        assert dict(matplotlib.rcParams) == before
    assert again == plain
