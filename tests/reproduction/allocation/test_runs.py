"""Every reproduction of the allocation paper runs, on networks like the paper's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import optkit
from optkit.allocation.problem.sink_tree import sink_tree
from optkit.core.solving.family import resolve
from optkit.plotting.charts import spread_apart
from optkit.plotting.output import picture_files
from optkit.reproduction.allocation import REPRODUCTIONS, runs
from optkit.reproduction.allocation.networks import (
    TOPOLOGIES,
    below,
    height,
    pairs,
    single_subtree,
    topology,
)
from optkit.reproduction.engine import (
    Context,
    Reproduction,
    Settings,
    Verdict,
    combined,
)
from optkit.reproduction.engine.statistics import (
    Estimate,
    Share,
    judge_estimates,
    judge_shares,
    mean,
    rank_correlation,
    ratio,
)


def context(name: str = "test", repetitions: int = 1, seed: int = 0) -> Context:
    """Return the surroundings of a quick run."""
    return Context(name, Settings(seed=seed, quick=True), repetitions)


@pytest.mark.parametrize("reproduction", REPRODUCTIONS, ids=lambda one: one.name)
def test_quick_run(reproduction: Reproduction) -> None:
    """Each reproduction ends with judged claims, finite tables and drawable pictures."""
    found = resolve(reproduction.function)(context(reproduction.name))
    assert found.claims
    assert {claim.verdict for claim in found.claims} <= set(Verdict)
    assert found.parameters["networks"]
    for table in (*found.tables.values(), *found.data.values()):
        assert table.rows
        for row in table.rows:
            assert len(row) == len(table.columns)
            numbers = [cell for cell in row if isinstance(cell, float)]
            assert all(type(cell) is float and np.isfinite(cell) for cell in numbers)
    for picture in found.pictures:
        assert len(picture.caption) > 40
    if found.pictures:
        drawn = picture_files(found.pictures[-1], "svg", "png")
        assert drawn["png"].startswith(b"\x89PNG")
        assert b"<svg" in drawn["svg"]


def test_same_seed_same_costs() -> None:
    """The seed alone decides the networks and the answers, times excepted."""
    figure = "optkit.reproduction.allocation.task_size:run"
    tables = []
    for seed in (3, 3, 4):
        data = resolve(figure)(context(seed=seed)).data["table-1-runs"]
        cost = [column.name for column in data.columns].index("cost J")
        tables.append([row[cost] for row in data.rows])
    assert tables[0] == tables[1] != tables[2]


def test_contradictions_stop_a_study() -> None:
    """A verified cost below what another solver proved is an error, never a record."""
    surroundings = context()
    network = topology(surroundings, "Topology 2", 0)
    best = surroundings.solve(network, "pmo")
    surroundings.cross_check(replace(best, objective=best.objective * (1 + 1e-3)))
    with pytest.raises(optkit.ContradictionError, match="one of the two is wrong"):
        surroundings.cross_check(replace(best, objective=best.objective * (1 - 1e-3)))
    # On another problem, such as free routing, the bound bounds nothing.
    other = context()
    other.solve(network, "pmo")
    lower = replace(best, objective=best.objective * 0.9, bound=None)
    other.cross_check(lower, problem="free routing")


def test_time_limit_reaches_the_solver() -> None:
    """The user's time limit is that of every solve."""
    limited = Context("test", Settings(time_limit=7.5), 1)
    result = limited.solve(topology(limited, "Topology 2", 0), "pmo")
    assert result.limits.time == 7.5


def test_small_networks_are_the_papers() -> None:
    """Sizes, heights and pruned shares of Topologies 1 to 4 are those in the text."""
    trees = [sink_tree(topology(context(), name, 0)) for name in TOPOLOGIES]
    assert [tree.count for tree in trees] == [7, 7, 9, 8]
    assert [height(tree) for tree in trees] == [6, 2, 5, 3]
    last = [below(tree, height(tree) - 1) / tree.count for tree in trees]
    assert last == pytest.approx([1 / 7, 4 / 7, 1 / 9, 3 / 8])


def test_pairs_are_nested() -> None:
    """Each network of Fig. 8 is the one before with one more subtree of two."""
    networks = pairs(context(), 4, 0)
    for count, network in enumerate(networks, start=1):
        tree = sink_tree(network)
        assert [subtree.size for subtree in tree.subtrees] == [2] * count
        assert network.servers == networks[-1].servers[: 2 * count + 1]


def test_single_subtree_is_one() -> None:
    """The large networks have a master with one neighbour, and suit what was asked."""
    network = single_subtree(context(), 12, 0, lambda tree: height(tree) == 5)
    tree = sink_tree(network)
    assert len(tree.subtrees) == 1
    assert (tree.count, height(tree)) == (12, 5)


@pytest.mark.parametrize("pruned", [0, 1, 3, 7])
def test_pruning_threshold(pruned: int) -> None:
    """The threshold that is found leaves out as many servers as were asked for."""
    tree = sink_tree(topology(context(), "Topology 4", 1))
    threshold = runs.pruning_threshold(tree, pruned)
    assert runs.left_out(tree, threshold) == pruned


def test_verdicts_combine() -> None:
    """A claim of several parts holds where all do; what is untestable decides nothing."""
    holds, fails, untested = Verdict.HOLDS, Verdict.FAILS, Verdict.UNTESTED
    assert combined([holds, holds, untested]) is holds
    assert combined([holds, fails]) is Verdict.IN_PART
    assert combined([fails, fails]) is fails
    assert combined([untested]) is untested


def test_verdicts_on_shares_and_estimates() -> None:
    """The rules by which shares and intervals become verdicts."""
    assert judge_shares([Share(19, 20), Share(20, 20)]) is Verdict.HOLDS
    assert judge_shares([Share(18, 20), Share(20, 20)]) is Verdict.IN_PART
    assert judge_shares([Share(9, 20), Share(0, 20)]) is Verdict.FAILS
    sure, likely, no = (
        Estimate(0.5, 0.4, 0.6),
        Estimate(0.9, 0.7, 1.1),
        Estimate(1.2, 0.9, 1.5),
    )
    assert judge_estimates([sure], "below", 1.0) is Verdict.HOLDS
    assert judge_estimates([sure, likely], "below", 1.0) is Verdict.IN_PART
    assert judge_estimates([sure, no], "below", 1.0) is Verdict.IN_PART
    assert judge_estimates([no], "below", 1.0) is Verdict.FAILS
    assert judge_estimates([no], "above", 1.0) is Verdict.IN_PART


def test_intervals() -> None:
    """Means and ratios have intervals around them; one draw has none to speak of."""
    found = mean([1.0, 2.0, 3.0])
    assert found.low < found.value == 2.0 < found.high
    assert mean([2.0]) == Estimate(2.0, 2.0, 2.0)
    assert ratio([2.0, 8.0], [1.0, 2.0]).value == pytest.approx(8.0**0.5)
    assert Share.that([True, False]).interval[0] > 0.0
    assert rank_correlation([1, 2, 3], [1, 1, 1]) == 0.0
    assert rank_correlation([1, 2, 3], [9, 4, 1]) == pytest.approx(-1.0)


def test_labels_movespread_apart() -> None:
    """Names at the ends of lines keep their order and their distance."""
    placed = spread_apart([0.1, 0.11, 0.12, 0.5], 0.05)
    assert np.all(np.diff(placed) >= 0.05 - 1e-9)
    assert placed[-1] == 0.5
    assert np.mean(placed[:3]) == pytest.approx(0.11)
