"""Policies learn by the rules that solutions are judged by."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optkit
from optkit.core.arrays import Ints
from optkit.sync.check.checker import check
from optkit.sync.instance import SyncInstance
from optkit.sync.learning.episode_arrays import Scenario, scenario
from optkit.sync.learning.rules import Outcome, reset, step
from optkit.sync.problem.held_values import held_values
from optkit.sync.problem.objective import solution
from optkit.sync.problem.problem_data import ProblemData, problem_data
from optkit.sync.problem.report_gaps import longest_gap
from tests.sync.worlds import document, random_instance


def random_reports(data: ProblemData, rng: np.random.Generator) -> list[Ints]:
    """Return reports at random, with gaps that leave every limit keepable."""
    reports = []
    for gap in longest_gap(data):
        slot = int(rng.integers(gap))
        sent = []
        while slot < data.slots:
            sent.append(slot)
            slot += int(rng.integers(1, gap + 1))
        reports.append(np.array(sent, dtype=np.int64))
    return reports


def play(episode: Scenario, wanted: Any) -> list[Outcome]:
    """Play bits by slot, (T, L), with NumPy."""
    state, outcomes = reset(np, episode), []
    for bits in wanted:
        state, outcome = step(np, episode, state, bits)
        outcomes.append(outcome)
    return outcomes


def verified(
    instance: SyncInstance, reports: list[Ints], sent: Any
) -> optkit.Verification:
    """Return what the checker says of reports and of bits that were sent, (T, L)."""
    slots = [np.flatnonzero(column) for column in sent.T]
    return check(instance, solution(instance, reports, slots))


@pytest.mark.parametrize("seed", range(60))
def test_the_environment_counts_as_the_checker_does(seed: int) -> None:
    """Protects what is learnt: cost (14) and reward (19) are those of the checker."""
    instance = random_instance(seed)
    data, rng = problem_data(instance), np.random.default_rng(seed)
    reports = random_reports(data, rng)
    episode = scenario(data, held_values(data, reports))
    wanted = rng.random((data.slots, data.links)) < rng.uniform()
    outcomes = play(episode, wanted)
    sent = np.array([o.sent for o in outcomes]).reshape(data.slots, data.links)
    verdict = verified(instance, reports, sent)
    assert verdict.feasible
    paid = data.weight_report * sum(map(len, reports)) / data.devices
    cost = sum(float(o.cost.sum()) for o in outcomes) + paid
    assert cost == pytest.approx(verdict.objective, rel=1e-9, abs=1e-9)
    if data.links:
        reward = sum(float(o.reward) for o in outcomes)
        assert reward == pytest.approx(verdict.metrics["reward"], rel=1e-9)


def test_silence_is_broken_where_a_limit_asks_for_it() -> None:
    """Protects feasibility: a policy that never notifies is made to."""
    forced = 0
    for seed in range(40):
        instance = random_instance(seed, slots=30)
        data = problem_data(instance)
        reports = random_reports(data, np.random.default_rng(seed))
        episode = scenario(data, held_values(data, reports))
        silent = np.zeros((data.slots, data.links), dtype=bool)
        outcomes = play(episode, silent)
        sent = np.array([o.sent for o in outcomes]).reshape(silent.shape)
        free = np.array([o.free for o in outcomes]).reshape(silent.shape)
        assert not (sent & free).any()
        assert verified(instance, reports, sent).feasible
        forced += int(sent.sum())
    assert forced > 100


def test_a_policy_that_always_wants_to_tell_is_no_trap() -> None:
    """Whatever actors want, no limit breaks: telling too early can make a pair older.

    On this slow link a notification in slot 3 would leave the pair past its limit a slot
    later, when telling again is past it too.
    """
    made = document(slots=30, max_pair_age=5.2)
    for link in made["links"]:
        link["rate"] = 1 / 1.4
    instance = SyncInstance.parse(made)
    data = problem_data(instance)
    reports = [np.arange(4, 30), np.arange(3, 30)]
    episode = scenario(data, held_values(data, reports))
    outcomes = play(episode, np.ones((30, data.links), dtype=bool))
    sent = np.array([outcome.sent for outcome in outcomes])
    slots = [np.flatnonzero(column) for column in sent.T]
    assert check(instance, solution(instance, reports, slots)).feasible
