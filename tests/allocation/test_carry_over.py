"""An old solution on a network that has changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optkit
from optkit.allocation import (
    AllocationInstance,
    AllocationSolution,
    carry_over,
    rescale,
)
from optkit.core.tools.solution_files import initial_solution, load_solution

LINKS = [("m", "a", 10.0), ("a", "b", 10.0), ("m", "c", 10.0), ("c", "b", 10.0)]


def _instance(links: Any = LINKS, size: float = 10.0) -> AllocationInstance:
    network = optkit.Network.from_edges(
        links,
        {name: {"ghz": 4.0} for name in sorted({x for e in links for x in e[:2]})},
    )
    made = optkit.generate(
        "allocation",
        network=network,
        master="m",
        size_gbit=size,
        capacitance=0.01,
        tx_watt=1.0,
    )
    assert isinstance(made, AllocationInstance)
    return made


def test_what_is_lost_goes_to_the_others() -> None:
    """B is out of the tree with the link from a, and its load is shared in proportion."""
    old = AllocationSolution(
        parent={"a": "m", "b": "a", "c": "m"},
        load_gbit={"m": 2.0, "a": 3.0, "b": 4.0, "c": 1.0},
        order={"a": ("b", "a"), "c": ("c",)},
    )
    cut = _instance([link for link in LINKS if link[:2] != ("a", "b")], size=12.0)
    new = carry_over(old, cut)
    assert new.parent == {"a": "m", "c": "m"}
    assert new.order == {"a": ("a",), "c": ("c",)}
    assert new.load_gbit == pytest.approx({"m": 4.0, "a": 6.0, "c": 2.0})
    assert new.routing == "free"
    assert optkit.check(cut, new).feasible


def test_the_master_does_everything_where_nothing_is_left() -> None:
    """Also where it had no load."""
    old = AllocationSolution(
        parent={"x": "m"}, load_gbit={"m": 0.0, "x": 5.0}, order={"x": ("x",)}
    )
    new = carry_over(old, _instance())
    assert (new.parent, new.load_gbit, new.order) == ({}, {"m": 10.0}, {})
    assert optkit.check(_instance(), new).feasible


def test_another_size_is_rescaling() -> None:
    """On the same network it is the offline–online scheme of the paper."""
    instance = _instance()
    solved = optkit.solve(instance)
    assert isinstance(solved.solution, AllocationSolution)
    scaled = rescale(solved, 25.0)
    carried = carry_over(solved.solution, _instance(size=25.0))
    assert isinstance(scaled.solution, AllocationSolution)
    assert carried.load_gbit == pytest.approx(scaled.solution.load_gbit)
    assert optkit.check(_instance(size=25.0), carried).objective == pytest.approx(
        scaled.objective
    )


@pytest.mark.parametrize("seed", range(20))
def test_carried_over_solutions_pass_the_check(seed: int) -> None:
    """Whatever goes and comes; and no bound over all trees is above their cost."""
    rng = np.random.default_rng(seed)
    first = optkit.generate("allocation", seed=seed, servers=12)
    document = first.document()
    document["links"] = [link for link in document["links"] if rng.random() < 0.7]
    gone = {str(name) for name in rng.choice(np.arange(1, 12), 3, replace=False)}
    document["servers"] = [x for x in document["servers"] if x["id"] not in gone]
    document["links"] = [
        link
        for link in document["links"]
        if gone.isdisjoint((link["source"], link["target"]))
    ]
    second = AllocationInstance.parse(document)
    solved = optkit.solve(first, "block")
    assert isinstance(solved.solution, AllocationSolution)
    carried = carry_over(solved.solution, second)
    verification = optkit.check(second, carried)
    assert verification.feasible, verification.violations
    limits = optkit.Limits(evaluations=50)
    anew = optkit.solve(second, "routed", limits=limits, initial=carried)
    assert anew.objective is not None
    assert verification.objective is not None
    assert anew.bound is not None
    assert anew.bound <= anew.objective * (1 + 1e-9)
    assert anew.objective <= verification.objective * (1 + 1e-9)


def test_a_solution_file_of_another_network_starts_a_run(tmp_path: Any) -> None:
    """As of ``optkit solve --initial``: carried over, with a note of its objective."""
    path = tmp_path / "old.json"
    optkit.save(optkit.solve(_instance()), path)
    cut = _instance([link for link in LINKS if link[:2] != ("a", "b")])
    solution, note = initial_solution(load_solution(path), cut, "old.json")
    assert optkit.check(cut, solution).feasible
    assert "old.json solves another instance" in note
    same, nothing = initial_solution(load_solution(path), _instance(), "old.json")
    assert (same.document()["routing"], nothing) == ("sink", "")
