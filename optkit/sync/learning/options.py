"""Options of training."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import AliasChoices, Field, model_validator

from optkit.core.options import Options

Method = Literal["mappo", "maa2c", "policy-gradient"]

FORMER_NAMES = {"gae_lambda": "trace", "max_grad_norm": "gradient_norm"}
"""Options that were renamed, and their former names, which are still accepted."""


def _names(name: str) -> AliasChoices:
    return AliasChoices(name, FORMER_NAMES[name])


class TrainingOptions(Options):
    """Options of training a notification policy."""

    method: Method = Field(
        "mappo",
        description="mappo: clipped surrogate (eq 23); maa2c: the same without clipping,"
        " each batch used once; policy-gradient: the exact gradient of the expected cost",
    )
    actors: Literal["shared", "router"] = Field(
        "shared",
        description="shared: one network for all links, which runs on any instance;"
        " router: the paper's, one for each router, which sees the observation (17)",
    )
    start: Literal["rent-or-buy", "undecided"] = Field(
        "rent-or-buy",
        description="how shared actors begin: like rent-or-buy, smoothed, or without"
        " any preference (undecided); with --actors router always undecided",
    )
    reward: Literal["cost", "paper"] = Field(
        "cost",
        description="cost: what an agent's links add to the objective, in units of a"
        " notification's cost; paper: the reward (19), the same for all"
        " agents",
    )
    target: Literal["return", "one-step"] = Field(
        "return",
        description="target of the critic: estimated returns, or the one-step target"
        " (25)",
    )
    updates: int = Field(150, ge=1, description="batches of episodes to learn from")
    episodes: int = Field(8, ge=1, description="episodes in a batch")
    episode_slots: int = Field(
        300, ge=2, description="slots of an episode; at most those of the instance"
    )
    epochs: int = Field(4, ge=1, description="times that mappo uses each batch")
    minibatches: int = Field(
        4, ge=1, description="parts into which mappo cuts each batch"
    )
    learning_rate: float = Field(
        1e-3, gt=0, description="learning rate at the start; it falls to 0"
    )
    discount: float = Field(0.95, ge=0, lt=1, description="γ")
    gae_lambda: float = Field(
        0.95,
        ge=0,
        le=1,
        validation_alias=_names("gae_lambda"),
        description="λ of the advantages (21)",
    )
    clip: float = Field(0.2, gt=0, description="ε of the surrogate (23)")
    entropy: float = Field(0.01, ge=0, description="weight of the entropy, c_en (23)")
    critic_weight: float = Field(0.5, gt=0, description="weight of the critic's loss")
    max_grad_norm: float = Field(
        0.5,
        gt=0,
        validation_alias=_names("max_grad_norm"),
        description="largest norm of the gradient; longer ones are scaled down",
    )
    links_per_update: int = Field(
        48, ge=1, description="links that policy-gradient learns from in each update"
    )
    shuffle: bool = Field(
        True, description="give every device the load of a random device, each episode"
    )
    least_cost_weight: float | None = Field(
        None,
        gt=0,
        description="smallest weight of cost; each episode draws its weight, evenly in"
        " the logarithm; default: the instance's weight",
    )
    largest_cost_weight: float | None = Field(
        None, gt=0, description="largest weight of cost; needs --least-cost-weight"
    )
    longest_report_period: int = Field(
        4,
        ge=1,
        description="devices report with a period drawn from 1 to this, or shorter if a"
        " limit on ages requires it",
    )
    validation: float = Field(
        0.2,
        gt=0,
        lt=1,
        description="share of the slots, at the end, kept for validation",
    )
    validate_every: int = Field(
        10, ge=1, description="updates from one validation to the next"
    )

    @model_validator(mode="after")
    def _fit(self) -> Self:
        low, high = self.least_cost_weight, self.largest_cost_weight
        if (low is None) != (high is None) or (low or 0.0) > (high or 0.0):
            raise ValueError(
                "give both least_cost_weight and largest_cost_weight, the least first"
            )
        if self.actors == "router" and self.method == "policy-gradient":
            raise ValueError(
                "policy-gradient trains shared actors only; set actors=shared, or another"
                " method"
            )
        return self
