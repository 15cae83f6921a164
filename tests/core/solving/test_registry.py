"""The registry: families and solvers, ours and those of plug-ins."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import Field

import optkit
from optkit.core.options import Options
from optkit.core.solving import registry
from optkit.core.solving.result import Status
from optkit.core.solving.solver import Availability, Kind, Solver
from tests.core.toy import (
    INSTANCE,
    Toy,
    registered,
)


def _forget_families() -> None:
    for function in (registry.families, registry._family_points, registry._loaded):
        function.cache_clear()


@pytest.fixture
def fresh_plugins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget what was loaded, for the duration of a test."""
    registry.solvers()
    monkeypatch.setattr(registry, "_SOLVERS", dict(registry._SOLVERS))
    monkeypatch.setattr(registry, "_BROKEN", {})
    monkeypatch.setattr(registry, "_LOADED", set())
    registry._load_plugins.cache_clear()
    _forget_families()
    yield
    registry._load_plugins.cache_clear()
    _forget_families()


def test_solvers_are_listed() -> None:
    """The list has names, kinds, options with defaults, and capabilities."""
    infos = {info.name: info for info in optkit.solvers("allocation")}
    assert {"pmo", "cmo", "milp", "ga", "local"} <= set(infos)
    assert infos["pmo"].kind is Kind.EXACT
    assert infos["local"].kind is Kind.BASELINE
    assert infos["ga"].options["population"]["default"] == 4
    assert infos["ga"].options["population"]["description"]
    assert infos["ga"].capabilities.seed
    assert all(info.reference for info in infos.values())
    assert [i.name for i in optkit.solvers("allocation")] == sorted(infos)


@pytest.mark.parametrize(
    ("name", "guess"), [("pom", "pmo"), ("milpp", "milp"), ("multi_hop", "multi-hop")]
)
def test_misspelt_solver_is_guessed(name: str, guess: str) -> None:
    """A misspelt solver is answered with the nearest right name."""
    with pytest.raises(optkit.UsageError, match=f"Did you mean '{guess}'"):
        optkit.solve(INSTANCE, name)


def test_a_policy_that_is_passed_as_a_solver_is_named() -> None:
    """The error names the class, and says what to do with a policy."""

    class Rule:
        """Anything that is no solver."""

    for wrong in (Rule, Rule()):
        with pytest.raises(optkit.UsageError, match=r"solver is Rule; .* registered"):
            optkit.solve(INSTANCE, wrong)  # type: ignore[arg-type]


def test_misspelt_family_is_guessed() -> None:
    """A misspelt family is answered with the nearest right name."""
    with pytest.raises(optkit.UsageError, match="Did you mean 'allocation'"):
        optkit.generate("alocation")
    with pytest.raises(optkit.UsageError, match="Did you mean 'allocation'"):
        optkit.solvers("allocations")


def test_name_clash_is_refused() -> None:
    """A second solver with the same name is refused."""

    class Impostor(Toy):
        name = "pmo"

    registry.solvers("allocation")
    genuine = registry.solver_class("allocation", "pmo")
    with pytest.raises(optkit.UsageError, match="rename one"):
        registry.register(Impostor)
    assert registry.solver_class("allocation", "pmo") is genuine


@pytest.mark.parametrize("missing", ["name", "family", "kind", "reference"])
def test_incomplete_solver_is_refused(missing: str) -> None:
    """A solver that lacks a declaration is refused."""
    attributes = {
        key: getattr(Toy, key)
        for key in ("name", "family", "kind", "reference")
        if key != missing
    }
    incomplete = type("Incomplete", (Solver,), {"run": Toy.run, **attributes})
    with pytest.raises(optkit.UsageError, match=missing):
        registry.register(incomplete)


def test_auto_is_reserved() -> None:
    """No solver can be called auto."""
    reserved = type("Auto", (Toy,), {"name": "auto"})
    with pytest.raises(optkit.UsageError, match="reserved"):
        registry.register(reserved)


