"""One interface to the three learning algorithms, for the training loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from optkit.core.solving.seeds import generator
from optkit.sync.learning import exact_gradient, ppo
from optkit.sync.learning.agents import Agents
from optkit.sync.learning.episode_arrays import EpisodeArrays
from optkit.sync.learning.episode_sampling import EpisodeSource, stack_episodes
from optkit.sync.learning.networks import Actor
from optkit.sync.learning.options import TrainingOptions


class LearnerState(NamedTuple):
    """The state of a learner: θ, other networks, and the optimiser's state."""

    actor: Actor
    critic: Any
    optimiser: Any


class Learner(NamedTuple):
    """A learning algorithm.

    Parameters
    ----------
    initial
        The state that it starts from.
    update_step
        ``update_step(state, number)`` returns the state after one more batch, and the
        metrics of the batch by name.
    """

    initial: LearnerState
    update_step: Callable[[LearnerState, int], tuple[LearnerState, dict[str, float]]]


def make_learner(
    agents: Agents, source: EpisodeSource, options: TrainingOptions, seed: int
) -> Learner:
    """Return the learning algorithm that the options ask for.

    Its random numbers depend only on the seed and the number of the update, so that a
    training that is stopped and resumed ends as if it had not been stopped.
    """
    if options.method == "policy-gradient":
        return _policy_gradient(agents, source, options, seed)
    return _actor_critic(agents, source, options, seed)


def _sample(source: EpisodeSource, count: int, seed: int, number: int) -> EpisodeArrays:
    rng = generator(seed, "training", "episodes", number)
    return stack_episodes([source.sample(rng).arrays for _ in range(count)])


def _actor_critic(
    agents: Agents, source: EpisodeSource, options: TrainingOptions, seed: int
) -> Learner:
    improve = ppo.make_update_step(agents, options)
    rng = generator(seed, "training", "networks")
    actor, critic = agents.actor(rng, options.start), agents.critic(rng)
    optimiser = ppo.make_optimiser(options)
    initial = LearnerState(actor, critic, optimiser.init(ppo.Networks(actor, critic)))

    def update_step(
        state: LearnerState, number: int
    ) -> tuple[LearnerState, dict[str, float]]:
        episodes = _sample(source, options.episodes, seed, number)
        rng = generator(seed, "training", "actions", number)
        rows = source.slots * options.episodes
        networks, optimiser_state, (reward, cost) = improve(
            ppo.Networks(state.actor, state.critic),
            state.optimiser,
            episodes,
            ppo.action_uniforms(agents, episodes, rng),
            ppo.minibatch_permutations(options, rows, rng),
        )
        metrics = {"reward": float(reward), "cost": float(cost)}
        return LearnerState(networks.actor, networks.critic, optimiser_state), metrics

    return Learner(initial, update_step)


def _policy_gradient(
    agents: Agents, source: EpisodeSource, options: TrainingOptions, seed: int
) -> Learner:
    optimiser, improve = exact_gradient.make_update_step(options)
    actor = agents.actor(generator(seed, "training", "networks"), options.start)

    def update_step(
        state: LearnerState, number: int
    ) -> tuple[LearnerState, dict[str, float]]:
        episodes = _sample(source, options.episodes, seed, number)
        rng = generator(seed, "training", "links", number)
        links, longest = exact_gradient.sample_links(
            episodes, options.links_per_update, rng
        )
        actor, optimiser_state, excess = improve(
            state.actor, state.optimiser, links, longest
        )
        return LearnerState(actor, (), optimiser_state), {"excess": float(excess)}

    return Learner(LearnerState(actor, (), optimiser.init(actor)), update_step)
