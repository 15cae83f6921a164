"""Copies of instances with other values."""

from __future__ import annotations

from typing import Any

import pytest

import optkit
from tests.small import OPTIONS, instance


def test_values_inside_parts_are_named_with_the_part() -> None:
    """The copy is validated, hashed anew, and says what was changed; the rest stays."""
    before: Any = instance("allocation")
    after = before.replace(task_size_gbit=20, weights_energy=0.5)
    assert (after.task.size_gbit, after.weights.energy) == (20.0, 0.5)
    assert after.servers == before.servers
    assert after.sha256 != before.sha256
    assert after.provenance.endswith(
        "task.size_gbit set to 20; weights.energy set to 0.5"
    )
    assert before.task.size_gbit != 20.0
    assert after.replace(task_size_gbit=before.task.size_gbit).replace(
        weights_energy=before.weights.energy
    ).sha256 == before.sha256  # fmt: skip


@pytest.mark.parametrize("family", [*OPTIONS])
def test_nothing_replaced_is_the_same_instance(family: str) -> None:
    """Parts may be given back as they are: objects, arrays and all."""
    before = instance(family)
    assert before.replace().document() == before.document()
    fields = {
        name: getattr(before, name)
        for name in type(before).model_fields
        if not name.startswith("schema")
    }
    after = before.replace(**fields)
    assert after.sha256 == before.sha256
    assert after.name == before.name


def test_all_errors_at_once() -> None:
    """Values that are not allowed are reported together, each by its path."""
    with pytest.raises(optkit.InvalidFileError) as raised:
        instance("allocation").replace(
            task_size_gbit=-1, master="nobody", weights_time="x"
        )
    text = str(raised.value)
    for path in ("task.size_gbit", "master", "weights.time"):
        assert path in text


def test_unknown_keys_suggest_the_right_one() -> None:
    """A misspelt key is a wrong usage that lists the keys."""
    with pytest.raises(optkit.UsageError, match="Did you mean 'task_size_gbit'"):
        instance("allocation").replace(task_size=20)
