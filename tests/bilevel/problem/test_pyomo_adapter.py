"""Tests of making instances from Pyomo blocks, and of loading their solutions."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

from optkit.bilevel import Bilevel
from optkit.bilevel.instance import BilevelInstance
from optkit.core.errors import UsageError


def nested() -> Any:
    """Return a leader's model with the follower's block inside.

    The follower packs y <= 4 x + 1, y <= 5, y whole, as much as it can; the leader pays
    y and gains 2 x: 1 at x = 0, and 3 at x = 1.
    """
    model = pyo.ConcreteModel()
    model.x = pyo.Var(within=pyo.Binary)
    model.follower = pyo.Block()
    model.follower.y = pyo.Var(bounds=(0, 5), within=pyo.Integers)
    model.follower.room = pyo.Constraint(expr=model.follower.y <= 4 * model.x + 1)
    model.follower.gain = pyo.Objective(expr=model.follower.y, sense=pyo.maximize)
    model.loss = pyo.Objective(expr=model.follower.y - 2 * model.x)
    return model


def test_nested_block_is_compiled_and_loaded() -> None:
    """A sub-block is the lower level; values are written back, and it stays active."""
    model = nested()
    program = Bilevel(upper=model, lower=model.follower, name="nested")
    levels = {column.id: column.level for column in program.instance.columns}
    assert levels == {"x": "upper", "follower.y": "lower"}
    assert [(r.id, r.level) for r in program.instance.rows] == [
        ("follower.room", "lower")
    ]
    assert program.instance.lower_objective.sense == "max"
    result = program.solve()
    assert (result.status, result.objective) == ("optimal", 1.0)
    assert (model.x.value, model.follower.y.value) == (0, 1)
    assert model.follower.active


def test_two_models_with_the_same_names() -> None:
    """Equal names in two models are prefixed by their level."""
    upper, lower = pyo.ConcreteModel(), pyo.ConcreteModel()
    upper.v = pyo.Var(bounds=(0, 3), within=pyo.Integers)
    lower.v = pyo.Var(bounds=(0, 3), within=pyo.Integers)
    lower.c = pyo.Constraint(expr=lower.v + upper.v >= 3)
    lower.o = pyo.Objective(expr=lower.v)
    upper.c = pyo.Constraint(expr=lower.v >= 1)
    upper.o = pyo.Objective(expr=-upper.v)
    program = Bilevel(upper=upper, lower=lower)
    assert {c.id: c.level for c in program.instance.columns} == {
        "upper.v": "upper",
        "lower.v": "lower",
    }
    assert [row.id for row in program.instance.rows] == ["upper.c", "lower.c"]
    # v = 3 would let the follower stay at 0, which the leader's row forbids.
    assert program.solve().objective == -2.0
    assert (upper.v.value, lower.v.value) == (2, 1)


def test_ranges_fixed_variables_constants_and_idle_variables() -> None:
    """Ranges are one row, fixed variables are constants, idle variables are kept."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(2), within=pyo.Binary)
    model.idle = pyo.Var(bounds=(1, 2))
    model.fixed = pyo.Var(initialize=2.0)
    model.fixed.fix()
    model.low = pyo.Block()
    model.low.y = pyo.Var(bounds=(0, 9))
    model.low.band = pyo.Constraint(
        expr=pyo.inequality(1, model.low.y + model.x[0] + model.fixed, 6)
    )
    model.low.o = pyo.Objective(expr=model.low.y + 3)
    model.o = pyo.Objective(expr=-model.low.y + model.x[0] + model.x[1] + 1)
    instance = Bilevel(upper=model, lower=model.low).instance
    assert isinstance(instance, BilevelInstance)
    (row,) = instance.rows
    assert (row.lower, row.upper) == (-1.0, 4.0)
    assert instance.lower_objective.constant == 3.0
    assert instance.upper_objective.constant == 1.0
    assert {c.id for c in instance.columns} == {"x[0]", "x[1]", "idle", "low.y"}
    program = Bilevel(upper=model, lower=model.low)
    assert program.solve().objective == 1.0
    assert 1.0 <= model.idle.value <= 2.0


