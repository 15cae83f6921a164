"""Help is fast, because it imports nothing heavy."""

from __future__ import annotations

import subprocess
import sys
from functools import cache

import pytest

from optkit.cli.parser import COMMANDS
from tests.cli.command import Command

HEAVY = ("pydantic", "numpy", "scipy", "pyomo", "highspy", "matplotlib", "networkx")


@cache
def imported(*arguments: str) -> frozenset[str]:
    """Return the modules that a command has imported when it ends."""
    code = (
        "import sys; from optkit.cli.app import main; status = main(sys.argv[1:]);"
        "print('\\n'.join(sys.modules), file=sys.stderr); sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return frozenset(done.stderr.split())


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("--version",), ("solve", "--help"), ("check", "--help")],
)
def test_nothing_heavy_for_help(arguments: tuple[str, ...]) -> None:
    """Help and version import no numerical library, no pydantic and no family."""
    modules = imported(*arguments)
    assert not modules & set(HEAVY)
    assert not [name for name in modules if name.startswith("optkit.allocation")]


@pytest.mark.slow
def test_a_list_of_solvers_compiles_nothing() -> None:
    """Listing the solvers imports neither numba nor jax."""
    assert not imported("--quiet", "solvers") & {"numba", "jax"}


def test_a_command_imports_only_its_own_module() -> None:
    """The help of one command imports no other command."""
    modules = imported("--help")
    targets = {target.partition(":")[0] for target, _ in COMMANDS.values()}
    assert not modules & targets
    assert imported("solve", "--help") & targets == {"optkit.cli.solve"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_page(optkit_command: Command, command: str) -> None:
    """The help of each command has examples first, and the common options."""
    answer = optkit_command(command, "--help")
    assert answer.status == 0
    assert answer.out.index("For example:") < answer.out.index("Options of every")
    assert "OPTKIT_" in answer.out


def test_module_and_script_are_one() -> None:
    """``python -m optkit`` is the same command."""
    done = subprocess.run(
        [sys.executable, "-m", "optkit", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("optkit ")
