"""What the paper says of Figure 3, judged from the measurements alone."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from optkit.core.arrays import Floats
from optkit.reproduction.engine import Claim, Verdict
from optkit.reproduction.engine.statistics import (
    Estimate,
    judge_estimates,
    mean,
    ratio,
)
from optkit.reproduction.sync.notifying import CLAIRVOYANT, RENT, RULES, Study

PUBLISHED_LEAD = 0.0051
"""By how much MAPPO's reward is higher than MAA2C's, by the text."""

NEAR = 0.9
"""Share of the way to the better end from which training counts as converged."""

UNSAID = (
    (
        "Clipping the reward keeps MAPPO's training stable.",
        "Text to Fig. 3, as the reason of its stability.",
        "Nothing in the method clips rewards: (19) bounds the age's part by tanh for every"
        " method alike, and (23) clips ratios of probabilities.",
    ),
    (
        "The framework scales well.",
        "Conclusion.",
        "The paper studies one network of five routers and gives no other size.",
    ),
)
"""Claims without an experiment: words, place, reason."""


def claims(study: Study) -> tuple[Claim, ...]:
    """Judge every statement."""
    return (
        _lead(study),
        _faster(study),
        _stabler(study),
        _above_rules(
            study, "mappo", "Conclusion: superior to MAA2C and the baselines."
        ),
        _above_rules(study, "maa2c", "Not in the text; Fig. 3 is lost."),
        _balanced(study),
        _cheaper(study),
        *_unsaid(),
        _nearer_than_rent(study),
    )


STATEMENTS = (
    ("MAPPO has a higher reward than MAA2C.", "Text to Fig. 3: 0.51 % higher."),
    ("MAPPO converges faster than MAA2C.", "Text to Fig. 3; no number."),
    ("MAPPO's training is stabler than MAA2C's.", "Text to Fig. 3; no number."),
    (
        "MAPPO has a higher reward than periodic, threshold and random notification.",
        "Conclusion: superior to MAA2C and the baselines.",
    ),
    (
        "MAA2C has a higher reward than periodic, threshold and random notification.",
        "Not in the text; Fig. 3 is lost.",
    ),
    (
        "MAPPO keeps age and error low at once, where others are good at one alone.",
        "Text to Fig. 3.",
    ),
    (
        "MAPPO spends less on notifications than the others.",
        "Abstract: significantly lower communication costs.",
    ),
    (
        "(Ours) MAPPO is nearer to the clairvoyant optimum than rent-or-buy, which learns"
        " nothing.",
        "Not in the paper.",
    ),
)
"""Words and place of what is judged."""


def untested(why: str) -> tuple[Claim, ...]:
    """Return all claims where nothing was run, with the reason."""
    judged = [
        Claim(words, paper, "Nothing was run.", Verdict.UNTESTED, why)
        for words, paper in STATEMENTS
    ]
    return (*judged[:-1], *_unsaid(), judged[-1])


def _unsaid() -> Iterable[Claim]:
    return (
        Claim(words, paper, "Nothing was run.", Verdict.UNTESTED, why)
        for words, paper, why in UNSAID
    )


def _of(study: Study, quantity: str, method: str) -> Floats:
    return study.data.of(quantity, study.data.settings[0], method)


def higher(study: Study, method: str, rival: str) -> Estimate:
    """Return by which share of the rival's reward (19), a loss, a method's is higher."""
    found = ratio(-_of(study, "reward", method), -_of(study, "reward", rival))
    return Estimate(1.0 - found.value, 1.0 - found.high, 1.0 - found.low)


def _lead(study: Study) -> Claim:
    found = higher(study, "mappo", "maa2c")
    return Claim(
        *STATEMENTS[0],
        f"{found.percent()} higher after {study.updates[-1]} updates.",
        judge_estimates([found], "above", 0.0),
        f"Judged by its sign; printed are {100 * PUBLISHED_LEAD:.2f} %. An update is a"
        " batch of episodes: MAPPO takes sixteen gradient steps on it, MAA2C one.",
    )


def reached(curves: Floats, other: Floats, updates: Floats) -> Floats:
    """Return after how many updates each run has come 90 % of the way.

    Parameters
    ----------
    curves, other
        (K, V): returns of a method and of its rival. The way is from the lower begin to
        the higher end of the two.
    updates
        (V,): the updates; a run that never gets there counts with the last.
    """
    low = np.minimum(curves[:, 0], other[:, 0])
    best = np.maximum(curves.max(axis=1), other.max(axis=1))
    there = curves >= (low + NEAR * (best - low))[:, None]
    first = np.where(there.any(axis=1), there.argmax(axis=1), len(updates) - 1)
    return np.asarray(updates[first], dtype=float)


def _faster(study: Study) -> Claim:
    updates = np.array(study.updates, dtype=float)
    mappo, maa2c = study.curves["mappo"], study.curves["maa2c"]
    ours, theirs = reached(mappo, maa2c, updates), reached(maa2c, mappo, updates)
    found = ratio(ours, theirs)
    return Claim(
        *STATEMENTS[1],
        f"MAPPO needs {mean(ours)} updates, MAA2C {mean(theirs)}:"
        f" {found} times as many.",
        judge_estimates([found], "below", 1.0),
        "Judged by the updates to 90 % of the way from the lower begin to the higher end"
        " of a pair's returns on validation; who never gets there counts with the last"
        " update.",
    )


def largest_fall(curves: Floats) -> Floats:
    """Return each run's largest fall below what it had reached, (K,), of (K, V)."""
    falls = np.maximum.accumulate(curves, axis=1) - curves
    return np.asarray(falls.max(axis=1), dtype=float)


