"""Turn Pyomo blocks into a bilevel instance, and load its solution into them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from optkit.backends.linear import LinearModel
from optkit.bilevel.instance import BilevelInstance, Ties, side_keys
from optkit.bilevel.problem.problem_data import csr_row
from optkit.bilevel.solution import BilevelSolution
from optkit.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from optkit.core.solving.result import Result


class Bilevel:
    """A bilevel program of two Pyomo blocks, or of one and several followers.

    Parameters
    ----------
    upper
        The leader's block or model, with its constraints and objective. They may contain
        variables of ``lower``.
    lower
        The follower's block or model, with at least one variable and an objective. The
        variables declared in it are the follower's, all others the leader's; its
        constraints and objective may contain all variables. It may be inside ``upper``.
        Or several such blocks, as a list or an indexed block: followers that do not see
        each other. None contains another's variables, so together they minimise the sum
        of their objectives, and the instance has that one follower.
    name
        The instance's name.
    ties
        Which of several optima the follower takes: the best for the leader, or the worst.

    Raises
    ------
    UsageError
        If these are not blocks, or the leader's is inside a follower's; and, when the
        instance is made, if a block is not linear or has several objectives, or a follower
        has no variable or no objective, or contains another follower's variable.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> from optkit.bilevel import Bilevel
    >>> model = pyo.ConcreteModel()
    >>> model.x = pyo.Var(within=pyo.Binary)
    >>> model.follower = pyo.Block()
    >>> model.follower.y = pyo.Var(bounds=(0, 5), within=pyo.Integers)
    >>> model.follower.room = pyo.Constraint(expr=model.follower.y <= 4 * model.x + 1)
    >>> model.follower.gain = pyo.Objective(expr=-model.follower.y)
    >>> model.loss = pyo.Objective(expr=model.follower.y - 2 * model.x)
    >>> Bilevel(upper=model, lower=model.follower).solve().objective
    1.0
    """

    def __init__(
        self,
        *,
        upper: Any,
        lower: Any,
        name: str = "bilevel",
        ties: Ties = "optimistic",
    ) -> None:
        if ties not in get_args(Ties):
            raise UsageError(
                f"Bilevel: ties={ties!r}; give {' or '.join(map(repr, get_args(Ties)))}."
            )
        self.ties: Ties = ties
        self.followers = _single_blocks(lower)
        for level, block in (("upper", upper), *(("lower", f) for f in self.followers)):
            _require_single_block(level, block)
        for follower in self.followers:
            if upper is follower:
                raise UsageError(
                    "Bilevel: upper and lower are the same block; give two."
                )
            if _is_inside(upper, follower):
                raise UsageError(
                    "Bilevel: upper is inside lower, so that all variables would be the"
                    " follower's; put lower inside upper, or give two blocks side by side."
                )
        _require_disjoint(self.followers)
        self.upper, self.lower, self.name = upper, lower, name

    @cached_property
    def instance(self) -> BilevelInstance:
        """The instance; made once, from the blocks as they are at the first access."""
        return BilevelInstance.parse(self._document(), f"Bilevel {self.name!r}")

    @cached_property
    def _levels(self) -> tuple[LinearModel, ...]:
        """The leader's program, and that of each follower."""
        from optkit.backends.compiler import compile_model

        with ExitStack() as stack:
            for follower in self.followers:
                stack.enter_context(_deactivated_inside(self.upper, follower))
            upper = compile_model(self.upper)
        for follower in self.followers:
            _require_follower(follower)
        levels = (upper, *map(compile_model, self.followers))
        self._require_blind(levels[1:])
        return levels

    def _require_blind(self, programs: Sequence[LinearModel]) -> None:
        """Refuse followers that see each other."""
        for own, program in zip(self.followers, programs, strict=True):
            for variable in (*program.variables, *program.idle):
                others = (f for f in self.followers if f is not own)
                other = next((f for f in others if _is_inside(variable, f)), None)
                if other is not None:
                    raise UsageError(
                        f"Bilevel: follower {own.name} contains {variable.name}, which is"
                        f" follower {other.name}'s. Followers that see each other look for"
                        " an equilibrium, which is another problem; if the two decide"
                        " together, give them as one block."
                    )

    @cached_property
    def variables(self) -> dict[str, Any]:
        """The Pyomo variable of each column, by name; fixed ones are constants."""
        variables: dict[int, Any] = {}
        for model in self._levels:
            for variable in (*model.variables, *model.idle):
                variables.setdefault(id(variable), variable)
        return _by_name(
            (variable, self._level_of(variable)) for variable in variables.values()
        )

    def _level_of(self, component: Any) -> str:
        """Return ``"upper"`` or ``"lower"``; several followers have their number, too."""
        for number, follower in enumerate(self.followers, start=1):
            if _is_inside(component, follower):
                return self._level(number)
        return self._level(0)

    def _level(self, number: int) -> str:
        if number == 0:
            return "upper"
        return "lower" if len(self.followers) == 1 else f"lower{number}"

    def _document(self) -> dict[str, Any]:
        upper, *followers = self._levels
        names = {id(variable): name for name, variable in self.variables.items()}
        columns = []
        bounds = {
            id(v): (model.column_lower[j], model.column_upper[j], model.integer[j])
            for model in self._levels
            for j, v in enumerate(model.variables)
        }
        for name, variable in self.variables.items():
            low, high, integer = bounds.get(id(variable)) or _own_bounds(variable)
            level = "upper" if self._level_of(variable) == "upper" else "lower"
            column = {"id": name, "level": level, "integer": bool(integer)}
            columns.append(column | side_keys(low, high))
        constraints = [
            (constraint, self._level(number))
            for number, model in enumerate(self._levels)
            for constraint in model.constraints
        ]
        rows = [row for model in self._levels for row in _rows(model, names)]
        row_names = _by_name(constraints)
        for name, row, (_, level) in zip(row_names, rows, constraints, strict=True):
            row |= {"id": name, "level": "upper" if level == "upper" else "lower"}
        return {
            "schema": BilevelInstance.SCHEMA,
            "schema_version": BilevelInstance.VERSION,
            "name": self.name,
            "columns": columns,
            "rows": rows,
            "upper_objective": _objective([upper], names),
            "lower_objective": _objective(followers, names),
        } | ({"ties": self.ties} if self.ties != "optimistic" else {})

    def solve(
        self, solver: str = "auto", *, load: bool = True, **arguments: Any
    ) -> Result:
        """Solve, and write the solution, if there is one, into both blocks' variables.

        Parameters
        ----------
        solver, arguments
            As in :func:`optkit.solve`.
        load
            Whether to write the solution.
        """
        import optkit

        result = optkit.solve(self.instance, solver, **arguments)
        if load and isinstance(result.solution, BilevelSolution):
            self.load(result.solution)
        return result

    def load(self, solution: BilevelSolution) -> None:
        """Write a solution into the variables of both blocks."""
        for name, value in {**solution.upper, **solution.lower}.items():
            variable = self.variables[name]
            whole = variable.is_integer()
            variable.set_value(round(value) if whole else value, skip_validation=True)


