"""Comparisons of policies."""

from __future__ import annotations

from optkit.core.display.tables import Column
from optkit.reproduction.dispatch.compare import (
    change,
    extremes,
    policies_table,
    room_table,
    signed,
    with_room,
)
from optkit.reproduction.dispatch.runs import Study
from optkit.reproduction.engine.measurements import Measurements
from tests.reproduction.dispatch.cases import HOLDS, costs, made_up_study


def test_changes_are_paired() -> None:
    """A small difference is certain between policies that vary equally by path."""
    study = made_up_study([1.0, 2.0], costs(mdp=9.8))
    found = change(study.data, "cost", 1.0, "mdp", "selfish")
    assert found.low < 9.8 / 10.0 - 1.0 + 1e-3 < found.high + 2e-3
    assert found.high < 0.0
    assert signed(found).startswith("−2.0 % (−2.")
    words = extremes([2.0, 1.0], [found, found], lambda place: f"at {place:g}")
    assert words.count("−2.0 %") == 2


def test_room_is_between_means() -> None:
    """A judge adds what no policy exceeds: 80 % of a cost of 5 if the bound is 1."""
    study = made_up_study([1.0, 2.0], lambda place, _: 5.0 * place)
    judge = with_room(lambda _: ("Measured.", HOLDS), lambda place: f"at {place:g}")
    words, verdict = judge(study)
    assert verdict is HOLDS
    assert words.startswith("Measured. Of MDP's mean cost no policy saves more")
    assert "than 80.0 % (" in words
    assert ") at 1 to 90.0 % (" in words
    table = room_table("title", Column("place"), study.data)
    for row in table.rows:
        assert row[1] == 1.0
        assert str(row[3]).startswith(("0.0", "−0.0"))
        assert str(row[6]).startswith("80.0" if row[0] == 1.0 else "90.0")


def test_one_path_says_nothing_of_means() -> None:
    """The bound on means is not held against a single path, on which a policy is lucky."""
    every = made_up_study([1.0], costs())
    study = Study(Measurements(r for r in every.data if r.repetition == 0), {})
    judge = with_room(lambda _: ("Measured.", HOLDS), str)
    assert judge(study) == ("Measured.", HOLDS)
    assert room_table("title", Column("place"), study.data).rows[0][3:] == (None,) * 4
    table = policies_table("title", Column("place"), study.data)
    assert {row[5] for row in table.rows} == {None}
