"""The catalogue finds the reproductions of every package."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint
from typing import Any

import pytest

import optkit
from optkit.core.solving import registry
from optkit.reproduction.engine import Reproduction, catalogue, reproductions, select
from optkit.reproduction.engine.catalogue import GROUP, broken

OTHER = Reproduction("other/fig-1", "A title", "A paper", "Fig. 1", "m:f", 1.0, 1)
LISTED = (OTHER,)
"""What a family of another package may list."""


@dataclass
class Point:
    """An entry point of another package."""

    name: str
    loaded: Any
    value: str = "other:REPRODUCTIONS"

    def load(self) -> Any:
        """Return what it points to, or fail."""
        if isinstance(self.loaded, BaseException):
            raise self.loaded
        return self.loaded


def plug_in(monkeypatch: pytest.MonkeyPatch, *points: Point) -> None:
    """Add entry points to the group of reproductions."""
    genuine = catalogue.entry_points

    def entry_points(*, group: str) -> Iterable[EntryPoint | Point]:
        assert group == GROUP
        return [*genuine(group=group), *points]

    monkeypatch.setattr(catalogue, "entry_points", entry_points)


def test_the_papers_come_in_order() -> None:
    """Our papers come one after the other, each in the order of its figures."""
    papers = [name.partition("/")[0] for name in reproductions()]
    assert list(dict.fromkeys(papers)) == [
        "allocation",
        "discovery",
        "dispatch",
        "sync",
    ]
    assert papers == sorted(papers)
    assert not broken()


def test_other_packages_add_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reproductions of other packages come after ours, and can be selected."""
    plug_in(monkeypatch, Point("aaa", [OTHER]))
    assert list(reproductions())[-1] == OTHER.name
    assert select(["other"]) == [OTHER]


def test_families_may_name_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A family's own list is read as well."""
    families = registry.families()
    family = replace(
        families["allocation"], name="other", reproductions=f"{__name__}:LISTED"
    )
    monkeypatch.setattr(registry, "families", lambda: {**families, "other": family})
    assert reproductions()[OTHER.name] == OTHER


@pytest.mark.parametrize("failure", [RuntimeError("boom"), SystemExit(3), 5])
def test_what_fails_to_load_is_left_out(
    failure: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken list harms no other, and is reported until it loads."""
    count = len(reproductions())
    with monkeypatch.context() as patch:
        plug_in(patch, Point("bad", failure))
        assert len(reproductions()) == count
        assert [name for name in broken() if "bad" in name]
    reproductions()
    assert not broken()


def test_a_name_is_taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two reproductions with the same name are an error."""
    plug_in(monkeypatch, Point("aaa", [OTHER]), Point("bbb", [OTHER]))
    with pytest.raises(optkit.UsageError, match="rename one"):
        reproductions()