def instance_of_blocks(upper: Any, lower: Any, name: str) -> BilevelInstance:
    """Return the instance of two Pyomo blocks; see :class:`Bilevel`."""
    return Bilevel(upper=upper, lower=lower, name=name).instance


def _single_blocks(lower: Any) -> tuple[Any, ...]:
    """Return the followers' blocks, in the order given."""
    if isinstance(lower, list | tuple):
        followers = tuple(
            follower for item in lower for follower in _single_blocks(item)
        )
    elif getattr(lower, "is_indexed", lambda: False)():
        followers = tuple(lower.values())
    else:
        return (lower,)
    if not followers:
        raise UsageError("Bilevel: lower has no block; give at least one.")
    return followers


def _require_disjoint(followers: Sequence[Any]) -> None:
    """Refuse followers of which one is the other, or inside it."""
    for own, other in combinations(followers, 2):
        if own is other:
            raise UsageError(f"Bilevel: lower has {own.name} twice; give it once.")
        for inner, outer in ((own, other), (other, own)):
            if _is_inside(inner, outer):
                raise UsageError(
                    f"Bilevel: follower {inner.name} is inside follower {outer.name}; give"
                    " blocks side by side."
                )


def _require_follower(follower: Any) -> None:
    """Refuse a lower block that is no follower: it decides or wants nothing."""
    from pyomo.core.base import Objective, Var

    if not follower.active:
        raise UsageError(
            f"Bilevel: lower ({follower.name}) is deactivated; activate it first."
        )
    variables = follower.component_data_objects(Var, descend_into=True)
    if all(variable.fixed for variable in variables):
        raise UsageError(
            f"Bilevel: lower ({follower.name}) declares no variable that is free, so the"
            " follower decides nothing. Variables that are declared elsewhere are the"
            " leader's; declare the follower's in the block that you give as lower."
        )
    objectives = follower.component_data_objects(Objective, active=True)
    if next(iter(objectives), None) is None:
        raise UsageError(
            f"Bilevel: lower ({follower.name}) has no active objective, so it is not known"
            " what the follower wants; add one (Objective(expr=0) if any will do)."
        )