class Point:
    """An entry point that loads an object, or fails."""

    def __init__(self, name: str, loaded: Any) -> None:
        self.name, self.value, self._loaded = name, f"somewhere:{name}", loaded

    def load(self) -> Any:
        """Return the object or raise the error."""
        if isinstance(self._loaded, BaseException):
            raise self._loaded
        return self._loaded


def plug_in(monkeypatch: pytest.MonkeyPatch, group: str, *points: Point) -> None:
    """Add entry points to a group."""
    usual = registry.entry_points

    def entry_points(**wanted: Any) -> list[Any]:
        existing = list(usual(**wanted))
        return [*existing, *points] if wanted.get("group") == group else existing

    monkeypatch.setattr(registry, "entry_points", entry_points)


class External(Toy):
    """A solver of another package."""

    name = "external"


@pytest.mark.usefixtures("fresh_plugins")
def test_broken_plug_in_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plug-in that fails to load is reported, and the others load."""
    impostor = type("Impostor", (Toy,), {"name": "pmo"})
    plug_in(
        monkeypatch,
        "optkit.solvers",
        Point("absent-module", ImportError("no such module")),
        Point("exploding", RuntimeError("boom")),
        Point("leaving", SystemExit(3)),
        Point("nothing", None),
        Point("clashing", impostor),
        Point("fine", External),
    )
    names = {info.name for info in optkit.solvers("allocation")}
    assert {"pmo", "external"} <= names
    assert optkit.solve(INSTANCE, "pmo").status is Status.OPTIMAL
    reasons = "\n".join(f"{name}: {why}" for name, why in registry.broken().items())
    for word in ("no such module", "boom", "leaving", "rename one"):
        assert word in reasons


@pytest.mark.usefixtures("fresh_plugins")
def test_broken_family_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A family that fails to load is reported, and the others load."""
    plug_in(
        monkeypatch,
        "optkit.families",
        Point("exploding", RuntimeError("boom")),
        Point("nothing", 5),
    )
    assert "allocation" in optkit.families()
    reasons = "\n".join(registry.broken().values())
    assert "boom" in reasons
    assert "not a Family" in reasons


@pytest.mark.usefixtures("fresh_plugins")
def test_family_clash_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another package cannot replace a family."""
    genuine = optkit.families()["allocation"]
    _forget_families()
    rival = dataclasses.replace(genuine, summary="not ours")
    plug_in(monkeypatch, "optkit.families", Point("z", rival))
    assert optkit.families()["allocation"].summary == genuine.summary
    assert any("allocation" in why for why in registry.broken().values())


def test_solver_whose_availability_fails_harms_nobody() -> None:
    """A plug-in whose availability check fails counts as not available."""

    class Moody(Toy):
        name = "moody"

        @classmethod
        def available(cls) -> Availability:
            raise RuntimeError("licence server down")

    with registered(Moody):
        infos = {info.name: info for info in optkit.solvers("allocation")}
        assert not infos["moody"].available
        assert "licence server down" in infos["moody"].reason
        with pytest.raises(optkit.UnavailableError, match="licence server down"):
            optkit.solve(INSTANCE, "moody")


def test_solver_whose_options_have_no_schema_harms_nobody() -> None:
    """Options without a JSON schema are listed without a description."""

    class Odd(Toy):
        class Options(Options):
            call: Callable[[], None] = Field(print, description="what to call")

        name = "odd"

    with registered(Odd):
        assert "pmo" in {info.name for info in optkit.solvers("allocation")}


def test_a_solver_of_another_family_is_named_as_such() -> None:
    """The message says whose solver it is, and which ones this family has."""
    with pytest.raises(
        optkit.UsageError, match="'rollout' is of family dispatch; unknown allocation"
    ):
        registry.solver_class("allocation", "rollout")


def test_reading_a_file_loads_no_family_after_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The reader of a format is found without loading the families that come later."""
    loaded = []
    load = registry._loaded

    def record(point: Any) -> Any:
        loaded.append(point.name)
        return load(point)

    monkeypatch.setattr(registry, "_loaded", record)
    reader = registry.reader_of(".mps")
    assert reader == "optkit.bilevel.data.formats.readers:from_mps"
    assert loaded == ["allocation", "bilevel"]
    assert registry.reader_of(".unknown") is None
