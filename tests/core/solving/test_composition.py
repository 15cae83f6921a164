from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import Field

import optkit
from optkit.core.errors import UsageError
from optkit.core.options import Options, make_options
from optkit.core.solving import registry
from optkit.core.solving.composition import Composition, Part


class First(Options):
    size: int = Field(1, ge=0, description="a size")
    shape: str = Field("round", description="a shape")


class Second(Options):
    size: int = Field(2, ge=0, description="another size")


class Both(Options):
    left: First = Field(default_factory=First, description="the left half")
    right: Second = Field(default_factory=Second, description="the right half")
    plain: int = Field(0, description="no half's")


def test_groups_are_set_in_every_way() -> None:
    """A grouped option can be set by its dotted name, in a mapping, or by its own name."""
    for values in (
        {"left.size": 5, "right.size": 6, "shape": "square"},
        {"left": {"size": 5, "shape": "square"}, "right": {"size": 6}},
        {"left": {"shape": "square"}, "left.size": 5, "right": Second(size=6)},
    ):
        options = make_options(Both, values, "toy")
        assert (options.left.size, options.right.size) == (5, 6)
        assert options.left.shape == "square"
        assert options.plain == 0


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"size": 1}, "'size' is ambiguous: left.size or right.size"),
        ({"left.sise": 1}, "'left.sise'. Did you mean 'left.size'"),
        ({"lfet.size": 1}, "Did you mean 'left.size'"),
        ({"left.size": -1}, "option left.size: -1 is not allowed"),
        ({"left": 3}, "option left: 3 is not allowed"),
        ({"left": {"colour": 1}}, "unknown option 'left.colour'"),
        ({"plain.size": 1}, "unknown option 'plain.size'"),
    ],
)
def test_wrong_groups_are_explained(values: dict[str, Any], message: str) -> None:
    """Wrong or ambiguous options in groups are refused with an explanation."""
    with pytest.raises(UsageError) as caught:
        make_options(Both, values, "toy")
    assert message in str(caught.value)


def test_composed_names_stand_wherever_a_solver_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A composed name works like a solver's name, and errors name the wrong part."""
    plain = registry.solver_class("allocation", "pmo")

    def make(names: tuple[str, ...]) -> type[optkit.Solver[Any]]:
        solver: type[optkit.Solver[Any]] = type(
            "Composed", (plain,), {"name": "+".join(names)}
        )
        return solver

    composition = Composition(
        (
            Part("order", lambda: {"any": "", "best": ""}),
            Part("loads", lambda: {"lp": ""}),
        ),
        make,
    )
    monkeypatch.setattr(f"{__name__}.COMPOSITION", composition, raising=False)
    allocation = registry.family("allocation")
    family = replace(allocation, composition=f"{__name__}:COMPOSITION")
    families = {**registry.families(), "allocation": family}
    monkeypatch.setattr(registry, "families", lambda: families)
    monkeypatch.setattr(registry, "_own_family", lambda name: None)
    instance = optkit.generate("allocation", servers=4, seed=1)
    result = optkit.solve(instance, "best+lp")
    assert result.solver.name == "best+lp"
    assert result.objective == optkit.solve(instance, "pmo").objective
    for name, message in (
        ("beast+lp", "unknown order part 'beast'. Did you mean 'best'"),
        ("best+lp+lp", "the form is ORDER+LOADS"),
        ("bost", "ORDER+LOADS"),
    ):
        with pytest.raises(UsageError) as caught:
            registry.solver_class("allocation", name)
        assert message in str(caught.value)
