"""Leftovers of killed programs are removed, and limits of reading hold."""

from __future__ import annotations

import gzip
import os
import time
from pathlib import Path

import pytest

from optkit.cli.writable_paths import require_writable
from optkit.core.errors import InvalidFileError, UsageError
from optkit.core.files import text
from optkit.core.files.references import axis, wrong_lengths
from optkit.core.files.text import parse_json, read_json, read_toml, write_bytes


def test_old_temporary_files_are_removed(tmp_path: Path) -> None:
    """The next program that writes removes them; young ones and other files stay."""
    old, young = tmp_path / f".{'a' * 16}.tmp", tmp_path / f".{'b' * 16}.tmp"
    folder, other = tmp_path / f".{'c' * 16}.tmp", tmp_path / ".notes.tmp"
    folder.mkdir()
    for path in (old, young, other, folder / "part"):
        path.write_text("half")
    past = time.time() - 7200
    for path in (old, other, folder):
        os.utime(path, (past, past))
    write_bytes(tmp_path / "x.json", b"{}")
    assert {path.name for path in tmp_path.iterdir()} == {
        young.name,
        ".notes.tmp",
        "x.json",
    }


def test_a_document_of_too_many_parts_is_refused_unparsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small compressed file that would fill the memory is refused before it does."""
    path = tmp_path / "bomb.json.gz"
    parts = 1_000
    monkeypatch.setattr(text, "MAX_PARTS", parts)
    path.write_bytes(gzip.compress(b'{"x":[' + b"{}," * parts + b"{}]}", 1))

    def never(*_: object, **__: object) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr(text.json, "loads", never)
    with pytest.raises(InvalidFileError, match="more than 1,000 objects"):
        read_json(path)


def test_too_many_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers count as well."""
    monkeypatch.setattr(text, "MAX_VALUES", 10)
    assert parse_json(b"[1,2,3,4,5]", "x") == [1, 2, 3, 4, 5]
    with pytest.raises(InvalidFileError, match="more than 10 values"):
        parse_json(b"[1,2,3,4,5,6,7,8,9,10,11,12]", "x")


def test_a_large_settings_file_is_refused(tmp_path: Path) -> None:
    """Suites and settings hold at most 1 MiB."""
    path = tmp_path / "suite.toml"
    path.write_text("#" * text.MAX_TOML_BYTES)
    assert read_toml(path) == {}
    path.write_text("#" * (text.MAX_TOML_BYTES + 1))
    with pytest.raises(InvalidFileError, match="larger than 1048576 bytes"):
        read_toml(path)


def test_a_removed_working_folder_is_an_ordinary_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Relative outputs cannot be written then; it was reported as a defect of optkit."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(UsageError, match=r"'x\.json' cannot be written"):
        require_writable(Path("x.json"), tmp_path / "other.json")


@pytest.mark.parametrize("name", ["x.json", "x.toml"])
def test_numbers_of_thousands_of_digits_have_a_message_of_our_own(
    tmp_path: Path, name: str
) -> None:
    """Python's own advice, to raise its limit, is no remedy for the file."""
    path = tmp_path / name
    number = "9" * 5000
    path.write_text(f'{{"x": {number}}}' if name == "x.json" else f"x = {number}")
    read = read_json if name == "x.json" else read_toml
    with pytest.raises(InvalidFileError, match="thousands of digits") as caught:
        read(path)
    assert "set_int_max_str_digits" not in str(caught.value)


def test_lengths_beyond_all_bounds_are_not_repeated_for_each_array() -> None:
    """One message about the key is enough; each array's had 300 digits."""
    document = {"slots": 10**300, "series": [1, 2]}
    assert not [*wrong_lengths("series", document["series"], axis(document, "slots"))]
