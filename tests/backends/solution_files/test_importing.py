"""Solutions that other solvers find for exported models come back, checked."""

from __future__ import annotations

import math
import shutil
import subprocess
from pathlib import Path

import highspy
import pytest

import optkit
from optkit.core.errors import InvalidFileError, UnavailableError


def export(instance: optkit.Instance, folder: Path, form: str) -> Path:
    """Write the model of an instance by the command line; return its path."""
    from optkit.cli.app import main

    source, model = folder / "instance.json", folder / f"model.{form}"
    optkit.save_instance(instance, source)
    assert main(["--quiet", "export", str(source), "-o", str(model)]) == 0
    return model


def solved_by_highs(model: Path, style: int) -> Path:
    """Return the solution file that HiGHS writes."""
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    assert solver.readModel(str(model)) == highspy.HighsStatus.kOk
    solver.run()
    path = model.with_suffix(".sol")
    solver.writeSolution(str(path), style)
    return path


def small(family: str) -> optkit.Instance:
    """Return a small instance of a family."""
    options = {
        "allocation": {"servers": 8},
        "discovery": {"nodes": 6, "windows": 2},
        "sync": {"routers": 2, "slots": 5},
    }
    return optkit.generate(family, seed=3, **options[family])


@pytest.mark.parametrize("style", [0, 4])
@pytest.mark.parametrize("form", ["mps", "lp"])
@pytest.mark.parametrize(
    ("family", "solver"),
    [("allocation", "pmo"), ("discovery", "bilevel-exact"), ("sync", None)],
)
def test_the_optimum_of_highs_comes_back(
    tmp_path: Path, family: str, solver: str | None, form: str, style: int
) -> None:
    """The objective is recomputed, verified, and as good as an exact solver's."""
    instance = small(family)
    result = optkit.import_solution(
        instance, solved_by_highs(export(instance, tmp_path, form), style)
    )
    assert result.verification is not None
    assert result.verification.feasible or family == "discovery"
    assert result.bound is None
    assert "states the objective" in result.termination.detail
    stated = float(result.termination.detail.rsplit(" ", 1)[1])
    assert result.objective == pytest.approx(stated, rel=1e-6)
    if solver is not None:
        best = optkit.solve(instance, solver).objective
        assert best is not None
        assert stated <= best * (1 + 1e-6)
    answer = tmp_path / "answer.json"
    optkit.save(result, answer)
    again = optkit.check_document(instance, optkit.load_solution(answer))
    assert again.feasible == result.verification.feasible


@pytest.mark.parametrize("form", ["mps", "lp"])
def test_names_that_a_format_does_not_allow(tmp_path: Path, form: str) -> None:
    """Renamed columns are recognised: the exported file says how."""
    document = small("allocation").document()
    text = {"0": "a b[1]", "1": "free", "2": "a_b_1_", "3": "é'"}
    renamed = _rename(document, text)
    instance = optkit.core.tools.instance_files.parse_instance(renamed)
    result = optkit.import_solution(
        instance, solved_by_highs(export(instance, tmp_path, form), 0)
    )
    assert result.verification is not None
    assert result.verification.feasible


def _rename(document: object, names: dict[str, str]) -> object:
    """Return a document with ids replaced, wherever they stand."""
    if isinstance(document, dict):
        return {
            names.get(key, key): (
                names.get(value, value)
                if isinstance(value, str)
                else _rename(value, names)
            )
            for key, value in document.items()
        }
    if isinstance(document, list):
        return [
            names.get(part, part) if isinstance(part, str) else _rename(part, names)
            for part in document
        ]
    return document


def test_a_follower_who_would_decide_otherwise_is_named(tmp_path: Path) -> None:
    """The exported file of a bilevel program is its relaxation; the check sees that."""
    instance = optkit.load("instances/bilevel/moore-bard.json")
    result = optkit.import_solution(
        instance, solved_by_highs(export(instance, tmp_path, "mps"), 0)
    )
    assert result.verification is not None
    assert not result.verification.feasible
    assert "follower" in str(result.verification.violations[0])


def test_a_bilevel_optimum_passes(tmp_path: Path) -> None:
    """Values from a bilevel solver, in a plain list of names and values."""
    instance = optkit.load("instances/bilevel/moore-bard.json")
    best = optkit.solve(instance)
    assert best.solution is not None
    values = {**best.solution.upper, **best.solution.lower}  # type: ignore[attr-defined]
    path = tmp_path / "m.sol"
    path.write_text("".join(f"{name} {value!r}\n" for name, value in values.items()))
    result = optkit.import_solution(instance, path)
    assert result.verification is not None
    assert result.verification.feasible
    assert result.objective == best.objective


@pytest.mark.skipif(shutil.which("cbc") is None, reason="cbc is not installed")
@pytest.mark.parametrize("form", ["mps", "lp"])
def test_the_optimum_of_cbc_comes_back(tmp_path: Path, form: str) -> None:
    """CBC writes few digits; what that leaves is within the check's tolerance."""
    instance = small("allocation")
    model, path = export(instance, tmp_path, form), tmp_path / "cbc.sol"
    subprocess.run(
        ["cbc", str(model), "solve", "solution", str(path)],
        check=True,
        capture_output=True,
        timeout=60,
    )
    result = optkit.import_solution(instance, path)
    assert result.verification is not None
    assert result.verification.feasible
    best = optkit.solve(instance).objective
    assert best is not None
    assert result.objective is not None
    # CBC stops at this gap.
    assert math.isclose(result.objective, best, rel_tol=1e-4)


def test_a_file_of_another_model_is_refused(tmp_path: Path) -> None:
    """Unknown and missing columns are named, both at once."""
    path = tmp_path / "m.sol"
    path.write_text("# Objective value = 1\nload_gbit[zz] 1\n")
    with pytest.raises(InvalidFileError) as caught:
        optkit.import_solution(small("allocation"), path)
    text = str(caught.value)
    assert "line 2: 'load_gbit[zz]' is no column" in text
    assert "columns of the model have no value" in text


def test_a_relaxation_is_refused(tmp_path: Path) -> None:
    """A fractional value of an integer column is named with its line."""
    instance = small("allocation")
    path = solved_by_highs(export(instance, tmp_path, "mps"), 0)
    lines = path.read_text().splitlines()
    start = next(k for k, line in enumerate(lines) if line.startswith("before"))
    lines[start] = lines[start].split()[0] + " 0.5"
    path.write_text("\n".join(lines))
    with pytest.raises(InvalidFileError, match=rf"line {start + 1}: .* is 0\.5"):
        optkit.import_solution(instance, path)


def test_a_family_without_such_a_model_says_so(tmp_path: Path) -> None:
    """The exported model of dispatch is one decision, and no answer."""
    instance = optkit.load("instances/dispatch/no-cloud.json")
    with pytest.raises(UnavailableError, match="one decision among many"):
        optkit.import_solution(instance, tmp_path / "m.sol")
