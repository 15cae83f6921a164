"""Write LP files (CPLEX' format), such that all readers take them alike."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from optkit.backends.model_files.contents import (
    ModelContents,
    ModelFile,
    entries,
    notes,
    text,
)
from optkit.backends.model_files.names import Names, comments, lp_name

_TERMS = 8
"""Terms per line: some readers cut lines of more than 510 characters."""


def write_lp(model: ModelContents) -> ModelFile:
    """Return the LP file of a model; its objective is always minimised.

    A constant of the objective is the cost of a column that is fixed at 1, since some
    readers drop a number there.
    """
    columns = Names(model.columns, lp_name, "c")
    rows = Names(model.rows, lp_name, "r")
    said = notes(model, columns.changed(), rows.changed())
    names = [columns[name] for name in model.columns]
    costs = [
        (name, value) for name, value in zip(names, model.cost.tolist(), strict=True)
    ]
    costs = [(name, value) for name, value in costs if value]
    fixed = []
    if model.constant or not names:
        one = columns.unused("constant_is_1")
        costs.append((one, model.constant))
        fixed.append(f" {one} = 1")
        names_or_one = [*names, one]
        if model.constant:
            said.append(
                f"the objective's constant {text(model.constant)} is the cost of the column"
                f" {one}, which is fixed at 1"
            )
    else:
        names_or_one = names
    zero = [(names_or_one[0], 0.0)]
    lines = [
        *comments("\\", "column", columns),
        *comments("\\", "row", rows),
        "minimize",
        *_terms(f" {rows.unused('obj')}:", costs or zero),
        "subject to",
    ]
    sides = zip(model.row_lower.tolist(), model.row_upper.tolist(), strict=True)
    written = 0
    for i, (original, (low, high)) in enumerate(zip(model.rows, sides, strict=True)):
        name = rows[original]
        parts = [(names[j], value) for j, value in entries(model.matrix, i) if value]
        both = math.isfinite(low) and math.isfinite(high) and low != high
        for word, side, other in (
            ("=", low, high),
            ("<=", high, low),
            (">=", low, high),
        ):
            if math.isinf(side) or (word == "=") != (side == other):
                continue
            label = rows.unused(f"{name}_low") if both and word == ">=" else name
            lines += _terms(f" {label}:", parts or zero)
            lines[-1] += f" {word} {text(side)}"
            written += 1
        if math.isinf(low) and math.isinf(high):
            lines.append(f"\\ row {name} has no side, so it restricts nothing")
    if not written:  # some readers want one
        lines.append(f" {rows.unused('nothing')}: 0 {zero[0][0]} <= 1")
    lines.append("bounds")
    bounds = zip(model.column_lower.tolist(), model.column_upper.tolist(), strict=True)
    lines += [
        _bound(n, low, high) for n, (low, high) in zip(names, bounds, strict=True)
    ]
    lines += fixed
    integer = [
        n for n, whole in zip(names, model.integer.tolist(), strict=True) if whole
    ]
    if integer:
        lines += ["general", *(f" {name}" for name in integer)]
    originals = {new: old for old, new in columns.items()}
    return ModelFile("\n".join([*lines, "end"]) + "\n", said, originals)


def _terms(head: str, parts: Iterable[tuple[str, float]]) -> Iterator[str]:
    """Yield lines of a linear expression; the first begins with ``head``."""
    words = [f"{'-' if value < 0 else '+'}{text(abs(value))} {n}" for n, value in parts]
    for start in range(0, len(words), _TERMS):
        line = " ".join(words[start : start + _TERMS])
        yield f"{head} {line}" if start == 0 else f"  {line}"


def _bound(name: str, low: float, high: float) -> str:
    if low == high:
        return f" {name} = {text(low)}"
    if math.isinf(low) and math.isinf(high):
        return f" {name} free"
    if math.isinf(high):
        return f" {name} >= {text(low)}"
    return f" {'-inf' if math.isinf(low) else text(low)} <= {name} <= {text(high)}"
