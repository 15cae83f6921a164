"""The networks are those of the paper, as far as its text says."""

from __future__ import annotations

import pytest

from optkit.allocation.problem.sink_tree import sink_tree
from optkit.reproduction.allocation.networks import (
    TOPOLOGIES,
    below,
    height,
    pairs,
    single_subtree,
    topology,
)
from tests.reproduction.allocation.cases import quick_context


def test_small_networks_are_the_papers() -> None:
    """Sizes, heights and pruned shares of Topologies 1 to 4 are those of the text."""
    trees = [sink_tree(topology(quick_context(), name, 0)) for name in TOPOLOGIES]
    assert [tree.count for tree in trees] == [7, 7, 9, 8]
    assert [height(tree) for tree in trees] == [6, 2, 5, 3]
    last = [below(tree, height(tree) - 1) / tree.count for tree in trees]
    assert last == pytest.approx([1 / 7, 4 / 7, 1 / 9, 3 / 8])


def test_pairs_are_nested() -> None:
    """Each network of Fig. 8 is the previous one with one more subtree of two."""
    networks = pairs(quick_context(), 4, 0)
    for count, network in enumerate(networks, start=1):
        tree = sink_tree(network)
        assert [subtree.size for subtree in tree.subtrees] == [2] * count
        assert network.servers == networks[-1].servers[: 2 * count + 1]


def test_single_subtree_is_one() -> None:
    """The large networks have a master with one neighbour, and a suitable tree."""
    network = single_subtree(quick_context(), 12, 0, lambda tree: height(tree) == 5)
    tree = sink_tree(network)
    assert len(tree.subtrees) == 1
    assert (tree.count, height(tree)) == (12, 5)
