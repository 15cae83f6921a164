"""Write MPS files in free format, such that all readers take them alike."""

from __future__ import annotations

import math

from optkit.backends.model_files.contents import (
    ModelContents,
    ModelFile,
    Texts,
    notes,
    text,
)
from optkit.backends.model_files.names import Names, comments, mps_name

_NO_SIDE = "1e30"
"""A right-hand side that readers take for none."""


def write_mps(model: ModelContents, *, constant_column: bool = True) -> ModelFile:
    """Return the MPS file of a model; its objective is always minimised.

    Parameters
    ----------
    model
        The model.
    constant_column
        Whether a constant of the objective is the cost of a column that is fixed at 1,
        which no reader drops. Otherwise it stands in RHS, which some ignore or negate.
    """
    columns = Names(model.columns, mps_name, "column")
    rows = Names(model.rows, mps_name, "row")
    objective = rows.unused("objective")
    # Readers guess whether the set is left out, so no set has the name of a row or column.
    sets = {
        key: columns.unused(rows.unused(key))
        for key in ("RHS", "RANGE", "BOUND", "MARKER")
    }
    said = notes(model, columns.changed(), rows.changed())
    one = (
        columns.unused("constant_is_1") if model.constant and constant_column else None
    )
    # FREE: CoinUtils otherwise guesses the format line by line, and fails at short names.
    lines = [
        *comments("*", "column", columns),
        *comments("*", "row", rows),
        f"NAME {mps_name(model.name, 'model')} FREE",
        "ROWS",
        f" N {objective}",
    ]
    row_names = [rows[name] for name in model.rows]
    lower, upper = model.row_lower.tolist(), model.row_upper.tolist()
    kinds = [_kind(low, high) for low, high in zip(lower, upper, strict=True)]
    lines += [f" {kind} {name}" for kind, name in zip(kinds, row_names, strict=True)]
    lines.append("COLUMNS")
    by_column, cost = model.matrix.tocsc(), model.cost.tolist()
    starts = by_column.indptr.tolist()
    entry_rows, values = by_column.indices.tolist(), by_column.data.tolist()
    texts = Texts()
    inside = False
    for j, (name, integer) in enumerate(
        zip(model.columns, model.integer.tolist(), strict=True)
    ):
        if integer != inside:
            inside = integer
            mark = "INTORG" if inside else "INTEND"
            lines.append(f" {sets['MARKER']} 'MARKER' '{mark}'")
        column = columns[name]
        part = slice(starts[j], starts[j + 1])
        parts = [
            f" {column} {row_names[i]} {texts[value]}"
            for i, value in zip(entry_rows[part], values[part], strict=True)
            if value
        ]
        # A column without entries is declared with coefficient zero in the objective.
        if cost[j] or not parts:
            lines.append(f" {column} {objective} {texts[cost[j]]}")
        lines += parts
    if inside:
        lines.append(f" {sets['MARKER']} 'MARKER' 'INTEND'")
    lines += [f" {one} {objective} {text(model.constant)}"] if one else []
    lines.append("RHS")
    if model.constant and one is None:
        lines.append(f" {sets['RHS']} {objective} {text(-model.constant)}")
    ranges = []
    for name, kind, low, high in zip(row_names, kinds, lower, upper, strict=True):
        side = low if kind == "G" else high
        if not math.isfinite(side):
            lines.append(f" {sets['RHS']} {name} {_NO_SIDE}")
        elif side:
            lines.append(f" {sets['RHS']} {name} {text(side)}")
        if kind == "L" and math.isfinite(low):
            ranges.append(f" {sets['RANGE']} {name} {text(high - low)}")
    lines += ["RANGES", *ranges] if ranges else []
    lines.append("BOUNDS")
    column_lower, column_upper = (
        model.column_lower.tolist(),
        model.column_upper.tolist(),
    )
    for name, low, high in zip(model.columns, column_lower, column_upper, strict=True):
        lines += _bounds(f"{sets['BOUND']} {columns[name]}", low, high, texts)
    if one:
        lines.append(f" FX {sets['BOUND']} {one} 1")
        said.append(
            f"the objective's constant {text(model.constant)} is the cost of the column"
            f" {one}, which is fixed at 1"
        )
    elif model.constant:
        said.append(
            f"the objective's constant {text(model.constant)} stands negated in RHS, as the"
            " format has it; a reader that ignores it finds objectives without it"
        )
    originals = {new: old for old, new in columns.items()}
    return ModelFile("\n".join([*lines, "ENDATA"]) + "\n", said, originals)


def _kind(low: float, high: float) -> str:
    if math.isinf(high) and math.isfinite(low):
        return "G"
    return "E" if low == high else "L"


def _bounds(column: str, low: float, high: float, texts: Texts) -> list[str]:
    """Return the lines for the bounds of one column, defaults included."""
    if low == high:
        return [f" FX {column} {texts[low]}"]
    if math.isinf(low) and math.isinf(high):
        return [f" FR {column}"]
    lines = [
        f" MI {column}" if math.isinf(low) else f" LO {column} {texts[low]}",
        f" PL {column}" if math.isinf(high) else f" UP {column} {texts[high]}",
    ]
    # Readers drop a lower bound of 0 before a negative upper bound, so it comes after.
    return lines[::-1] if low == 0.0 and high < 0.0 else lines
