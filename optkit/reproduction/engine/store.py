"""Findings on disk: one folder per reproduction, written completely or not at all."""

from __future__ import annotations

import csv
import io
import re
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from optkit.core.display.tables import Table
from optkit.core.errors import InvalidFileError, UsageError
from optkit.core.files import paths
from optkit.core.files.csv_cells import csv_cell
from optkit.core.files.json_text import dump_json
from optkit.core.files.text import read_json
from optkit.reproduction.engine.catalogue import Reproduction
from optkit.reproduction.engine.findings import Findings

SCHEMA = "optkit/reproduction"
VERSION = 1

RECORD = "findings.json"
"""The file by which a finished folder of ours is recognised."""


def folder_of(directory: Path, name: str) -> Path:
    """Return the folder of the reproduction called ``name``."""
    return directory / name.replace("/", "-")


def table_document(table: Table) -> dict[str, Any]:
    """Return a table as a JSON-ready mapping."""
    return {
        "title": table.title,
        "columns": [
            {"name": c.name, "unit": c.unit, "align": c.align} for c in table.columns
        ],
        "rows": [list(row) for row in table.rows],
    }


def record(
    reproduction: Reproduction,
    findings: Findings,
    request: Mapping[str, Any],
    origin: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the record of a run, ready for JSON.

    Parameters
    ----------
    reproduction
        The reproduction.
    findings
        Its findings.
    request
        Everything that the findings depend on: a folder with the same request is kept.
    origin
        Versions, machine, seconds, command.
    """
    return {
        "schema": SCHEMA,
        "schema_version": VERSION,
        "name": reproduction.name,
        "title": reproduction.title,
        "paper": reproduction.paper,
        "where": reproduction.where,
        "request": dict(request),
        **origin,
        "parameters": dict(findings.parameters),
        "claims": [claim.document() for claim in findings.claims],
        "notes": list(findings.notes),
        "tables": {
            name: table_document(table) for name, table in findings.tables.items()
        },
        "data": [f"{name}.csv" for name in findings.data],
        "pictures": [
            {"name": picture.name, "caption": picture.caption}
            for picture in findings.pictures
        ],
    }


def read_record(folder: Path) -> dict[str, Any] | None:
    """Return the record in a folder; None if there is none that can be read."""
    try:
        document = read_json(folder / RECORD)
    except InvalidFileError:
        return None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        return None
    return document if document.get("schema_version") == VERSION else None


def records(directory: Path) -> list[dict[str, Any]]:
    """Return the records of every finished folder in ``directory``, by name.

    ``fig-5`` comes before ``fig-12``.
    """
    documents = [
        document
        for folder in sorted(directory.iterdir())
        if paths.is_folder(folder) and not folder.name.startswith(".")
        if (document := read_record(folder)) is not None
    ]
    return sorted(documents, key=lambda document: _natural(str(document["name"])))


def _natural(name: str) -> list[tuple[str, int]]:
    """Return a sort key by which numbers in names count as numbers."""
    parts = re.findall(r"(\D*)(\d*)", name)
    return [(word, int(number or 0)) for word, number in parts]


def prepare(directory: Path, reproductions: list[Reproduction]) -> None:
    """Make the directory, and check that the folders can be written without loss.

    Raises
    ------
    UsageError
        If it cannot be made, or a folder to be written holds other files.
    """
    paths.make_folder(directory)
    with paths.writing(directory):
        probe = paths.temporary_name(directory)
        probe.mkdir()
        now = probe.stat().st_mtime
        probe.rmdir()
    paths.sweep(directory, now)
    for reproduction in reproductions:
        folder = folder_of(directory, reproduction.name)
        if not paths.exists(folder) or (
            paths.is_folder(folder) and paths.is_file(folder / RECORD)
        ):
            continue
        if not paths.is_folder(folder) or any(folder.iterdir()):
            raise UsageError(
                f"{folder}: already there, and not made by optkit reproduce; name"
                " another folder with -o."
            )


def write(
    folder: Path,
    document: Mapping[str, Any],
    findings: Findings,
    pictures: Mapping[str, bytes],
) -> None:
    """Write a reproduction's folder, completely or not at all.

    Everything is written to a temporary folder first, which is then renamed.

    Parameters
    ----------
    folder
        The folder; the results of an earlier run are replaced.
    document
        The record, see :func:`record`.
    findings
        The findings, for the CSV files of tables and data.
    pictures
        Files of the pictures by name.
    """
    mark = secrets.token_hex(8)
    fresh = folder.parent / f".{mark}.tmp"
    old = folder.parent / f".{mark}.old"
    fresh.mkdir()
    try:
        for name, table in {**findings.tables, **findings.data}.items():
            (fresh / f"{name}.csv").write_text(as_csv(table), encoding="utf-8")
        for name, data in pictures.items():
            (fresh / name).write_bytes(data)
        (fresh / RECORD).write_text(dump_json(document), encoding="utf-8")
        replaced = paths.exists(folder)
        if replaced:
            folder.rename(old)
        try:
            fresh.rename(folder)
        except OSError:
            if replaced:
                old.rename(folder)
            raise
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def as_csv(table: Table) -> str:
    """Return a table as CSV, with all digits of its numbers; no cell is a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([column.heading for column in table.columns])
    writer.writerows([csv_cell(cell) for cell in row] for row in table.rows)
    return buffer.getvalue()
