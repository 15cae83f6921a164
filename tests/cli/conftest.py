"""Fixtures of the command-line tests: instances, and solvers that misbehave."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import optkit
from optkit.cli.app import main
from optkit.core.instance import Instance
from optkit.core.solving import registry
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Kind, Outcome, Solver
from tests.cli.command import Answer, Command


@pytest.fixture
def optkit_command(capfd: pytest.CaptureFixture[str]) -> Command:
    """Run a command in this process."""

    def run(*arguments: str | Path) -> Answer:
        capfd.readouterr()
        status = main([str(argument) for argument in arguments])
        return Answer(status, *capfd.readouterr())

    return run


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the settings of this machine's environment."""
    for name in [*os.environ]:
        if name.startswith("OPTKIT_") or name in ("COLUMNS", "FORCE_COLOR"):
            monkeypatch.delenv(name)


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """Return a file with a small instance."""
    path = tmp_path / "network.json"
    optkit.save_instance(_small(), path)
    return path


@cache
def _small() -> Instance:
    return optkit.generate("allocation", servers=6, shape="random-tree", seed=1)


@cache
def _small_result() -> optkit.Result:
    return optkit.solve(_small(), "pmo")


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Return a file with an instance whose enumeration takes years."""
    path = tmp_path / "large.json"
    network = optkit.generate("allocation", servers=20, shape="chain", seed=1)
    optkit.save_instance(network, path)
    return path


@pytest.fixture
def answer(instance: Path, tmp_path: Path) -> Path:
    """Return a file with a solution of ``instance``."""
    path = tmp_path / "answer.json"
    optkit.save(_small_result(), path)
    return path


class Fake(Solver[Any]):
    """Base of the solvers below."""

    family = "allocation"
    kind = Kind.BASELINE
    reference = "tests/cli"


class Impossible(Fake):
    """Reports a proof that there is no solution."""

    name = "impossible"

    def run(self, instance: Any, run: Run) -> Outcome:
        """Report it."""
        return Outcome(Reason.PROVED, infeasible=True)


class Helpless(Fake):
    """Finds nothing."""

    name = "helpless"

    def run(self, instance: Any, run: Run) -> Outcome:
        """Find nothing."""
        return Outcome(Reason.CONVERGED)


class Liar(Fake):
    """Reports a solution with a wrong objective."""

    name = "liar"

    def run(self, instance: Any, run: Run) -> Outcome:
        """Report half the objective."""
        result = optkit.solve(instance, "pmo")
        run.incumbent(result.objective / 2, lambda: result.solution)
        return Outcome(Reason.CONVERGED)


class Broken(Fake):
    """Raises an unexpected error."""

    name = "broken"

    def run(self, instance: Any, run: Run) -> Outcome:
        """Fail."""
        raise RuntimeError("a defect")


class Absent(Fake):
    """Is not available."""

    name = "absent"

    @classmethod
    def available(cls) -> Any:
        """Say so."""
        from optkit.core.solving.solver import Availability

        return Availability(False, "its licence has run out")

    def run(self, instance: Any, run: Run) -> Outcome:
        """Never called."""
        raise AssertionError


class Loud(Fake):
    """Prints to standard output, like a compiled library."""

    name = "loud"

    def run(self, instance: Any, run: Run) -> Outcome:
        """Print through the file descriptor and through Python."""
        os.write(1, b"Set parameter LogToConsole\n")
        print("presolved 3 rows")
        return Outcome(Reason.CONVERGED)


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register the solvers above for one test."""
    registry.solvers("allocation")
    for fake in (Impossible, Helpless, Liar, Broken, Absent, Loud):
        monkeypatch.setitem(registry._SOLVERS, (fake.family, fake.name), fake)
