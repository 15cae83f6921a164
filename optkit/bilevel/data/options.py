"""Options of the generator of bilevel instances."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from optkit.core.options import Options

Kind = Literal["integer", "binary", "continuous", "mixed"]
Count = Annotated[int, Field(ge=0, le=10_000)]
Shape = Literal[
    "general",
    "denegre",
    "xu-wang",
    "covering",
    "transport",
    "flow",
    "knapsack-interdiction",
    "interdiction",
    "multiple-knapsack-interdiction",
    "assignment-interdiction",
    "path-interdiction",
    "clique-interdiction",
]


class GeneratorOptions(Options):
    """Options of the generator of bilevel instances."""

    shape: Shape = Field(
        "general",
        description="general: rows of any kind; denegre: the follower's rows alone, wide"
        " bounds; xu-wang: binary leader, mixed follower; covering, transport, flow:"
        " followers without upper bounds; knapsack-interdiction: a budget for the leader"
        " and one capacity for the follower; interdiction: the same with --lower-rows"
        " capacities; multiple-knapsack-, assignment-, path- and clique-interdiction: the"
        " leader forbids items, pairs, arcs or nodes",
    )
    upper_columns: Count = Field(
        5,
        description="number of the leader's columns; in the interdiction shapes, of"
        " items, pairs (rounded down to a square), arcs or nodes",
    )
    lower_columns: Count = Field(
        5,
        description="follower's columns (all but interdiction); in transport rounded to"
        " whole customers",
    )
    upper_rows: Count = Field(2, description="leader's rows (general, xu-wang)")
    lower_rows: Count = Field(
        4,
        description="follower's rows; in flow nodes, and in some interdictions knapsacks",
    )
    upper_kind: Kind = Field(
        "integer",
        description="kind of the leader's columns (general, covering); with mixed, those"
        " that appear in the follower's rows are always integer",
    )
    lower_kind: Kind = Field(
        "integer",
        description="kind of the follower's columns (all but interdiction)",
    )
    high: int = Field(
        10,
        ge=1,
        le=10_000,
        description="largest upper bound of integer columns (general, covering)",
    )
    largest: int = Field(
        20, ge=1, le=100_000, description="largest magnitude of a coefficient"
    )
    density: float = Field(
        0.6,
        ge=0,
        le=1,
        description="share of coefficients that are not zero; in clique-interdiction, of"
        " pairs that are linked",
    )
    fractional: bool = Field(
        False, description="coefficients with two decimals (general)"
    )
    ties: float = Field(
        0.0,
        ge=0,
        le=1,
        description="share of the follower's columns that its objective ignores, so that"
        " it has many optima (general)",
    )
    coupling: float = Field(
        0.3,
        ge=0,
        le=1,
        description="share of the leader's rows that also contain the follower's"
        " columns (general, xu-wang)",
    )
    equations: float = Field(
        0.0,
        ge=0,
        le=1,
        description="share of the follower's rows that are equations (general)",
    )
    alignment: float = Field(
        0.0,
        ge=-1,
        le=1,
        description="how much the leader's objective agrees with the follower's: 1 the"
        " same, 0 unrelated, -1 opposed (general)",
    )
    capacity: float = Field(
        0.5,
        gt=0,
        le=1,
        description="budget and capacities as a share of all weights (interdiction)",
    )
    name: str | None = Field(None, description="name of the instance")