def test_products_are_refused() -> None:
    """A product of variables is an error that names the constraint."""
    model = nested()
    model.follower.bad = pyo.Constraint(expr=model.x * model.follower.y <= 2)
    with pytest.raises(UsageError, match="bad"):
        _ = Bilevel(upper=model, lower=model.follower).instance


def test_one_block_for_both_is_refused() -> None:
    """The same block for both levels is an error."""
    model = nested()
    with pytest.raises(UsageError, match="two"):
        Bilevel(upper=model, lower=model)


def test_follower_without_variables_is_refused() -> None:
    """Variables declared above are the leader's, so a follower without any is refused."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0, 9), within=pyo.Integers)
    model.y = pyo.Var(bounds=(0, 9), within=pyo.Integers)
    model.low = pyo.Block()
    model.low.o = pyo.Objective(expr=model.y)
    model.low.c = pyo.Constraint(expr=model.x + model.y >= 3)
    model.o = pyo.Objective(expr=model.x - 4 * model.y)
    with pytest.raises(UsageError, match="declares no variable"):
        Bilevel(upper=model, lower=model.low).solve()
    model.low.fixed = pyo.Var(initialize=1.0)
    model.low.fixed.fix()
    with pytest.raises(UsageError, match="declares no variable"):
        Bilevel(upper=model, lower=model.low).solve()


def test_follower_without_objective_is_refused() -> None:
    """A follower that wants nothing known is refused; one that is deactivated as well."""
    model = nested()
    model.follower.gain.deactivate()
    with pytest.raises(UsageError, match="no active objective"):
        Bilevel(upper=model, lower=model.follower).solve()
    model = nested()
    model.follower.deactivate()
    with pytest.raises(UsageError, match="deactivated"):
        Bilevel(upper=model, lower=model.follower).solve()


def test_levels_are_blocks() -> None:
    """What is no block, a block twice, and blocks inside each other are refused."""
    model = nested()
    model.none = pyo.Block([])
    model.follower.inner = pyo.Block()
    for lower, words in (
        ([], "at least one"),
        (model.none, "at least one"),
        (model.x, "Pyomo block"),
        ("follower", "Pyomo block"),
        ([model.follower, "another"], "Pyomo block"),
        ([model.follower, model.follower], "twice"),
        ([model.follower, model.follower.inner], "is inside follower follower"),
    ):
        with pytest.raises(UsageError, match=words):
            Bilevel(upper=model, lower=lower)
    with pytest.raises(UsageError, match="is an indexed block"):
        Bilevel(upper=pyo.Block([1]), lower=model.follower)
    with pytest.raises(UsageError, match="inside lower"):
        Bilevel(upper=model.follower, lower=model)


def test_one_block_of_several_is_a_follower() -> None:
    """One block of an indexed one may be the follower."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(within=pyo.Binary)
    model.low = pyo.Block([1])
    model.low[1].y = pyo.Var(bounds=(0, 5), within=pyo.Integers)
    model.low[1].o = pyo.Objective(expr=model.low[1].y)
    model.low[1].c = pyo.Constraint(expr=model.low[1].y >= 2 * model.x)
    model.o = pyo.Objective(expr=-model.low[1].y)
    assert Bilevel(upper=model, lower=model.low[1]).solve().objective == -2.0


def several(seed: int) -> tuple[Any, list[Any], Any]:
    """Return a leader's model, its followers' models, and what all of them are made of.

    Each of up to three followers chooses three whole numbers from 0 to 2 under one row that
    depends on the leader's two binaries.
    """
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 4))
    data = {
        "leader": rng.integers(-6, 7, 2),
        "pays": rng.integers(-6, 7, (count, 3)),
        "wants": rng.integers(-6, 7, (count, 3)),
        "uses": rng.integers(1, 5, (count, 3)),
        "links": rng.integers(-4, 5, (count, 2)),
        "room": rng.integers(2, 9, count),
        "senses": rng.choice([pyo.minimize, pyo.maximize], count),
    }
    upper = pyo.ConcreteModel()
    upper.x = pyo.Var(range(2), within=pyo.Binary)
    followers = []
    for k in range(count):
        follower = pyo.ConcreteModel()
        follower.y = pyo.Var(range(3), within=pyo.Integers, bounds=(0, 2))
        follower.row = pyo.Constraint(
            expr=pyo.sum_product(data["uses"][k].tolist(), follower.y)
            + pyo.sum_product(data["links"][k].tolist(), upper.x)
            <= int(data["room"][k])
        )
        follower.goal = pyo.Objective(
            expr=pyo.sum_product(data["wants"][k].tolist(), follower.y) + 1,
            sense=data["senses"][k],
        )
        followers.append(follower)
    upper.goal = pyo.Objective(
        expr=pyo.sum_product(data["leader"].tolist(), upper.x)
        + sum(
            pyo.sum_product(data["pays"][k].tolist(), followers[k].y)
            for k in range(count)
        )
    )
    return upper, followers, data


