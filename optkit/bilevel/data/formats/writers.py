"""Write bilevel instances as MPS, LP and aux files."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import scipy.sparse

from optkit.backends.model_files.contents import ModelContents, ModelFile, text
from optkit.backends.model_files.lp import write_lp
from optkit.backends.model_files.mps import write_mps
from optkit.backends.model_files.names import Names, mps_name
from optkit.bilevel.instance import BilevelInstance, Objective
from optkit.core.arrays import Floats

Form = Literal["names", "index"]


def mps_file(instance: BilevelInstance) -> ModelFile:
    """Return the high-point relaxation as free MPS, with the leader's objective minimised.

    If the instance maximises, the objective is negated, since MibS minimises. A constant
    stands in RHS, so that the file reads back as the same program.
    """
    return write_mps(_contents(instance), constant_column=False)


def lp_file(instance: BilevelInstance) -> ModelFile:
    """Return the high-point relaxation in CPLEX' LP format."""
    return write_lp(_contents(instance))


def aux_file(
    instance: BilevelInstance, form: Form = "names", mps: str | None = None
) -> ModelFile:
    """Return the aux file that belongs to :func:`mps_file`.

    Parameters
    ----------
    instance
        The instance.
    form
        ``names`` or ``index``. Neither has room for the constant of the follower's
        objective and its terms in the leader's columns. They are left out; the follower
        cannot change them.
    mps
        Name of the MPS file, which the form ``names`` states; by default the instance's.
    """
    columns = Names((c.id for c in instance.columns), mps_name, "column")
    rows = Names((row.id for row in instance.rows), mps_name, "row")
    lower = [j for j, c in enumerate(instance.columns) if c.level == "lower"]
    lower_rows = [i for i, row in enumerate(instance.rows) if row.level == "lower"]
    objective = instance.lower_objective
    if form == "index":
        sense = -1 if objective.sense == "max" else 1
        values = [
            objective.coefficients.get(instance.columns[j].id, 0.0) for j in lower
        ]
        lines = [
            f"N {len(lower)}",
            f"M {len(lower_rows)}",
            *(f"LC {j}" for j in lower),
            *(f"LR {i}" for i in lower_rows),
            *(f"LO {text(value)}" for value in values),
            f"OS {sense}",
        ]
    else:
        cost, _ = _minimised(objective)
        names = [instance.columns[j].id for j in lower]
        lines = [
            "@NUMVARS",
            str(len(lower)),
            "@NUMCONSTRS",
            str(len(lower_rows)),
            "@VARSBEGIN",
            *(f"{columns[name]} {text(cost.get(name, 0.0))}" for name in names),
            "@VARSEND",
            "@CONSTRSBEGIN",
            *(rows[instance.rows[i].id] for i in lower_rows),
            "@CONSTRSEND",
            "@NAME",
            mps_name(instance.name, "model"),
            "@MPS",
            mps or f"{mps_name(instance.name, 'model')}.mps",
        ]
    said = []
    level = {column.id: column.level for column in instance.columns}
    if objective.constant or any(
        value and level[name] == "upper"
        for name, value in objective.coefficients.items()
    ):
        said.append(
            "the follower's objective has a constant or terms in the leader's columns, for"
            " which aux files have no room; its value differs, its decisions do not"
        )
    if instance.ties == "pessimistic":
        said.append(
            "the program is pessimistic, for which aux files have no room; read again,"
            " it is optimistic unless --ties pessimistic is given"
        )
    return ModelFile("\n".join(lines) + "\n", said)


def to_mps(instance: BilevelInstance) -> bytes:
    """Return the bytes of :func:`mps_file`."""
    return mps_file(instance).data


def to_lp(instance: BilevelInstance) -> bytes:
    """Return the bytes of :func:`lp_file`."""
    return lp_file(instance).data


def to_aux(instance: BilevelInstance, form: Form = "names") -> bytes:
    """Return the bytes of :func:`aux_file`."""
    return aux_file(instance, form).data


def _contents(instance: BilevelInstance) -> ModelContents:
    columns, rows = instance.columns, instance.rows
    index_of = {column.id: j for j, column in enumerate(columns)}
    starts, indices, data = [0], [], []
    for row in rows:
        for name, value in row.coefficients.items():
            indices.append(index_of[name])
            data.append(value)
        starts.append(len(indices))
    cost = np.zeros(len(columns))
    coefficients, constant = _minimised(instance.upper_objective)
    for name, value in coefficients.items():
        cost[index_of[name]] = value
    shape = (len(rows), len(columns))
    return ModelContents(
        name=instance.name,
        columns=[column.id for column in columns],
        rows=[row.id for row in rows],
        matrix=scipy.sparse.csr_array((data, indices, starts), shape, dtype=np.float64),
        row_lower=_filled([row.lower for row in rows], -math.inf),
        row_upper=_filled([row.upper for row in rows], math.inf),
        column_lower=_filled([column.lower for column in columns], -math.inf),
        column_upper=_filled([column.upper for column in columns], math.inf),
        integer=np.array([column.integer for column in columns], dtype=np.bool_),
        cost=cost,
        constant=constant,
        maximised=instance.upper_objective.sense == "max",
    )


def _filled(values: list[float | None], missing: float) -> Floats:
    return np.array([missing if v is None else v for v in values], dtype=np.float64)


def _minimised(objective: Objective) -> tuple[dict[str, float], float]:
    """Return coefficients and constant of an objective to be minimised."""
    sign = -1.0 if objective.sense == "max" else 1.0
    coefficients = {n: sign * v for n, v in objective.coefficients.items() if v}
    return coefficients, sign * objective.constant
