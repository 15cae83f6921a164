"""What is built is what stands in the repository."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def test_every_folder_is_packaged() -> None:
    """Protects users of the wheel from a package that was forgotten in the list."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    listed = set(settings["tool"]["setuptools"]["packages"])
    present = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in (ROOT / "optkit").rglob("__init__.py")
    }
    assert listed == present | {"optkit.models"}


def test_models_are_imported_from_the_package() -> None:
    """Protects `optkit.models`, whose folder stands elsewhere in the repository."""
    import optkit.models.allocation

    assert Path(str(optkit.models.allocation.__file__)).parent.name == "models"


@pytest.mark.parametrize("module", ["optkit", "optkit.allocation.family"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    """Protects start-up time: no array library, solver or picture for a mere import."""
    heavy = ["numpy", "scipy", "pyomo", "highspy", "ortools", "matplotlib", "networkx"]
    if module != "optkit":
        heavy.remove("numpy")  # the family's types stand on it through the core
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
    """Protects against a pair of versions that pip installs and no process can load."""
    subprocess.run([sys.executable, "-c", f"import {imports}"], check=True)