def enumerated(data: Any) -> float:
    """Return the leader's best value, with each follower's response found on its own."""
    best = math.inf
    for x in itertools.product(range(2), repeat=2):
        value = float(data["leader"] @ x)
        for k, sense in enumerate(data["senses"]):
            room = data["room"][k] - data["links"][k] @ x
            choices = [
                y
                for y in itertools.product(range(3), repeat=3)
                if data["uses"][k] @ y <= room
            ]
            if not choices:
                value = math.inf
                break
            wishes = [sense * (data["wants"][k] @ y) for y in choices]
            value += min(
                data["pays"][k] @ y
                for y, wish in zip(choices, wishes, strict=True)
                if wish == min(wishes)
            )
        best = min(best, value)
    return best


@pytest.mark.parametrize("seed", range(20))
def test_followers_that_do_not_see_each_other(seed: int) -> None:
    """The leader's optimum is that of enumerating each follower's responses by itself."""
    upper, followers, data = several(seed)
    program = Bilevel(upper=upper, lower=followers)
    result = program.solve()
    expected = enumerated(data)
    if math.isinf(expected):
        assert result.status == "infeasible"
        return
    assert (result.status, result.objective) == ("optimal", pytest.approx(expected))
    for k, follower in enumerate(followers):
        values = [follower.y[j].value for j in range(3)]
        wish = data["senses"][k] * (data["wants"][k] @ values)
        x = [upper.x[0].value, upper.x[1].value]
        room = data["room"][k] - data["links"][k] @ x
        assert data["uses"][k] @ values <= room
        assert wish == min(
            data["senses"][k] * (data["wants"][k] @ y)
            for y in itertools.product(range(3), repeat=3)
            if data["uses"][k] @ y <= room
        )


def test_an_indexed_block_is_several_followers() -> None:
    """Each is best for itself; the two together cost the leader the sum."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(within=pyo.Binary)

    @model.Block([1, 2])
    def low(block: Any, number: int) -> None:
        block.y = pyo.Var(bounds=(0, 5), within=pyo.Integers)
        block.o = pyo.Objective(expr=number * block.y)
        block.c = pyo.Constraint(expr=block.y >= 2 * model.x)

    model.o = pyo.Objective(expr=-model.low[1].y - model.low[2].y)
    assert Bilevel(upper=model, lower=model.low).solve().objective == -4.0
    assert model.low[1].active
    assert model.low[2].active


def test_followers_that_see_each_other_are_refused() -> None:
    """A variable of another follower makes it a game between followers."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(within=pyo.Binary)
    model.low = pyo.Block([1, 2])
    for number, block in model.low.items():
        block.y = pyo.Var(bounds=(0, 5), within=pyo.Integers)
        block.o = pyo.Objective(expr=number * block.y)
    model.low[2].c = pyo.Constraint(expr=model.low[2].y >= model.low[1].y + model.x)
    model.o = pyo.Objective(expr=-model.low[2].y)
    with pytest.raises(UsageError, match=r"low\[2\] contains low\[1\]\.y"):
        Bilevel(upper=model, lower=model.low).solve()


def test_ties_are_taken_over() -> None:
    """``ties`` reaches the instance; another word is refused."""
    model = nested()
    pessimistic = Bilevel(upper=model, lower=model.follower, ties="pessimistic")
    assert pessimistic.instance.ties == "pessimistic"
    assert Bilevel(upper=model, lower=model.follower).instance.ties is None
    with pytest.raises(UsageError, match="'optimistic' or 'pessimistic'"):
        Bilevel(upper=model, lower=model.follower, ties="worst")  # type: ignore[arg-type]
