"""Compile Pyomo models to `LinearModel`, by Pyomo's own linear compiler."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import scipy.sparse
from pyomo.common.errors import (
    InfeasibleConstraintException,
    InvalidConstraintError,
    InvalidExpressionError,
    PyomoException,
)
from pyomo.core.base import Block, Constraint, Objective, Var, value
from pyomo.repn import generate_standard_repn
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from optkit.backends.linear import LinearModel, empty_matrix, integer_bounds
from optkit.backends.tolerances import INFINITE
from optkit.core.errors import UsageError


def compile_model(model: Any) -> LinearModel:
    """Compile a Pyomo model to arrays.

    Parameters
    ----------
    model
        A ``ConcreteModel`` with linear constraints, at most one active objective, and
        variables that are continuous, integer or binary.

    Returns
    -------
    LinearModel
        A range or an equality is one row; fixed variables are constants.

    Raises
    ------
    UsageError
        If the model is not linear, has more than one objective, or holds something
        that no backend understands; the error names the component.
    """
    objective = _objective(model)
    constant_rows: list[tuple[Any, float, float]] = []
    try:
        form = _standard_form(model)
    except InfeasibleConstraintException:
        # Pyomo gives up on the whole model if a constraint without variables is broken
        # by any amount, even 1e-17. Such rows are set aside here and judged with a
        # tolerance, like every other row.
        constant_rows = _constant_constraints(model)
        with _deactivated([constraint for constraint, _, _ in constant_rows]):
            form = _standard_form(model)
    matrix, lower, upper, constraints = _rows(form)
    if constant_rows:
        blank = empty_matrix(len(constant_rows), matrix.shape[1])
        matrix = scipy.sparse.vstack([matrix, blank], format="csr")
        lower = np.append(lower, [row[1] for row in constant_rows])
        upper = np.append(upper, [row[2] for row in constant_rows])
        constraints = [*constraints, *(row[0] for row in constant_rows)]
    variables = list(form.columns)
    column_lower, column_upper, integer = _columns(variables)
    sign = 1
    cost, offset = np.zeros(len(variables)), 0.0
    if objective is not None:
        sign = 1 if objective.is_minimizing() else -1
        cost = sign * np.asarray(form.c.todense(), dtype=np.float64).reshape(-1)
        offset = sign * float(form.c_offset[0])
    compiled = LinearModel(
        name=str(model.name),
        matrix=scipy.sparse.csr_array(matrix),
        row_lower=_infinite_beyond(lower),
        row_upper=_infinite_beyond(upper),
        column_lower=_infinite_beyond(column_lower),
        column_upper=_infinite_beyond(column_upper),
        integer=integer,
        cost=cost,
        offset=offset,
        sign=sign,
        variables=tuple(variables),
        constraints=tuple(constraints),
        idle=_idle(model, variables),
    )
    _require_finite_numbers(compiled)
    return compiled


def _objective(model: Any) -> Any:
    """Return the active objective, or None."""
    if not hasattr(model, "component_data_objects"):
        raise UsageError(
            f"cannot solve {type(model).__name__}: give a Pyomo ConcreteModel or a "
            "compiled LinearModel"
        )
    if not model.is_constructed():
        raise UsageError(
            f"model {model.name} is abstract: call create_instance() and solve that"
        )
    objectives = list(
        model.component_data_objects(Objective, active=True, descend_into=Block)
    )
    if len(objectives) > 1:
        names = ", ".join(objective.name for objective in objectives)
        raise UsageError(
            f"model {model.name} has {len(objectives)} active objectives ({names}): "
            "deactivate all but one"
        )
    return objectives[0] if objectives else None


def _standard_form(model: Any) -> Any:
    """Run Pyomo's compiler; turn its refusals into errors that name the remedy."""
    try:
        return LinearStandardFormCompiler().write(
            model, mixed_form=True, set_sense=None
        )
    except InfeasibleConstraintException:
        raise
    except (InvalidConstraintError, InvalidExpressionError) as error:
        raise UsageError(
            f"{error} The backends solve linear models with integer variables only: "
            "linearise it first."
        ) from error
    except (PyomoException, ValueError, TypeError) as error:
        raise UsageError(
            f"model {model.name} cannot be compiled to linear form: {error}"
        ) from error


