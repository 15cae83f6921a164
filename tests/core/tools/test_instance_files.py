"""Instances are written and read back unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest

import optkit
from optkit.core.tools.instance_files import parse_instance
from tests.core.documents import (
    FROZEN_HASH,
    instance_document,
)


@pytest.mark.parametrize("suffix", [".json", ".json.gz"])
def test_instance_round_trip(suffix: str, tmp_path: Path) -> None:
    """An instance that is written and read is equal, and its file has the same bytes."""
    instance = parse_instance(instance_document(name="Zürich – 東京"))
    first, second = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    optkit.save_instance(instance, first)
    optkit.save_instance(optkit.load(first), second)
    assert optkit.load(second) == instance
    assert optkit.load(second).sha256 == instance.sha256
    if suffix == ".json":
        assert "Zürich – 東京" in first.read_text("utf-8")
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    "name",
    ["missing/x.json", "file/x.json", ".", "", "a\0b.json", "n" * 300 + ".json"],
)
def test_unwritable_place_is_a_usage_error(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path that cannot be written to is named in a usage error."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("no folder")
    instance = parse_instance(instance_document())
    with pytest.raises(optkit.UsageError, match="cannot be written"):
        optkit.save_instance(instance, name)


def test_the_longest_legal_name_can_be_written(tmp_path: Path) -> None:
    """The longest legal file name works: the temporary file's name is shorter."""
    path = tmp_path / ("n" * 250 + ".json")
    optkit.save_instance(parse_instance(instance_document()), path)
    assert optkit.load(path).sha256 == FROZEN_HASH