def _require_single_block(level: str, block: Any) -> None:
    """Refuse anything but one Pyomo block."""
    from pyomo.core.base.block import BlockData

    if isinstance(block, BlockData):
        return
    kind = type(block).__name__
    if getattr(block, "is_indexed", lambda: False)():
        raise UsageError(
            f"Bilevel: {level} ({block.name}) is an indexed block, which holds several;"
            f" give one of them, such as {block.name}[...]."
        )
    raise UsageError(
        f"Bilevel: {level} is a {kind}; give a Pyomo block or ConcreteModel."
    )


def _is_inside(component: Any, outer: Any) -> bool:
    """Say whether a component stands in a block, at any depth."""
    block = component.parent_block()
    while block is not None and block is not outer:
        block = block.parent_block()
    return block is outer


@contextmanager
def _deactivated_inside(upper: Any, lower: Any) -> Iterator[None]:
    """Deactivate the lower block, if it is inside the upper one, for some statements."""
    inside = lower.parent_block() is not None and lower.active
    if inside:
        lower.deactivate()
    try:
        yield
    finally:
        if inside:
            lower.activate()


def _by_name(components: Iterable[tuple[Any, str]]) -> dict[str, Any]:
    """Return components by name; prefixed by their level if two have the same name.

    Parameters
    ----------
    components
        Each with the name of its level.
    """
    ordered = list(components)
    names = [component.name for component, _ in ordered]
    if len(set(names)) < len(names):
        names = [f"{level}.{component.name}" for component, level in ordered]
    return {
        name: component for name, (component, _) in zip(names, ordered, strict=True)
    }


def _own_bounds(variable: Any) -> tuple[float, float, bool]:
    low, high = variable.bounds
    return (
        -np.inf if low is None else low,
        np.inf if high is None else high,
        variable.is_integer(),
    )


def _rows(model: LinearModel, names: dict[int, str]) -> list[dict[str, Any]]:
    rows = []
    for i in range(model.rows):
        coefficients = {
            names[id(model.variables[j])]: float(value)
            for j, value in zip(*csr_row(model.matrix, i), strict=True)
        }
        rows.append(
            side_keys(model.row_lower[i], model.row_upper[i])
            | {"coefficients": coefficients}
        )
    return rows


def _objective(models: Sequence[LinearModel], names: dict[int, str]) -> dict[str, Any]:
    """Return the sum of objectives, in their own sense if it is the same in all.

    That of a compiled model is minimised.
    """
    sign = models[0].sign if len({model.sign for model in models}) == 1 else 1.0
    coefficients: dict[str, float] = {}
    for model in models:
        for j in np.flatnonzero(model.cost).tolist():
            name = names[id(model.variables[j])]
            cost = float(sign * model.cost[j])
            coefficients[name] = coefficients.get(name, 0.0) + cost
    return {
        "sense": "min" if sign > 0 else "max",
        "constant": math.fsum(sign * model.offset for model in models) + 0.0,
        "coefficients": {name: cost for name, cost in coefficients.items() if cost},
    }
