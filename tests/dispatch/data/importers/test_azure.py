"""The importer of Azure's traces."""

from __future__ import annotations

from pathlib import Path

import pytest

import optkit
from optkit.core.errors import InvalidFileError
from optkit.dispatch.data.importers.azure import read_trace
from optkit.dispatch.data.importers.options import AzureOptions
from tests.dispatch.data.importers.traces import SMALL, written

AZURE = """\
TIMESTAMP,ContextTokens,GeneratedTokens
2023-11-16 18:17:03.9799600,4808,10
2023-11-16 18:17:04.9799600,3180,8
2023-11-16 18:17:05.4799600,110,27
2023-11-16 18:17:07.9799600,7433,14
"""


def test_azure_classes_by_size(tmp_path: Path) -> None:
    """Requests fall into classes of equal size, the shortest first."""
    path = written(tmp_path, AZURE)
    options = {**SMALL, "types": 2, "interval_seconds": 0.5}
    instance = optkit.import_instance("azure-llm", path, **options)
    assert instance.jobs.slot == (0, 10, 15)
    assert instance.jobs.type == (1, 0, 0)
    by_answer = optkit.import_instance(
        "azure-llm", path, type_by="generated", **options
    )
    assert by_answer.jobs.type == (0, 0, 1)


HEADING = "TIMESTAMP,ContextTokens,GeneratedTokens\n"


@pytest.mark.parametrize(
    "stamps",
    [
        ("00:00:00.101000+00:00", "00:00:01+00:00", "00:00:03.5+00:00"),
        ("00:00:00.101000+00:00", "08:00:01+08:00", "00:00:03.500000000000Z"),
        ("00:00:00.101", "00:00:01", "00:00:03.5000"),
        ("05:30:00.101+05:30", "00:00:01Z", "00:00:03.5 +00:00"),
    ],
)
def test_offsets_and_fractions_of_any_length(
    stamps: tuple[str, ...], tmp_path: Path
) -> None:
    """Offsets are applied, and fractions may have any number of digits."""
    lines = "".join(f"2024-05-12 {stamp},{k},1\n" for k, stamp in enumerate(stamps))
    trace = read_trace(written(tmp_path, HEADING + lines), AzureOptions())
    assert trace.seconds == [0.0, 0.899, 3.399]


def test_digits_below_a_microsecond_are_kept(tmp_path: Path) -> None:
    """Times are whole nanoseconds until they are counted from the first one."""
    stamps = ("18:17:03.9799600", "18:17:03.9799601", "18:17:03.979960123")
    lines = "".join(f"2023-11-16 {stamp},1,1\n" for stamp in stamps)
    trace = read_trace(written(tmp_path, HEADING + lines), AzureOptions())
    assert trace.seconds == [0.0, 1e-7, 1.23e-7]


def test_columns_are_found_by_their_names(tmp_path: Path) -> None:
    """The files of 2025 have a column of images, wherever it stands."""
    third = "TIMESTAMP,NumImages,ContextTokens,GeneratedTokens\n"
    for text in (
        f"{third}2025-01-01 00:00:00Z,9,100,3\n2025-01-01 00:00:02Z,0,50,4\n",
        f"{HEADING.strip()},NumImages\n2025-01-01 00:00:00Z,100,3,9\n"
        "2025-01-01 00:00:02Z,50,4,0\n",
    ):
        options = AzureOptions(types=2)
        trace = read_trace(written(tmp_path, text), options)
        assert trace.seconds == [0.0, 2.0]
        assert trace.kinds == [1, 0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2025-01-01 00:00:00Z,9,100,3\n", "put a heading"),
        ("TIMESTAMP,Tokens\n2025-01-01 00:00:00Z,9\n", "heading of other columns"),
        (
            "2025-01-01 00:00:00Z,9,1\n2025-01-01 00:00:01,9,1\n",
            "no offset from UTC, line 1 of .* has an offset",
        ),
        ("2025-01-01,9,1\n", "'2025-01-01' is not a time"),
        ("2025-01-01 25:00:00,9,1\n", "is not a time"),
        ("2025-01-01 00:00:00Z,1_000,3\n", "'1_000' is not a whole number"),
        ("2025-01-01 00:00:00Z,٣,3\n", "is not a whole number"),
        ("2025-01-01 00:00:00Z,-4,3\n", "is negative"),
        ('TIMESTAMP,"a\n', "quote that is not closed"),
        (HEADING + '"2023-11-16 18:17:03.1,1,1\n' * 9, "line 2, .*quote"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, said: str, tmp_path: Path) -> None:
    """Nothing that is ambiguous or no number is taken for one."""
    with pytest.raises(InvalidFileError, match=said):
        read_trace(written(tmp_path, text), AzureOptions())
