"""The importer of Azure's traces."""

from __future__ import annotations

from pathlib import Path

import optkit
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
