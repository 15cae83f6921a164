"""Write bilevel instances as MPS, LP and aux files."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Literal

from optkit.bilevel.instance import BilevelInstance, Column, Objective, Row

Form = Literal["names", "index"]

_LP_NAME = re.compile(r"[^A-Za-z0-9_.\[\]]")


class FormatNames:
    """Names that a file format allows, still unique.

    Parameters
    ----------
    names
        The original names.
    pattern
        Characters that the format does not allow in a name; each becomes an underscore.
    first
        Prefix for names that begin with a digit, a dot or an E; empty if they are allowed.
    """

    def __init__(
        self, names: Iterable[str], pattern: re.Pattern[str], first: str = ""
    ) -> None:
        self._names: dict[str, str] = {}
        taken: set[str] = set()
        for name in names:
            plain = pattern.sub("_", name)
            if first and (plain[0].isdigit() or plain[0] in ".eE"):
                plain = first + plain
            while plain in taken:
                plain += "_"
            taken.add(plain)
            self._names[name] = plain

    def __getitem__(self, name: str) -> str:
        return self._names[name]


_BLANKS = re.compile(r"\s|^[*$@]")


def _mps_names(instance: BilevelInstance) -> tuple[FormatNames, FormatNames, str]:
    """Return the names of columns and rows in MPS, and that of the objective."""
    rows = [row.id for row in instance.rows]
    objective = "objective"
    while objective in rows:
        objective += "_"
    columns = FormatNames((column.id for column in instance.columns), _BLANKS)
    return columns, FormatNames(rows, _BLANKS), objective


def to_mps(instance: BilevelInstance) -> bytes:
    """Return the high-point relaxation as free MPS, with the leader's objective minimised.

    If the instance maximises, the objective is negated, since MibS minimises.
    """
    columns, rows, objective = _mps_names(instance)
    cost, constant = _minimised(instance.upper_objective)
    kinds = [_kind(row) for row in instance.rows]
    lines = [f"NAME {instance.name}", "ROWS", f" N {objective}"]
    lines += [
        f" {kind} {rows[row.id]}"
        for kind, row in zip(kinds, instance.rows, strict=True)
    ]
    lines.append("COLUMNS")
    entries: dict[str, list[tuple[str, float]]] = {c.id: [] for c in instance.columns}
    for name, value in cost.items():
        entries[name].append((objective, value))
    for row in instance.rows:
        for name, value in row.coefficients.items():
            if value:
                entries[name].append((rows[row.id], value))
    inside = False
    for column in instance.columns:
        if column.integer != inside:
            inside = column.integer
            mark = "INTORG" if inside else "INTEND"
            lines.append(f" MARKER 'MARKER' '{mark}'")
        # A column without entries is declared with coefficient zero in the objective.
        for row_name, value in entries[column.id] or [(objective, 0.0)]:
            lines.append(f" {columns[column.id]} {row_name} {_text(value)}")
    if inside:
        lines.append(" MARKER 'MARKER' 'INTEND'")
    lines.append("RHS")
    if constant:
        lines.append(f" RHS {objective} {_text(-constant)}")
    ranges = []
    for kind, row in zip(kinds, instance.rows, strict=True):
        side = row.lower if kind == "G" else row.upper
        if side:
            lines.append(f" RHS {rows[row.id]} {_text(side)}")
        if kind == "L" and row.lower is not None and row.upper is not None:
            ranges.append(f" RANGE {rows[row.id]} {_text(row.upper - row.lower)}")
        elif kind == "L" and row.upper is None:
            # A row without sides: only a large right-hand side keeps it in the format.
            ranges.append(f" RHS {rows[row.id]} 1e30")
    lines += [line for line in ranges if line.startswith(" RHS")]
    if any(line.startswith(" RANGE") for line in ranges):
        lines += ["RANGES", *(line for line in ranges if line.startswith(" RANGE"))]
    lines.append("BOUNDS")
    for column in instance.columns:
        lines += _bound_lines(column, columns[column.id])
    lines.append("ENDATA")
    return ("\n".join(lines) + "\n").encode()


def _kind(row: Row) -> str:
    if row.lower is None:
        return "L"
    if row.upper is None:
        return "G"
    return "E" if row.lower == row.upper else "L"


def _bound_lines(column: Column, name: str) -> list[str]:
    """Return the lines for the bounds of one column, defaults included."""
    low, high = column.lower, column.upper
    if low is not None and low == high:
        return [f" FX BOUND {name} {_text(low)}"]
    if low is None and high is None:
        return [f" FR BOUND {name}"]
    # The lower bound first: by convention a negative upper bound would remove it.
    lines = [f" MI BOUND {name}" if low is None else f" LO BOUND {name} {_text(low)}"]
    lines.append(
        f" PL BOUND {name}" if high is None else f" UP BOUND {name} {_text(high)}"
    )
    return lines


def to_aux(instance: BilevelInstance, form: Form = "names") -> bytes:
    """Return the aux file that belongs to :func:`to_mps`.

    Parameters
    ----------
    instance
        The instance.
    form
        ``names`` or ``index``. Neither has room for the constant of the follower's
        objective and its terms in the leader's columns. They are left out; the follower
        cannot change them.
    """
    columns, rows, _ = _mps_names(instance)
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
            *(f"LO {_text(value)}" for value in values),
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
            *(f"{columns[name]} {_text(cost.get(name, 0.0))}" for name in names),
            "@VARSEND",
            "@CONSTRSBEGIN",
            *(rows[instance.rows[i].id] for i in lower_rows),
            "@CONSTRSEND",
            "@NAME",
            instance.name,
            "@MPS",
            f"{_LP_NAME.sub('_', instance.name)}.mps",
        ]
    return ("\n".join(lines) + "\n").encode()


def to_lp(instance: BilevelInstance) -> bytes:
    """Return the high-point relaxation in CPLEX' LP format."""
    columns = FormatNames((c.id for c in instance.columns), _LP_NAME, "c_")
    rows = FormatNames((row.id for row in instance.rows), _LP_NAME, "r_")
    cost, constant = _minimised(instance.upper_objective)
    lines = [
        "minimize",
        f" obj: {_linear(cost, columns)} {constant:+.17g}",
        "subject to",
    ]
    for row in instance.rows:
        terms = _linear(row.coefficients, columns)
        if not terms:
            terms = (
                f"0 {columns[instance.columns[0].id]}" if instance.columns else "0 z"
            )
        name = rows[row.id]
        if row.lower is not None and row.lower == row.upper:
            lines.append(f" {name}: {terms} = {_text(row.lower)}")
            continue
        is_range = row.lower is not None and row.upper is not None
        if row.upper is not None:
            lines.append(f" {name}: {terms} <= {_text(row.upper)}")
        if row.lower is not None:
            lines.append(
                f" {name}{'_low' if is_range else ''}: {terms} >= {_text(row.lower)}"
            )
    lines.append("bounds")
    for column in instance.columns:
        low = "-inf" if column.lower is None else _text(column.lower)
        high = "+inf" if column.upper is None else _text(column.upper)
        lines.append(f" {low} <= {columns[column.id]} <= {high}")
    integer = [columns[c.id] for c in instance.columns if c.integer]
    if integer:
        lines += ["general", *(f" {name}" for name in integer)]
    return ("\n".join([*lines, "end"]) + "\n").encode()


def _linear(coefficients: dict[str, float], names: FormatNames) -> str:
    return " ".join(
        f"{value:+.17g} {names[name]}" for name, value in coefficients.items() if value
    )


def _minimised(objective: Objective) -> tuple[dict[str, float], float]:
    """Return coefficients and constant of an objective to be minimised."""
    sign = -1.0 if objective.sense == "max" else 1.0
    coefficients = {n: sign * v for n, v in objective.coefficients.items() if v}
    return coefficients, sign * objective.constant


def _text(value: float) -> str:
    """Return the shortest text that reads back as the same number."""
    if value == math.floor(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(float(value))
