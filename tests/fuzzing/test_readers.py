"""Altered files of every format are read or refused, by an error of optkit's, in time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import optkit
from tests.fuzzing.run import fuzz
from tests.fuzzing.seeds import seeds


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_no_reader_fails(tmp_path: Path, seed: int) -> None:
    """5,000 altered files per seed; ``python -m tests.fuzzing.run`` runs more."""
    counts = fuzz(5_000, seed, tmp_path)
    assert not counts.faults, "\n".join(counts.faults)
    # The alterations are mild enough that some files of every format are still valid;
    # the archives of policies have checksums.
    names = {s.name for s in seeds()}
    assert set(counts.accepted) >= {n for n in names if not n.startswith("policy")}
    assert set(counts.refused) == names


@pytest.mark.slow
def test_whole_numbers_above_every_float(tmp_path: Path) -> None:
    """A whole number with 400 digits is refused with its path, wherever it stands."""
    for seed in seeds():
        if not seed.name.startswith(("instance", "solution")):
            continue
        document = json.loads(seed.content)
        for path in _numbers(document):
            target = tmp_path / seed.file
            target.write_text(json.dumps(_replaced(document, path, 10**400)))
            if seed.name.startswith("solution") and path[0] in _FREE:
                seed.read(target)
            else:
                with pytest.raises(optkit.InvalidFileError):
                    seed.read(target)


_FREE = ("metrics", "limits", "solver")
"""Parts of a solution file that may hold any JSON."""


def _numbers(
    document: object, path: tuple[object, ...] = ()
) -> list[tuple[object, ...]]:
    """Return the path of the first number in every list and under every key."""
    if isinstance(document, dict):
        return [p for k, v in document.items() for p in _numbers(v, (*path, k))]
    if isinstance(document, list):
        return _numbers(document[0], (*path, 0)) if document else []
    number = isinstance(document, int | float) and not isinstance(document, bool)
    return [path] if number else []


def _replaced(document: object, path: tuple[object, ...], value: object) -> object:
    """Return the document with another value at a path."""
    if not path:
        return value
    head, *rest = path
    if isinstance(document, dict):
        return {
            k: _replaced(v, tuple(rest), value) if k == head else v
            for k, v in document.items()
        }
    assert isinstance(document, list)
    return [
        _replaced(v, tuple(rest), value) if k == head else v
        for k, v in enumerate(document)
    ]
