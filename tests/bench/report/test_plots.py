"""The charts of a report."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from optkit.bench.report.line_styles import line_styles
from optkit.bench.report.plots import cactus, slowness
from tests.bench.records import record, run_table_of


def test_profiles_compare_by_instance() -> None:
    """Solvers with different seeds or repetitions are compared on each instance."""
    runs = run_table_of(
        *(
            record(f"e{k}", label="exact", repetition=k, timing={"wall": 2.0 + k})
            for k in range(2)
        ),
        *(
            record(f"g{s}", label="ga", seed=s, timing={"wall": 4.0 * s})
            for s in (1, 2, 3)
        ),
        record("x", label="ga", seed=4, outcome="crash", status=None, objective=None),
    )
    ratios = slowness(runs, "proof")
    assert list(ratios) == [1.0, 1.5, 2.0, 4.0, 6.0, math.inf]


def test_curves_reach_the_end_of_the_axis() -> None:
    """A solver with proofs of half of its runs stays at 0.5, one without proofs at 0."""
    runs = pd.DataFrame(
        {
            "label": ["half", "half", "none", "none"],
            "proof": [0.5, np.inf, np.inf, np.inf],
            "limit": [8.0] * 4,
        }
    )
    panel = cactus(runs, "proof", line_styles(["half", "none"]), "proven").axes[0]
    half, none = (np.asarray(line.get_xydata()) for line in panel.get_lines())
    assert half[-1].tolist() == [8.0, 0.5]
    assert [0.5, 0.5] in half.tolist()
    assert none[:, 1].tolist() == [0.0, 0.0]
    assert none[-1, 0] == 8.0


def test_every_label_is_in_the_legend() -> None:
    """A label that starts with an underscore is in the legend as well."""
    rows = [
        record(label=label, timing={"wall": 1.0}, trajectory=[[0.1, 1.0, 1.0]])
        for label in ("_private", "plain")
    ]
    runs = run_table_of(*rows)
    figure = cactus(runs, "proof", line_styles(runs["label"]), "proven")
    legend = figure.axes[0].get_legend()
    assert legend is not None
    shown = [text.get_text().strip("\N{ZERO WIDTH SPACE}") for text in legend.texts]
    assert shown == ["_private", "plain"]
