"""Turn two Pyomo blocks into a bilevel instance, and load its solution into them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from optkit.backends.linear import LinearModel
from optkit.bilevel.instance import BilevelInstance, side_keys
from optkit.bilevel.problem.problem_data import csr_row
from optkit.bilevel.solution import BilevelSolution
from optkit.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from optkit.core.solving.result import Result


class Bilevel:
    """A bilevel program of two Pyomo blocks.

    Parameters
    ----------
    upper
        The leader's block or model, with its constraints and objective. They may contain
        variables of ``lower``.
    lower
        The follower's block or model, with at least one variable and an objective. The
        variables declared in it are the follower's, all others the leader's; its
        constraints and objective may contain all variables. It may be inside ``upper``.
    name
        The instance's name.

    Raises
    ------
    UsageError
        If the two are not two single blocks, or the leader's is inside the follower's; and,
        when the instance is made, if a block is not linear or has several objectives, or
        the follower has no variable or no objective.

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

    def __init__(self, *, upper: Any, lower: Any, name: str = "bilevel") -> None:
        for level, block in (("upper", upper), ("lower", lower)):
            _require_single_block(level, block)
        if upper is lower:
            raise UsageError("Bilevel: upper and lower are the same block; give two.")
        if _is_inside(upper, lower):
            raise UsageError(
                "Bilevel: upper is inside lower, so that all variables would be the"
                " follower's; put lower inside upper, or give two blocks side by side."
            )
        self.upper, self.lower, self.name = upper, lower, name

    @cached_property
    def instance(self) -> BilevelInstance:
        """The instance; made once, from the blocks as they are at the first access."""
        return BilevelInstance.parse(self._document(), f"Bilevel {self.name!r}")

    @cached_property
    def _levels(self) -> tuple[LinearModel, LinearModel]:
        from optkit.backends.compiler import compile_model

        with _deactivated_inside(self.upper, self.lower):
            upper = compile_model(self.upper)
        self._require_follower()
        return upper, compile_model(self.lower)

    def _require_follower(self) -> None:
        """Refuse a lower block that is no follower: it decides or wants nothing."""
        from pyomo.core.base import Objective, Var

        lower = self.lower
        if not lower.active:
            raise UsageError(
                f"Bilevel: lower ({lower.name}) is deactivated; activate it first."
            )
        variables = lower.component_data_objects(Var, descend_into=True)
        if all(variable.fixed for variable in variables):
            raise UsageError(
                f"Bilevel: lower ({lower.name}) declares no variable that is free, so the"
                " follower decides nothing. Variables that are declared elsewhere are the"
                " leader's; declare the follower's in the block that you give as lower."
            )
        objectives = lower.component_data_objects(Objective, active=True)
        if next(iter(objectives), None) is None:
            raise UsageError(
                f"Bilevel: lower ({lower.name}) has no active objective, so it is not known"
                " what the follower wants; add one (Objective(expr=0) if any will do)."
            )

    @cached_property
    def variables(self) -> dict[str, Any]:
        """The Pyomo variable of each column, by name; fixed ones are constants."""
        variables: dict[int, Any] = {}
        for model in self._levels:
            for variable in (*model.variables, *model.idle):
                variables.setdefault(id(variable), variable)
        return _by_name(variables.values(), self._is_lower)

    def _is_lower(self, component: Any) -> bool:
        return _is_inside(component, self.lower)

    def _document(self) -> dict[str, Any]:
        upper, lower = self._levels
        names = {id(variable): name for name, variable in self.variables.items()}
        columns = []
        bounds = {
            id(v): (model.column_lower[j], model.column_upper[j], model.integer[j])
            for model in self._levels
            for j, v in enumerate(model.variables)
        }
        for name, variable in self.variables.items():
            low, high, integer = bounds.get(id(variable)) or _own_bounds(variable)
            level = "lower" if self._is_lower(variable) else "upper"
            column = {"id": name, "level": level, "integer": bool(integer)}
            columns.append(column | side_keys(low, high))
        rows = [row for model in (upper, lower) for row in _rows(model, names)]
        upper_rows = len(upper.constraints)
        constraints = [*upper.constraints, *lower.constraints]
        lower_ids = {id(constraint) for constraint in lower.constraints}
        row_names = _by_name(constraints, lambda c: id(c) in lower_ids)
        for index, (name, row) in enumerate(zip(row_names, rows, strict=True)):
            row |= {"id": name, "level": "lower" if index >= upper_rows else "upper"}
        return {
            "schema": BilevelInstance.SCHEMA,
            "schema_version": BilevelInstance.VERSION,
            "name": self.name,
            "columns": columns,
            "rows": rows,
            "upper_objective": _objective(upper, names),
            "lower_objective": _objective(lower, names),
        }

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


def _require_single_block(level: str, block: Any) -> None:
    """Refuse anything but one Pyomo block."""
    from pyomo.core.base.block import BlockData

    if isinstance(block, BlockData):
        return
    kind = type(block).__name__
    if isinstance(block, list | tuple | set | dict):
        raise UsageError(
            f"Bilevel: {level} is a {kind}, and each level is one block. Several followers"
            " who do not see each other are one follower: put their blocks into one, with"
            " the sum of their objectives."
        )
    if getattr(block, "is_indexed", lambda: False)():
        raise UsageError(
            f"Bilevel: {level} ({block.name}) is an indexed block, that is, several ones;"
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


def _by_name(
    components: Iterable[Any], is_lower: Callable[[Any], bool]
) -> dict[str, Any]:
    """Return components by name; prefixed by their level if both models share a name."""
    ordered = list(components)
    names = [component.name for component in ordered]
    if len(set(names)) < len(names):
        names = [
            f"{'lower' if is_lower(component) else 'upper'}.{name}"
            for component, name in zip(ordered, names, strict=True)
        ]
    return dict(zip(names, ordered, strict=True))


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


def _objective(model: LinearModel, names: dict[int, str]) -> dict[str, Any]:
    """Return an objective in its own sense; that of the compiled model is minimised."""
    return {
        "sense": "min" if model.sign > 0 else "max",
        "constant": model.sign * model.offset + 0.0,
        "coefficients": {
            names[id(model.variables[j])]: float(model.sign * model.cost[j])
            for j in np.flatnonzero(model.cost).tolist()
        },
    }
