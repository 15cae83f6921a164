"""Bilevel instances from MibS files: an MPS file with its aux file, or a ``.ki`` file."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from optkit.bilevel.data.formats.aux_file import Auxiliary, read_aux
from optkit.bilevel.data.formats.interdiction import interdiction
from optkit.bilevel.data.formats.mps import MpsModel, read_mps
from optkit.bilevel.instance import BilevelInstance
from optkit.core.errors import InvalidFileError, Issue
from optkit.core.options import Options
from optkit.core.suggest import nearest


def from_mps(path: Path) -> dict[str, Any]:
    """Read an MPS file, and the aux file beside it.

    Raises
    ------
    InvalidFileError
        If one is malformed, or there is no aux file; the error names the path where it
        is looked for.
    """
    plain = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    expected = plain.with_suffix(".aux")
    for candidate in (expected, expected.with_name(f"{expected.name}.gz")):
        if candidate.exists():
            return combine(path, candidate)
    # A file that cannot be read is the first thing to say.
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
    """Read an aux file, and the MPS file that it names or that stands beside it."""
    auxiliary = read_aux(path)
    plain = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    # Only in the same folder: what a file says must not lead elsewhere.
    names = [Path(auxiliary.mps).name] if auxiliary.mps else []
    names += [plain.with_suffix(".mps").name]
    tried = []
    for name in names:
        for candidate in (path.with_name(name), path.with_name(f"{name}.gz")):
            if candidate.exists():
                return combine(candidate, path)
            tried.append(str(candidate))
    raise InvalidFileError(
        str(path), [f"its MPS file is missing; looked for {', '.join(tried)}"]
    )


class MibsOptions(Options):
    """Options of the MibS importer: none, the files say it all."""


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
    """Return the document of an MPS file and an aux file."""
    model, auxiliary = read_mps(mps), read_aux(aux)
    stem = mps.name.removesuffix(".gz").removesuffix(".mps")
    head = {
        "schema": BilevelInstance.SCHEMA,
        "schema_version": BilevelInstance.VERSION,
        "name": stem,
        "provenance": f"read from {mps.name} and {aux.name}",
    }
    if auxiliary.budget is not None:
        return head | _interdiction(model, auxiliary, str(aux))
    columns, rows = _indices(model, auxiliary, str(aux))
    names = list(model.columns)
    followers = set(columns)
    lower_rows = set(rows)
    return head | {
        "columns": [
            {
                "id": name,
                "level": "lower" if j in followers else "upper",
                "integer": model.integer[j],
            }
            | sides(model.lower[j], model.upper[j])
            for j, name in enumerate(names)
        ],
        "rows": [
            {"id": name, "level": "lower" if i in lower_rows else "upper"}
            | sides(model.low[i], model.high[i])
            | {"coefficients": {names[j]: v for j, v in model.entries[i].items() if v}}
            for i, name in enumerate(model.rows)
        ],
        "upper_objective": {
            "sense": "min",
            "constant": model.constant,
            "coefficients": {names[j]: v for j, v in model.cost.items() if v},
        },
        "lower_objective": {
            "sense": "max" if auxiliary.maximised else "min",
            "coefficients": {
                names[j]: value
                for j, value in zip(columns, auxiliary.objective, strict=True)
                if value
            },
        },
    }


def sides(low: float, high: float) -> dict[str, float]:
    """Return finite sides as the keys of a document."""
    found = {}
    if math.isfinite(low):
        found["lower"] = low
    if math.isfinite(high):
        found["upper"] = high
    return found


def _indices(
    model: MpsModel, auxiliary: Auxiliary, source: str
) -> tuple[list[int], list[int]]:
    """Return the follower's columns and rows as indices into the MPS model."""
    issues: list[Issue | str] = []
    found = []
    for what, given, known in (
        ("column", auxiliary.columns, model.columns),
        ("row", auxiliary.rows, model.rows),
    ):
        places = []
        for item in given:
            if isinstance(item, str):
                if item in known:
                    places.append(known[item])
                    continue
                guess = nearest(item, known)
                hint = f"; did you mean {guess!r}?" if guess else ""
                issues.append(f"{what} {item!r} is not in the MPS file{hint}")
            elif item < len(known):
                places.append(item)
            else:
                issues.append(
                    f"{what} {item} is not in the MPS file, which has {len(known)},"
                    " counted from 0 without the objective"
                )
        twice = sorted({place for place in places if places.count(place) > 1})
        names = list(known)
        issues += [
            f"{what} {names[place]!r} is listed more than once" for place in twice
        ]
        found.append(places)
    if issues:
        raise InvalidFileError(source, issues)
    return found[0], found[1]


def _interdiction(model: MpsModel, auxiliary: Auxiliary, source: str) -> dict[str, Any]:
    """Return MibS's interdiction form: the MPS file is the follower's problem alone."""
    count = len(model.columns)
    wanted = list(range(count, 2 * count))
    if auxiliary.columns != wanted:
        raise InvalidFileError(
            source,
            [
                f"in the interdiction form (IB) LC lists {count} to {2 * count - 1}, as the"
                f" MPS file has {count} columns and the leader's as many before them; it"
                f" lists {len(auxiliary.columns)} others"
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
    assert auxiliary.budget is not None
    return interdiction(
        columns=[
            {"id": name, "integer": model.integer[j]}
            | sides(model.lower[j], model.upper[j])
            for j, name in enumerate(names)
        ],
        rows=[
            {"id": name}
            | sides(model.low[i], model.high[i])
            | {"coefficients": {names[j]: v for j, v in model.entries[i].items() if v}}
            for i, name in enumerate(model.rows)
        ],
        objective=auxiliary.objective,
        maximised=auxiliary.maximised,
        costs=auxiliary.costs,
        budget=auxiliary.budget,
    )
