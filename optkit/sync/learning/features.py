"""What a policy that all links share sees of a link: numbers that fit any instance.

Costs are in units of the link's fee, so that prices, hops and the number of routers drop
out; ages are in units of the limit. The functions take the array module (NumPy or
``jax.numpy``), so that training and the frozen policy compute the same.
"""

from __future__ import annotations

from typing import Any, NamedTuple

WINDOWS = (2, 4, 8, 16)
"""Slots over which the recent past is summarised."""

MEMORY = max(WINDOWS)
"""Past slots that a policy remembers."""

NO_FEE = 1e-9
"""Fees below this count as this where costs are divided by them."""

RENT = 1
"""Place of the rent, this slot's included, in that vector."""

FEATURES = 19
"""Length of the vector that :func:`link_features` returns."""


class LinkState(NamedTuple):
    """A link before its decision in a slot; leading axes are free and broadcast.

    Parameters
    ----------
    past
        (…, MEMORY + 1, n): what the source holds of its devices, this slot's values
        first; before slot 0 the values of slot 0.
    past_told
        (…, MEMORY + 1): age right after a notification, this slot's first; before slot 0
        that of slot 0.
    copy
        (…, n): what the target was told last.
    silent_age
        (…): age Φ in this slot if there is no notification.
    rent
        (…): Σ of the costs of silence since the last notification, in fees, this slot's
        not included.
    age_price, error_price
        (…): cost of a slot of age and of a percent of error in a slot, in fees.
    limit
        (…): limit on the age.
    """

    past: Any
    past_told: Any
    copy: Any
    silent_age: Any
    rent: Any
    age_price: Any
    error_price: Any
    limit: Any


def silence_cost(xp: Any, state: LinkState) -> Any:
    """Return, (…), what silence costs in this slot above telling, in fees.

    That is the error, and the age if telling would make the pair younger.
    """
    error = xp.abs(state.past[..., 0, :] - state.copy).sum(-1)
    gain = state.silent_age - state.past_told[..., 0]
    return state.age_price * xp.maximum(gain, 0.0) + state.error_price * error


def link_features(xp: Any, state: LinkState) -> Any:
    """Return the features of a link, (…, FEATURES).

    They are: what silence costs now, and since the last notification; its parts; by how
    much the values held now would have been a better copy in the last 2, 4, 8 and 16
    slots than the copy is; how much the values moved per slot in the last 1, 2, 4, 8 and
    16; whether they move away from the copy or back to it; how old the pair is; how
    stale a report is compared with the freshest and the stalest of late; and the prices.
    """
    past, copy = state.past, state.copy
    now = past[..., 0, :]
    age_price, error_price = state.age_price, state.error_price
    gain = age_price * (state.silent_age - state.past_told[..., 0])
    error = error_price * xp.abs(now - copy).sum(-1)
    silence = xp.maximum(gain, 0.0) + error
    costs = [silence, state.rent + silence, gain, error]
    moves = []
    better = 0.0
    moved = 0.0
    for back in range(MEMORY):
        then = past[..., back, :]
        better = better + xp.abs(then - copy).sum(-1) - xp.abs(then - now).sum(-1)
        moved = moved + xp.abs(then - past[..., back + 1, :]).sum(-1)
        if back + 1 in WINDOWS:
            costs.append(error_price * better / (back + 1))
        if back == 0 or back + 1 in WINDOWS:
            moves.append(error_price * moved / (back + 1))
    away = xp.sign(now - copy)
    for back in (1, 2):
        costs.append(error_price * (away * (now - past[..., back, :])).sum(-1))
    told = state.past_told
    costs += [
        *moves,
        age_price * (told[..., 0] - told.min(-1)),
        age_price * (told.max(-1) - told[..., 0]),
    ]
    aged = state.silent_age / xp.maximum(state.limit, 1.0)
    plain = [aged, 0.2 * xp.log(age_price + 1e-3)]
    columns = xp.broadcast_arrays(*(squashed(xp, cost) for cost in costs), *plain)
    return xp.stack(columns, axis=-1)


def squashed(xp: Any, cost: Any) -> Any:
    """Return a cost in fees on a scale that is fine near 0 and does not run away."""
    return 0.5 * xp.sign(cost) * xp.log1p(4.0 * xp.abs(cost))


OBSERVED = 3
"""Numbers that the observation (17) has for each link: e, Φ, and the bit before."""


def paper_features(xp: Any, state: LinkState, last: Any) -> Any:
    """Return the paper's observation (eq 17) of each link, (…, OBSERVED).

    They are the error before the decision in units of 10 %, since after one it would be 0;
    the age in units of its limit; and the bit of the slot before.

    Parameters
    ----------
    xp
        ``numpy`` or ``jax.numpy``.
    state
        The links.
    last
        (…): 1 where a notification was sent in the slot before, else 0.
    """
    error = xp.abs(state.past[..., 0, :] - state.copy).sum(-1)
    aged = state.silent_age / xp.maximum(state.limit, 1.0)
    return xp.stack([error / 10.0, aged, last], axis=-1)
