"""The option ``information``: who tells access points of queues, and at what price."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, model_validator

from optkit.core.options import FreeOptions, Options

LEAST = 1e-9
"""Smallest price above zero, in jobs."""


def _zero_or_sane(price: float) -> float:
    if 0.0 < price < LEAST:
        raise ValueError(f"it must be zero, or at least {LEAST:g}")
    return price


Price = Annotated[float, Field(ge=0, le=1e9), AfterValidator(_zero_or_sane)]
"""A price in jobs."""


class InformationOptions(Options):
    """Options of what access points are told, and of what it costs.

    With no ``policy``, everybody's state is announced at every boundary, as in the paper,
    and messages are not counted. With one, they are, and it decides who is told.
    """

    SHORT: ClassVar[str] = "policy"

    policy: str = Field(
        "",
        description="who is told of queues, and when: REPORTING+NOTIFICATION, policies of"
        " sync, such as gradient+rent-or-buy; empty: everybody at every boundary",
    )
    fee: Price = Field(0.2, description="price of a message per hop, in jobs")
    report_fee: Price = Field(0.0, description="price of a report, in jobs")
    error_price: Price = Field(
        0.02,
        description="price that policies put on one interval in which a copy is wrong by"
        " one job, in jobs",
    )
    age_price: Price = Field(
        0.0,
        description="price that policies put on one interval of age of an access point's"
        " copy of another's state, in jobs",
    )
    reporting: FreeOptions = Field(
        default_factory=FreeOptions,
        description="an option of the reporting policy, such as period",
    )
    notification: FreeOptions = Field(
        default_factory=FreeOptions,
        description="an option of the notification policy, such as period",
    )

    @model_validator(mode="after")
    def _a_policy_is_named(self) -> InformationOptions:
        # A study writes down all options of a run; defaults say nothing.
        default = type(self).model_construct()
        others = sorted(
            name
            for name in self.model_fields_set - {"policy"}
            if getattr(self, name) != getattr(default, name)
        )
        if others and not self.policy:
            raise ValueError(
                f"{', '.join(others)} given, but no policy that tells access points of"
                " queues; add information=REPORTING+NOTIFICATION"
            )
        return self
