"""The paper's statements about Figure 3, judged by the measurements alone."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np

from optkit.core.arrays import Floats
from optkit.reproduction.engine import Claim, Statement, Verdict
from optkit.reproduction.engine.statistics import (
    Estimate,
    change,
    judge_estimates,
    mean,
    ratio,
)
from optkit.reproduction.sync.notification_study import (
    CLAIRVOYANT,
    LEARNED,
    RENT,
    RULES,
    Study,
)

PUBLISHED_LEAD = 0.0051
"""By how much MAPPO's reward is higher than MAA2C's, according to the text."""

NEAR = 0.9
"""Share of the way to the better final return after which training has converged."""


def _of(study: Study, quantity: str, method: str) -> Floats:
    return study.data.of(quantity, study.data.settings[0], method)


def higher(study: Study, method: str, rival: str) -> Estimate:
    """Return how much higher a method's reward (19) is, as a share of its rival's.

    Rewards are negative.
    """
    losses = ratio(-_of(study, "reward", method), -_of(study, "reward", rival))
    return Estimate(1.0 - losses.value, 1.0 - losses.high, 1.0 - losses.low)


def _lead(study: Study) -> tuple[str, Verdict]:
    lead = higher(study, "mappo", "maa2c")
    return (
        f"{lead.percent()} higher after {study.updates[-1]} updates.",
        judge_estimates([lead], "above", 0.0),
    )


def reached(curves: Floats, rival: Floats, updates: Floats) -> Floats:
    """Return the number of updates after which each run has come 90 % of the way, (K,).

    Parameters
    ----------
    curves, rival
        (K, V): returns of a method and of its rival. The way is from the lower start to
        the highest return of the two.
    updates
        (V,): the numbers of updates; a run that never gets there counts with the last.
    """
    low = np.minimum(curves[:, 0], rival[:, 0])
    best = np.maximum(curves.max(axis=1), rival.max(axis=1))
    there = curves >= (low + NEAR * (best - low))[:, None]
    first = np.where(there.any(axis=1), there.argmax(axis=1), len(updates) - 1)
    return np.asarray(updates[first], dtype=float)


def _faster(study: Study) -> tuple[str, Verdict]:
    updates = np.array(study.updates, dtype=float)
    mappo, maa2c = study.curves["mappo"], study.curves["maa2c"]
    ours, theirs = reached(mappo, maa2c, updates), reached(maa2c, mappo, updates)
    speed = ratio(ours, theirs)
    return (
        f"MAPPO needs {mean(ours)} updates, MAA2C {mean(theirs)}:"
        f" {speed} times as many.",
        judge_estimates([speed], "below", 1.0),
    )


def largest_fall(curves: Floats) -> Floats:
    """Return each run's largest fall below its best return so far, (K,), from (K, V)."""
    falls = np.maximum.accumulate(curves, axis=1) - curves
    return np.asarray(falls.max(axis=1), dtype=float)


def _stabler(study: Study) -> tuple[str, Verdict]:
    ours, theirs = (largest_fall(study.curves[name]) for name in LEARNED)
    difference = mean(ours - theirs)
    spread = " and ".join(
        f"{np.std(_of(study, 'reward', name)):.2g}" for name in LEARNED
    )
    return (
        f"Largest fall of the return on validation: MAPPO {mean(ours)}, MAA2C"
        f" {mean(theirs)}; difference {difference}. Standard deviations of the rewards in"
        f" the end: {spread}.",
        judge_estimates([difference], "below", 0.0),
    )


def _above_rules(study: Study, method: str) -> tuple[str, Verdict]:
    leads = {rule: higher(study, method, rule) for rule in RULES}
    words = "; ".join(f"{lead.percent()} above {rule}" for rule, lead in leads.items())
    return f"{words}.", judge_estimates(leads.values(), "above", 0.0)


def balance(study: Study, methods: Iterable[str]) -> dict[str, Floats]:
    """Return by method the worse of age and error, each relative to the least, (K,)."""
    names = list(methods)
    worst = {}
    for name in names:
        shares = [
            _of(study, quantity, name)
            / np.min([_of(study, quantity, method) for method in names], axis=0)
            for quantity in ("age", "error")
        ]
        worst[name] = np.asarray(np.max(shares, axis=0), dtype=float)
    return worst


