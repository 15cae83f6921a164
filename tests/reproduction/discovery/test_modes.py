"""Claims on Figs. 13 to 15 and Table 3."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optkit.reproduction.discovery import modes
from optkit.reproduction.discovery.published import (
    TABLE_3,
    TABLE_4,
)
from optkit.reproduction.engine import Verdict
from tests.reproduction.discovery.cases import (
    COUNT,
    FAILS,
    HOLDS,
    IN_PART,
    run_of_cycles,
    runs,
    verdicts,
)


def test_table_3() -> None:
    """Claims on the modes hold on runs like the paper's, and do not on their reverse."""
    found = verdicts(modes.claims(runs()))
    assert found[:4] == [HOLDS] * 4
    assert found[5:] == [HOLDS, IN_PART]
    turned = runs(
        energy=100.0 - 0.5 * np.arange(COUNT),
        agents=np.full(COUNT, 5.0) - 0.1 * np.arange(COUNT),
        accuracy_agent=np.full(COUNT, 0.3),
        accuracy_self=np.linspace(0.31, 0.4, COUNT),
        time_agent=50.0 - np.arange(COUNT),
        time=50.0 - np.arange(COUNT),
    )
    assert verdicts(modes.claims(turned))[:6] == [FAILS] * 6


def test_table_3_widths_and_labels() -> None:
    """Wide accuracies hold, and so does a label that has most of the energy."""
    wide = runs(
        accuracy_agent=np.linspace(0.93, 0.24, COUNT),
        accuracy_self=np.linspace(0.75, 0.04, COUNT),
    )
    assert modes.claims(wide)[4].verdict is HOLDS
    own = replace(TABLE_4["min TTC"], energy_agent=152.83, energy_self=344.65)
    mended = {**TABLE_4, "min TTC": own}
    assert modes.claims(wide, TABLE_3, mended)[6].verdict is HOLDS
    other = {name: replace(row, energy=1.0) for name, row in TABLE_4.items()}
    assert modes.claims(wide, TABLE_3, other)[6].verdict is Verdict.UNTESTED


def test_cycles_are_labelled_by_their_share() -> None:
    """The cycles with most nodes in agent mode count, as many as in Table 3."""
    run = run_of_cycles(0)
    label = modes.as_counted(run)
    assert label.sum() == round(0.46 * COUNT)
    assert run.share[label].min() >= run.share[~label].max()
