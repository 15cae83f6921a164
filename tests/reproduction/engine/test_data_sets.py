"""Public data sets are found, or the message says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from optkit.reproduction.engine.data_sets import VARIABLE, data_file

FILE = Path("trace", "jobs.csv")


def test_no_folder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the variable, the message says what to set it to."""
    monkeypatch.delenv(VARIABLE, raising=False)
    message = data_file(FILE)
    assert isinstance(message, str)
    assert f"set {VARIABLE} to a folder that has trace/jobs.csv" in message


def test_file_is_looked_for_in_the_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A missing file is named; a file that is there is returned."""
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    message = data_file(FILE)
    assert isinstance(message, str)
    assert "without trace/jobs.csv" in message
    (tmp_path / "trace").mkdir()
    (tmp_path / FILE).write_text("")
    assert data_file(FILE) == tmp_path / FILE
