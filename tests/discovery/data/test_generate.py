"""The generator: reproducible, and calibrated as in the paper."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optkit
from optkit.core.errors import UsageError
from optkit.discovery.data.generate import GeneratorOptions, generate
from optkit.discovery.instance import DiscoveryInstance


def generated(**options: Any) -> DiscoveryInstance:
    """Return a generated instance."""
    instance = optkit.generate("discovery", **{"seed": 1, **options})
    assert isinstance(instance, DiscoveryInstance)
    return instance


def test_same_seed_same_instance_and_others_differ() -> None:
    """The same seed gives the same instance, another seed another one."""
    sizes = {"nodes": 12, "windows": 3}
    assert generated(**sizes).sha256 == generated(**sizes).sha256
    assert generated(**sizes).sha256 != generated(**sizes, seed=2).sha256


def test_the_benchmark_of_table_2() -> None:
    """The defaults give 50 nodes within 10 %, 100 cycles, and plausible accuracies."""
    instance = generated()
    present = np.sum(instance.present, axis=1)
    assert (instance.windows, len(instance.resources), len(instance.candidates)) == (
        100,
        3,
        10,
    )
    assert present.min() >= 45
    assert present.max() <= 55
    here = np.array(instance.present)
    agent = np.array(instance.accuracy_agent)[here]
    alone = np.array(instance.accuracy_self)[here]
    # Table 3: accuracies from 0.24 to 0.93 in agent mode, 0.04 to 0.75 in the other.
    assert 0.2 <= agent.min() < agent.max() <= 0.95
    assert 0.04 <= alone.min() < alone.max() <= 0.75
    assert instance.physics is not None
    assert instance.physics["period_s"] == 2.0


@pytest.mark.parametrize(
    "sizes",
    [
        {"nodes": 0, "windows": 2},
        {"nodes": 1, "windows": 1},
        {"nodes": 5, "windows": 0},
        {"nodes": 5, "windows": 1, "resources": 0},
        {"nodes": 5, "windows": 1, "candidates": 0},
    ],
)
def test_small_sizes_arereacting_network(sizes: dict[str, int]) -> None:
    """The smallest sizes are generated."""
    assert generated(**sizes).windows == sizes["windows"]


def test_more_candidates_than_nodes_are_refused() -> None:
    """More candidates than nodes are refused, since candidates never leave."""
    with pytest.raises(UsageError, match="candidates"):
        generated(nodes=5, candidates=6)


def test_generator_options_are_the_documents_readings() -> None:
    """Options for readings end up in the document."""
    options = GeneratorOptions(
        nodes=4,
        windows=1,
        qan_rule="single",
        connection="optional",
        accuracy_form="sum",
    )
    reading = generate(options, 1)["reading"]
    assert (reading["qan_rule"], reading["connection"]) == ("single", "optional")
    assert reading["accuracy_form"] == "sum"
