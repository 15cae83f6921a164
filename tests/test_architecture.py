"""The picture of the architecture and the rules about models hold for the code."""

from __future__ import annotations

import ast
import runpy
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FAMILIES = ("allocation", "bilevel", "discovery", "dispatch", "sync")


def test_the_picture_shows_contracts_and_folders_of_today() -> None:
    """docs/images/architecture.svg is what the contracts and the folders give today."""
    script = runpy.run_path(str(ROOT / "docs" / "draw_architecture.py"))
    drawn = script["draw"]()
    assert script["PICTURE"].read_text(encoding="utf-8") == drawn, (
        "run python docs/draw_architecture.py"
    )


@pytest.mark.parametrize("model", sorted((ROOT / "models").glob("*.py")), ids=str)
def test_models_know_plain_data_and_pyomo_only(model: Path) -> None:
    """A declarative model imports the standard library and Pyomo, nothing of optkit."""
    allowed = {"pyomo", *sys.stdlib_module_names}
    tree = ast.parse(model.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            names = [node.module or ""]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            assert name.partition(".")[0] in allowed, f"line {node.lineno}: {name}"


def test_every_package_of_the_house_has_a_floor() -> None:
    """A new package beside the families has to be given its place in the contract."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = settings["tool"]["importlinter"]["contracts"][0]
    named = {
        part.strip().removeprefix("optkit.")
        for row in contract["layers"]
        for part in row.split("|")
    }
    present = {
        path.stem if path.suffix else path.name
        for path in (ROOT / "optkit").iterdir()
        if not path.name.startswith(("_", ".")) and path.suffix in ("", ".py")
    }
    assert named == present


@pytest.mark.parametrize("family", FAMILIES)
def test_only_kernels_compile(family: str) -> None:
    """Modules that compile loops say so in their names, so that nobody imports them."""
    for path in (ROOT / "optkit" / family).rglob("*.py"):
        if path.stem.endswith("kernels"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert "numba" not in [alias.name for alias in node.names], path
            elif isinstance(node, ast.ImportFrom):
                assert node.module != "numba", path