def _constant_constraints(model: Any) -> list[tuple[Any, float, float]]:
    """Return the constraints without free variables, and their bounds less constants."""
    constant = []
    for constraint in model.component_data_objects(
        Constraint, active=True, descend_into=Block
    ):
        lower, body, upper = constraint.to_bounded_expression()
        repn = generate_standard_repn(body, compute_values=True, quadratic=False)
        if repn.is_constant():
            lower = -np.inf if lower is None else value(lower)
            upper = np.inf if upper is None else value(upper)
            constant.append(
                (constraint, lower - repn.constant, upper - repn.constant),
            )
    return constant


@contextmanager
def _deactivated(constraints: list[Any]) -> Iterator[None]:
    """Switch constraints off for the time of a block."""
    for constraint in constraints:
        constraint.deactivate()
    try:
        yield
    finally:
        for constraint in constraints:
            constraint.activate()


def _rows(form: Any) -> tuple[Any, Any, Any, list[Any]]:
    """Join the two rows into which Pyomo splits a range."""
    count = len(form.rows)
    right = np.asarray(form.rhs, dtype=np.float64).reshape(count)
    kind = np.array([row.bound_type for row in form.rows], dtype=np.int64)
    lower = np.where(kind <= 0, right, -np.inf)
    upper = np.where(kind >= 0, right, np.inf)
    keep = np.ones(count, dtype=np.bool_)
    for i in range(1, count):
        if form.rows[i].constraint is form.rows[i - 1].constraint:
            lower[i - 1] = lower[i]
            keep[i] = False
    matrix = scipy.sparse.csr_array(form.A, dtype=np.float64)[keep]
    matrix.eliminate_zeros()
    matrix.sort_indices()
    constraints = [
        row.constraint for row, kept in zip(form.rows, keep, strict=True) if kept
    ]
    return matrix, lower[keep], upper[keep], constraints


def _columns(variables: list[Any]) -> tuple[Any, Any, Any]:
    """Return lower bounds, upper bounds and integrality of the variables."""
    lower = np.full(len(variables), -np.inf)
    upper = np.full(len(variables), np.inf)
    integer = np.zeros(len(variables), dtype=np.bool_)
    for j, variable in enumerate(variables):
        low, high = variable.bounds
        if low is not None:
            lower[j] = low
        if high is not None:
            upper[j] = high
        if variable.is_integer():
            integer[j] = True
        elif not variable.is_continuous():
            raise UsageError(
                f"variable {variable.name} has the domain {variable.domain}, which is "
                "neither an interval of the reals nor of the integers: model it with "
                "binary variables"
            )
    return *integer_bounds(lower, upper, integer), integer


def _infinite_beyond(bounds: Any) -> Any:
    """Replace bounds that solvers take for infinite by infinity."""
    return np.where(np.abs(bounds) >= INFINITE, np.copysign(np.inf, bounds), bounds)


def _idle(model: Any, variables: list[Any]) -> tuple[Any, ...]:
    """Return the free variables that have no column."""
    columns = {id(variable) for variable in variables}
    return tuple(
        variable
        for variable in model.component_data_objects(
            Var, active=True, descend_into=Block
        )
        if not variable.fixed and id(variable) not in columns
    )


def _require_finite_numbers(model: LinearModel) -> None:
    """Refuse NaN anywhere, and infinite coefficients; the error names the component."""
    entries = model.matrix.tocoo()
    for index in np.flatnonzero(~np.isfinite(entries.data)).tolist():
        raise UsageError(
            f"constraint {model.constraints[entries.coords[0][index]].name} has the "
            f"coefficient {entries.data[index]} at "
            f"{model.variables[entries.coords[1][index]].name}: it must be finite"
        )
    for j in np.flatnonzero(~np.isfinite(model.cost)).tolist():
        raise UsageError(
            f"the objective has the coefficient {model.cost[j]} at "
            f"{model.variables[j].name}: it must be finite"
        )
    if not np.isfinite(model.offset):
        raise UsageError(
            f"the constant term of the objective is {model.offset}: it must be finite"
        )
    for j in np.flatnonzero(
        np.isnan(model.column_lower)
        | np.isnan(model.column_upper)
        | (model.column_lower == np.inf)
        | (model.column_upper == -np.inf)
    ).tolist():
        raise UsageError(
            f"variable {model.variables[j].name} has the bounds "
            f"{model.column_lower[j]} and {model.column_upper[j]}: give numbers"
        )
    for i in np.flatnonzero(
        np.isnan(model.row_lower) | np.isnan(model.row_upper)
    ).tolist():
        raise UsageError(
            f"constraint {model.constraints[i].name} has a bound that is not a number"
        )
