"""Read bilevel instances from MibS files: MPS with aux, or ``.ki``."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Any

from optkit.bilevel.data.formats.aux_file import AuxFile, read_aux
from optkit.bilevel.data.formats.interdiction import interdiction
from optkit.bilevel.data.formats.mps import MpsModel, read_mps
from optkit.bilevel.instance import BilevelInstance, side_keys
from optkit.core.errors import InvalidFileError, Issue
from optkit.core.options import Options
from optkit.core.suggest import nearest


def from_mps(path: Path) -> dict[str, Any]:
    """Read an MPS file, and the aux file beside it.

    Raises
    ------
    InvalidFileError
        If one is malformed, or if there is no aux file; the error then names the path at
        which it is expected.
    """
    plain = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    expected = plain.with_suffix(".aux")
    for candidate in (expected, expected.with_name(f"{expected.name}.gz")):
        if candidate.exists():
            return combine(path, candidate)
    # If the MPS file is malformed, that error comes first.
    read_mps(path)
    raise InvalidFileError(
        str(path),
        [
            f"there is no {expected} beside it to say which part is the follower's; an MPS"
            " file without one is an ordinary mixed-integer program, which optkit reads"
            " only as a bilevel program's first half"
        ],
    )


def from_aux(path: Path) -> dict[str, Any]:
    """Read an aux file, and the MPS file that it names or that is beside it."""
    aux_file = read_aux(path)
    plain = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    # Only in the same folder: a file must not direct the reader elsewhere.
    names = [Path(aux_file.mps).name] if aux_file.mps else []
    names += [plain.with_suffix(".mps").name]
    candidates = []
    for name in names:
        for candidate in (path.with_name(name), path.with_name(f"{name}.gz")):
            if candidate.exists():
                return combine(candidate, path)
            candidates.append(str(candidate))
    raise InvalidFileError(
        str(path), [f"its MPS file is missing; looked for {', '.join(candidates)}"]
    )


class MibsOptions(Options):
    """Options of the MibS importer: there are none."""


def import_mibs(source: Path, options: MibsOptions, seed: int) -> dict[str, Any]:
    """Read ``.mps`` with ``.aux``, ``.aux`` with ``.mps``, or ``.ki``."""
    name = source.name.lower().removesuffix(".gz")
    if name.endswith(".aux"):
        return from_aux(source)
    if name.endswith(".ki"):
        from optkit.bilevel.data.formats.ki import from_ki

        return from_ki(source)
    return from_mps(source)


def combine(mps: Path, aux: Path) -> dict[str, Any]:
    """Return the document of the instance in an MPS file and an aux file."""
    model, aux_file = read_mps(mps), read_aux(aux)
    stem = mps.name.removesuffix(".gz").removesuffix(".mps")
    head = {
        "schema": BilevelInstance.SCHEMA,
        "schema_version": BilevelInstance.VERSION,
        "name": stem,
        "provenance": f"read from {mps.name} and {aux.name}",
    }
    if aux_file.budget is not None:
        return head | _interdiction(model, aux_file, str(aux))
    columns, rows = _indices(model, aux_file, str(aux))
    names = list(model.columns)
    lower_columns, lower_rows = set(columns), set(rows)
    return head | {
        "columns": [
            {
                "id": name,
                "level": "lower" if j in lower_columns else "upper",
                "integer": model.integer[j],
            }
            | side_keys(model.lower[j], model.upper[j])
            for j, name in enumerate(names)
        ],
        "rows": [
            {"id": name, "level": "lower" if i in lower_rows else "upper"}
            | side_keys(model.low[i], model.high[i])
            | {"coefficients": {names[j]: v for j, v in model.entries[i].items() if v}}
            for i, name in enumerate(model.rows)
        ],
        "upper_objective": {
            "sense": "min",
            "constant": model.constant,
            "coefficients": {names[j]: v for j, v in model.cost.items() if v},
        },
        "lower_objective": {
            "sense": "max" if aux_file.maximised else "min",
            "coefficients": {
                names[j]: value
                for j, value in zip(columns, aux_file.objective, strict=True)
                if value
            },
        },
    }


def _indices(
    model: MpsModel, aux_file: AuxFile, source: str
) -> tuple[list[int], list[int]]:
    """Return the follower's columns and rows as indices into the MPS model."""
    issues: list[Issue | str] = []
    indices_by_kind = []
    for kind, items, index_of in (
        ("column", aux_file.columns, model.columns),
        ("row", aux_file.rows, model.rows),
    ):
        indices = []
        for item in items:
            if isinstance(item, str):
                if item in index_of:
                    indices.append(index_of[item])
                    continue
                guess = nearest(item, index_of)
                hint = f"; did you mean {guess!r}?" if guess else ""
                issues.append(f"{kind} {item!r} is not in the MPS file{hint}")
            elif item < len(index_of):
                indices.append(item)
            else:
                issues.append(
                    f"{kind} {item} is not in the MPS file, which has {len(index_of)},"
                    " counted from 0 without the objective"
                )
        names = list(index_of)
        repeated = sorted(index for index, n in Counter(indices).items() if n > 1)
        issues += [
            f"{kind} {names[index]!r} is listed more than once" for index in repeated
        ]
        indices_by_kind.append(indices)
    if issues:
        raise InvalidFileError(source, issues)
    return indices_by_kind[0], indices_by_kind[1]


def _interdiction(model: MpsModel, aux_file: AuxFile, source: str) -> dict[str, Any]:
    """Read MibS's interdiction form, whose MPS file is the follower's problem alone."""
    count = len(model.columns)
    expected = list(range(count, 2 * count))
    if aux_file.columns != expected:
        raise InvalidFileError(
            source,
            [
                f"in the interdiction form (IB) LC lists {count} to {2 * count - 1}, as the"
                f" MPS file has {count} columns and the leader's as many before them; it"
                f" lists {len(aux_file.columns)} others"
            ],
        )
    names = list(model.columns)
    unbounded = [
        n for n, high in zip(names, model.upper, strict=True) if math.isinf(high)
    ]
    if unbounded:
        raise InvalidFileError(
            source,
            [
                f"column {unbounded[0]!r} has no upper bound, so it cannot be interdicted"
            ],
        )
    assert aux_file.budget is not None
    return interdiction(
        columns=[
            {"id": name, "integer": model.integer[j]}
            | side_keys(model.lower[j], model.upper[j])
            for j, name in enumerate(names)
        ],
        rows=[
            {"id": name}
            | side_keys(model.low[i], model.high[i])
            | {"coefficients": {names[j]: v for j, v in model.entries[i].items() if v}}
            for i, name in enumerate(model.rows)
        ],
        objective=aux_file.objective,
        maximised=aux_file.maximised,
        costs=aux_file.costs,
        budget=aux_file.budget,
    )
