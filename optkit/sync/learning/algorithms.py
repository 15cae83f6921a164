"""One interface to the three ways of learning, for the loop that all of them share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from optkit.core.solving.seeds import generator
from optkit.sync.learning import exact_gradient, optimisers
from optkit.sync.learning.agents import Agents
from optkit.sync.learning.episode_arrays import Scenario
from optkit.sync.learning.episode_sampling import Source, stacked
from optkit.sync.learning.networks import Actor
from optkit.sync.learning.options import TrainingOptions


class Progress(NamedTuple):
    """What changes from update to update: θ, what else is learnt, the optimiser."""

    actor: Actor
    critic: Any
    optimiser: Any


class Learner(NamedTuple):
    """A way of learning.

    Parameters
    ----------
    first
        Where it starts.
    update
        ``update(progress, number)`` returns the progress after one more batch, and what
        the batch showed: figures by name.
    """

    first: Progress
    update: Callable[[Progress, int], tuple[Progress, dict[str, float]]]


def learner(
    agents: Agents, source: Source, options: TrainingOptions, seed: int
) -> Learner:
    """Return the way of learning that the options ask for.

    Random numbers depend on the seed and the number of the update alone, so that a
    training that is stopped and resumed ends where it would have ended.
    """
    if options.method == "policy-gradient":
        return _exact(agents, source, options, seed)
    return _sampled(agents, source, options, seed)


def _draw(source: Source, count: int, seed: int, number: int) -> Scenario:
    rng = generator(seed, "training", "episodes", number)
    return stacked([source.draw(rng).scenario for _ in range(count)])


def _sampled(
    agents: Agents, source: Source, options: TrainingOptions, seed: int
) -> Learner:
    change = optimisers.update(agents, options)
    rng = generator(seed, "training", "networks")
    actor, critic = agents.actor(rng, options.start), agents.critic(rng)
    networks = optimisers.Networks(actor, critic)
    first = Progress(actor, critic, optimisers.optimiser(options).init(networks))

    def update(before: Progress, number: int) -> tuple[Progress, dict[str, float]]:
        episodes = _draw(source, options.episodes, seed, number)
        rng = generator(seed, "training", "actions", number)
        rows = source.slots * options.episodes
        networks, state, (reward, cost) = change(
            optimisers.Networks(before.actor, before.critic),
            before.optimiser,
            episodes,
            optimisers.uniforms(agents, episodes, rng),
            optimisers.orders(options, rows, rng),
        )
        shown = {"reward": float(reward), "cost": float(cost)}
        return Progress(networks.actor, networks.critic, state), shown

    return Learner(first, update)


def _exact(
    agents: Agents, source: Source, options: TrainingOptions, seed: int
) -> Learner:
    rule, change = exact_gradient.update(options)
    actor = agents.actor(generator(seed, "training", "networks"), options.start)

    def update(before: Progress, number: int) -> tuple[Progress, dict[str, float]]:
        episodes = _draw(source, options.episodes, seed, number)
        rng = generator(seed, "training", "links", number)
        links, longest = exact_gradient.draw_links(
            episodes, options.links_per_update, rng
        )
        actor, state, excess = change(before.actor, before.optimiser, links, longest)
        return Progress(actor, (), state), {"excess": float(excess)}

    return Learner(Progress(actor, (), rule.init(actor)), update)