def _stabler(study: Study) -> Claim:
    ours, theirs = (largest_fall(study.curves[name]) for name in ("mappo", "maa2c"))
    found = mean(ours - theirs)
    ends = [_of(study, "reward", name) for name in ("mappo", "maa2c")]
    spread = " and ".join(f"{np.std(one):.2g}" for one in ends)
    return Claim(
        *STATEMENTS[2],
        f"Largest fall of the return on validation: MAPPO {mean(ours)}, MAA2C"
        f" {mean(theirs)}; difference {found}. Standard deviations of the rewards in the"
        f" end: {spread}.",
        judge_estimates([found], "below", 0.0),
        "Judged by the largest fall of a run below what it had reached before.",
    )


def _above_rules(study: Study, method: str, paper: str) -> Claim:
    found = {rule: higher(study, method, rule) for rule in RULES}
    words = "; ".join(f"{one.percent()} above {rule}" for rule, one in found.items())
    statement = next(w for w, p in STATEMENTS[3:5] if p == paper)
    return Claim(
        statement,
        paper,
        f"{words}.",
        judge_estimates(found.values(), "above", 0.0),
        "The paper gives no parameters of the rules; theirs have the best reward on"
        " training loads among many.",
    )


def balance(study: Study, methods: Iterable[str]) -> dict[str, Floats]:
    """Return, by method, the worse of its age and its error, each over the least one."""
    names = list(methods)
    worst = {}
    for name in names:
        shares = [
            _of(study, quantity, name)
            / np.min([_of(study, quantity, other) for other in names], axis=0)
            for quantity in ("age", "error")
        ]
        worst[name] = np.asarray(np.max(shares, axis=0), dtype=float)
    return worst


def _balanced(study: Study) -> Claim:
    worst = balance(study, ("mappo", "maa2c", *RULES))
    found = {
        name: ratio(worst["mappo"], other)
        for name, other in worst.items()
        if name != "mappo"
    }
    words = "; ".join(
        f"{name} {_of(study, 'age', name).mean():.3g} and"
        f" {_of(study, 'error', name).mean():.3g}"
        for name in worst
    )
    return Claim(
        *STATEMENTS[5],
        f"Mean age in slots and error in percent: {words}.",
        judge_estimates(found.values(), "below", 1.0),
        "Judged by the worse of the two, each divided by the least that any of the five"
        " has: MAPPO's has to be below everybody's.",
    )


def _cheaper(study: Study) -> Claim:
    rivals = ("maa2c", *RULES)
    found = {
        name: ratio(_of(study, "cost", "mappo"), _of(study, "cost", name))
        for name in rivals
    }
    words = "; ".join(f"{one} times that of {name}" for name, one in found.items())
    return Claim(
        *STATEMENTS[6],
        f"MAPPO's mean cost: {words}.",
        judge_estimates(found.values(), "below", 1.0),
        "Cost has the least weight in (19): a better reward may well spend more.",
    )


def gap(study: Study, method: str) -> Estimate:
    """Return the cost (14) above the clairvoyant optimum for the same reports."""
    found = ratio(_of(study, "objective", method), _of(study, "objective", CLAIRVOYANT))
    return Estimate(found.value - 1.0, found.low - 1.0, found.high - 1.0)


def _nearer_than_rent(study: Study) -> Claim:
    against = ratio(_of(study, "objective", "mappo"), _of(study, "objective", RENT))
    words = "; ".join(
        f"{name} {gap(study, name).percent()}" for name in ("mappo", "maa2c", RENT)
    )
    return Claim(
        *STATEMENTS[7],
        f"Cost (14) above the optimum: {words}.",
        judge_estimates([against], "below", 1.0),
        "These actors see no more than (17) and are trained on (19), which is not (14);"
        " the shipped ones see more.",
    )
