"""The dispatch instance as a document."""

from __future__ import annotations

from optkit.dispatch.instance import DispatchInstance
from tests.dispatch.instances import tiny


def test_document_survives_a_round_trip() -> None:
    """What is written reads back as the same instance."""
    instance = tiny()
    again = DispatchInstance.parse(instance.document())
    assert again == instance
    assert again.sha256 == instance.sha256
