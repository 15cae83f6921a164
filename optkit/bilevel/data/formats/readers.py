"""Read bilevel instances from MibS files: MPS with aux, or ``.ki``."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import Field

from optkit.bilevel.data.formats.aux_file import AuxFile, read_aux
from optkit.bilevel.data.formats.interdiction import interdiction
from optkit.bilevel.data.formats.mps import MpsModel, read_mps
from optkit.bilevel.instance import BilevelInstance, Ties, side_keys
from optkit.core.errors import InvalidFileError, Issue
from optkit.core.files.numbers import parse_whole
from optkit.core.files.paths import exists
from optkit.core.options import Options
from optkit.core.suggest import nearest

AUX_ENDINGS = (".aux", ".mps.aux", ".txt")
"""Endings of the aux file beside ``NAME.mps``, in the order in which they are tried."""


def from_mps(path: Path, aux: Path | None = None) -> dict[str, Any]:
    """Read an MPS file and its aux file.

    Parameters
    ----------
    path
        The MPS file.
    aux
        The aux file; by default the first of :data:`AUX_ENDINGS` beside the MPS file.

    Raises
    ------
    InvalidFileError
        If one is malformed, or if there is no aux file; the error then names the path at
        which it is expected.
    """
    if aux is not None:
        return combine(path, aux)
    expected = [path.with_name(_stem(path) + ending) for ending in AUX_ENDINGS]
    for plain in expected:
        for candidate in (plain, plain.with_name(f"{plain.name}.gz")):
            if exists(candidate):
                return combine(path, candidate)
    # If the MPS file is malformed, that error comes first.
    read_mps(path)
    raise InvalidFileError(
        str(path),
        [
            f"there is no {expected[0]} beside it to say which part is the follower's (nor"
            f" {' or '.join(other.name for other in expected[1:])}); name it by --aux. An"
            " MPS file without one is an ordinary mixed-integer program, which optkit reads"
            " only as a bilevel program's first half"
        ],
    )


def from_aux(path: Path, aux: Path | None = None) -> dict[str, Any]:
    """Read an aux file, and the MPS file that it names or that is beside it.

    Raises
    ------
    InvalidFileError
        If one is malformed, the MPS file is missing, or another aux file is given.
    """
    if aux is not None:
        raise InvalidFileError(
            str(path), [f"this is an aux file; name the MPS file with --aux {aux}"]
        )
    aux_file = read_aux(path)
    # Only in the same folder: a file must not direct the reader elsewhere.
    names = [Path(aux_file.mps).name] if aux_file.mps else []
    names += [_stem(path) + ".mps"]
    candidates = []
    for name in names:
        for candidate in (path.with_name(name), path.with_name(f"{name}.gz")):
            if exists(candidate):
                return combine(candidate, path)
            candidates.append(str(candidate))
    raise InvalidFileError(
        str(path), [f"its MPS file is missing; looked for {', '.join(candidates)}"]
    )


def _stem(path: Path) -> str:
    """Return the name of a file without its ending and that of compression."""
    plain = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    name = plain.with_suffix("").name
    return name[: -len(".mps")] if name.lower().endswith(".mps") else name


class MibsOptions(Options):
    """Options of the MibS importer."""

    aux: str = Field(
        "",
        description="aux file of the MPS file; by default, the one beside it.",
    )
    ties: Ties | None = Field(
        None,
        description="which of its optima the follower takes: the best for the leader"
        " (optimistic, the default) or the worst (pessimistic)",
    )


def import_mibs(source: Path, options: MibsOptions, seed: int) -> dict[str, Any]:
    """Read ``.mps`` with ``.aux``, ``.aux`` with ``.mps``, or ``.ki``."""
    document = _read(source, options)
    return document if options.ties is None else document | {"ties": options.ties}


def _read(source: Path, options: MibsOptions) -> dict[str, Any]:
    name = source.name.lower().removesuffix(".gz")
    aux = Path(options.aux) if options.aux else None
    if name.endswith(".aux"):
        return from_aux(source, aux)
    if name.endswith(".ki"):
        from optkit.bilevel.data.formats.ki import from_ki

        return from_ki(source, aux)
    return from_mps(source, aux)


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
    columns = _positions(
        "column", aux_file.columns, aux_file.columns_named, model.columns, issues
    )
    rows = _positions("row", aux_file.rows, aux_file.rows_named, model.rows, issues)
    if issues:
        raise InvalidFileError(source, issues)
    return columns, rows


def _positions(
    kind: str,
    words: list[str],
    named: bool,
    index_of: dict[str, int],
    issues: list[Issue | str],
) -> list[int]:
    """Return the positions of columns or rows that are given by name or by index."""
    numbers = [parse_whole(word) for word in words]
    if named or None in numbers:
        positions = [index_of[word] for word in words if word in index_of]
        for word in words:
            if word not in index_of:
                issues.append(
                    f"{kind} {word!r} is not in the MPS file{_hint(word, index_of)}"
                )
    else:
        indices = [number for number in numbers if number is not None]
        positions = [index for index in indices if index < len(index_of)]
        issues += [
            f"{kind} {index} is not in the MPS file, which has {len(index_of)}, counted"
            " from 0 without the objective"
            for index in indices
            if index >= len(index_of)
        ]
        as_names = [index_of.get(word) for word in words]
        if None not in as_names and as_names != indices:
            issues.append(
                f"{kind} {words[0]}: is it an index or a name? The MPS file has names that"
                " are numbers; use @VARSBEGIN and @CONSTRSBEGIN, which list names"
            )
    names = list(index_of)
    issues += [
        f"{kind} {names[index]!r} is listed more than once"
        for index, count in sorted(Counter(positions).items())
        if count > 1
    ]
    return positions


def _hint(word: str, known: dict[str, int]) -> str:
    guess = nearest(word, known)
    return f"; did you mean {guess!r}?" if guess else ""


def _interdiction(model: MpsModel, aux_file: AuxFile, source: str) -> dict[str, Any]:
    """Read MibS's interdiction form, whose MPS file is the follower's problem alone."""
    count = len(model.columns)
    expected = [str(j) for j in range(count, 2 * count)]
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
