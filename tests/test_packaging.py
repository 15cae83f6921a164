"""The package has everything that the repository has, and imports quickly."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.slow
def test_every_folder_is_packaged(tmp_path: Path) -> None:
    """The wheel holds every module of optkit/ and models/, and the files beside them."""
    source = tmp_path / "source"  # a copy: building leaves files beside the source
    for folder in ("optkit", "models", "instances"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, source / folder, ignore=ignored)
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    subprocess.run([*build, "-o", tmp_path, source], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    for path in (ROOT / "optkit").rglob("*"):
        if path.suffix in (".py", ".npz", ".html", ".css", ".j2", ".js", ".typed"):
            assert path.relative_to(ROOT).as_posix() in packed
    for path in (ROOT / "models").glob("*.py"):
        assert f"optkit/models/{path.name}" in packed
    for path in (ROOT / "instances").rglob("*.*"):
        assert f"optkit/{path.relative_to(ROOT).as_posix()}" in packed
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    listed = subprocess.run(
        [sys.executable, "-m", "optkit", "instances", "--json"],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    names = {row["name"] for row in json.loads(listed.stdout)}
    assert {"allocation/geant2009", "sync/bursts", "bilevel/moore-bard"} <= names


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


@pytest.mark.slow
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
