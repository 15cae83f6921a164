"""The package has everything that the repository has, and imports quickly."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import setuptools

ROOT = Path(__file__).resolve().parent.parent


def test_every_folder_is_packaged(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wheel has every folder with modules, and ``models/`` as ``optkit.models``."""
    arguments: dict[str, Any] = {}
    monkeypatch.setattr(setuptools, "setup", arguments.update)
    monkeypatch.chdir(ROOT)
    runpy.run_path("setup.py")
    present = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in (ROOT / "optkit").rglob("*.py")
    }
    assert set(arguments["packages"]) == present | {"optkit.models"}


def test_models_are_imported_from_the_package() -> None:
    """``optkit.models`` is the folder ``models/`` at the top of the repository."""
    import optkit.models.allocation

    assert Path(str(optkit.models.allocation.__file__)).parent.name == "models"


@pytest.mark.parametrize("module", ["optkit", "optkit.allocation.family"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    """Importing optkit or a family loads no solver, plotting or array library."""
    heavy = ["numpy", "scipy", "pyomo", "highspy", "ortools", "matplotlib", "networkx"]
    if module != "optkit":
        heavy.remove("numpy")  # the core, which the family's types need, imports it
    code = f"import sys, {module}; print([m for m in {heavy!r} if m in sys.modules])"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "imports",
    [
        "highspy, ortools.math_opt.python.mathopt",
        "ortools.math_opt.python.mathopt, highspy",
    ],
)
def test_highs_and_ortools_load_together(imports: str) -> None:
    """The two installed versions of HiGHS load in one process, in either order."""
    subprocess.run([sys.executable, "-c", f"import {imports}"], check=True)