def _balanced(study: Study) -> tuple[str, Verdict]:
    worst = balance(study, (*LEARNED, *RULES))
    ratios = [ratio(worst["mappo"], worst[name]) for name in ("maa2c", *RULES)]
    words = "; ".join(
        f"{name} {_of(study, 'age', name).mean():.3g} and"
        f" {_of(study, 'error', name).mean():.3g}"
        for name in worst
    )
    return (
        f"Mean age in slots and error in percent: {words}.",
        judge_estimates(ratios, "below", 1.0),
    )


def _cheaper(study: Study) -> tuple[str, Verdict]:
    ratios = {
        name: ratio(_of(study, "cost", "mappo"), _of(study, "cost", name))
        for name in ("maa2c", *RULES)
    }
    words = "; ".join(f"{value} times that of {name}" for name, value in ratios.items())
    return f"MAPPO's mean cost: {words}.", judge_estimates(
        ratios.values(), "below", 1.0
    )


def gap(study: Study, method: str) -> Estimate:
    """Return the cost (14) above the clairvoyant optimum for the same reports."""
    costs, optimum = (_of(study, "objective", name) for name in (method, CLAIRVOYANT))
    return change(costs, optimum)


def _nearer_than_rent(study: Study) -> tuple[str, Verdict]:
    against = ratio(_of(study, "objective", "mappo"), _of(study, "objective", RENT))
    words = "; ".join(
        f"{name} {gap(study, name).percent()}" for name in (*LEARNED, RENT)
    )
    return (
        f"Cost (14) above the optimum: {words}.",
        judge_estimates([against], "below", 1.0),
    )


_RULES_REASON = (
    "The paper gives no parameters of the rules; those used have the best reward on"
    " training loads among many."
)

STATEMENTS: tuple[Statement[Study], ...] = (
    Statement(
        "MAPPO has a higher reward than MAA2C.",
        "Text to Fig. 3: 0.51 % higher.",
        _lead,
        f"Judged by its sign; the paper prints {100 * PUBLISHED_LEAD:.2f} %. An update is a"
        " batch of episodes: MAPPO takes sixteen gradient steps on it, MAA2C one.",
    ),
    Statement(
        "MAPPO converges faster than MAA2C.",
        "Text to Fig. 3; no number.",
        _faster,
        "Judged by the updates to 90 % of the way from the lower start to the higher"
        " end of a pair's returns on validation; a run that never gets there counts"
        " with the last update.",
    ),
    Statement(
        "MAPPO's training is stabler than MAA2C's.",
        "Text to Fig. 3; no number.",
        _stabler,
        "Judged by a run's largest fall below its best return so far.",
    ),
    Statement(
        "MAPPO has a higher reward than periodic, threshold and random notification.",
        "Conclusion: superior to MAA2C and the baselines.",
        partial(_above_rules, method="mappo"),
        _RULES_REASON,
    ),
    Statement(
        "MAA2C has a higher reward than periodic, threshold and random notification.",
        "Not in the text; Fig. 3 is lost.",
        partial(_above_rules, method="maa2c"),
        _RULES_REASON,
    ),
    Statement(
        "MAPPO keeps age and error low at once, where others are good at one alone.",
        "Text to Fig. 3.",
        _balanced,
        "Judged by the worse of the two, each divided by the least value of the five"
        " policies: MAPPO's must be below all others.",
    ),
    Statement(
        "MAPPO spends less on notifications than the others.",
        "Abstract: significantly lower communication costs.",
        _cheaper,
        "Cost has the least weight in (19): a better reward may well spend more.",
    ),
    Statement(
        "Clipping the reward keeps MAPPO's training stable.",
        "Text to Fig. 3, as the reason for its stability.",
        None,
        "Nothing in the method clips rewards: (19) bounds the age's part by tanh for every"
        " method alike, and (23) clips ratios of probabilities.",
    ),
    Statement(
        "The framework scales well.",
        "Conclusion.",
        None,
        "The paper studies one network of five routers and gives no other size.",
    ),
    Statement(
        "(Ours) MAPPO is nearer to the clairvoyant optimum than rent-or-buy, which learns"
        " nothing.",
        "Not in the paper.",
        _nearer_than_rent,
        "These actors see no more than (17) and are trained on (19), which is not (14);"
        " the shipped ones see more.",
    ),
)
"""The paper's statements, and one of ours."""


def claims(study: Study) -> tuple[Claim, ...]:
    """Judge every statement."""
    return tuple(statement.judged(study) for statement in STATEMENTS)


def untested(why: str) -> tuple[Claim, ...]:
    """Return all claims if nothing was run, and why it was not."""
    return tuple(statement.untested(why) for statement in STATEMENTS)
