"""``optkit certify``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import optkit
from optkit.bilevel.check.certificate import check, number
from tests.cli.command import Command

SHIPPED = Path(__file__).resolve().parents[2] / "instances" / "bilevel"
PROGRAM = SHIPPED / "moore-bard.json"
ANSWER = SHIPPED / "moore-bard.sol.json"


def test_an_optimum_is_certified(optkit_command: Command, tmp_path: Path) -> None:
    """The file holds what the checker then proves, and the command says the same."""
    output = tmp_path / "certificate.json"
    done = optkit_command("certify", PROGRAM, ANSWER, "-o", output)
    assert done.status == 0, done.err
    assert "-22 proven feasible" in done.out
    assert "optimal" in done.out
    files = [path.read_text() for path in (PROGRAM, output)]
    assert check(*(json.loads(text, parse_float=number) for text in files)) == (
        -22,
        -22,
    )
    answer = optkit_command("certify", PROGRAM, ANSWER, "-o", output, "--json", "-q")
    assert json.loads(answer.out) == {
        "proves_optimality": True,
        "bound": "-22",
        "value": "-22",
        "gap": 0.0,
    }


def test_without_a_solution_a_bound_is_certified(
    optkit_command: Command, tmp_path: Path
) -> None:
    """No solution is named, and none is claimed."""
    output = tmp_path / "certificate.json"
    done = optkit_command("certify", PROGRAM, "-o", output, "--json", "-q")
    assert done.status == 0, done.err
    answer = json.loads(done.out)
    assert (answer["bound"], answer["value"], answer["gap"]) == ("-22", None, None)
    assert answer["proves_optimality"] is False


def test_no_solution_is_certified(optkit_command: Command, tmp_path: Path) -> None:
    """A leader who wants more than there is: the command says so."""
    document = json.loads(PROGRAM.read_text())
    wish = {"id": "wish", "level": "upper", "lower": 9.0, "coefficients": {"y": 1.0}}
    document["rows"].append(wish)
    path = tmp_path / "program.json"
    path.write_text(json.dumps(document))
    done = optkit_command("certify", path, "-o", tmp_path / "certificate.json")
    assert done.status == 0, done.err
    assert "there is no solution" in done.out


def test_what_cannot_be_certified_is_refused(
    optkit_command: Command, instance: Path, tmp_path: Path
) -> None:
    """Each refusal has its status, and no file is written."""
    output = tmp_path / "certificate.json"
    assert optkit_command("certify", instance, "-o", output).status == 13
    refused = optkit_command("certify", PROGRAM, ANSWER, "-o", ANSWER)
    assert refused.status == 2
    assert optkit_command("certify", PROGRAM, "-o", output, "-t", "0").status == 2
    other = SHIPPED / "knapsack-20.json"
    assert optkit_command("certify", other, ANSWER, "-o", output).status == 3
    assert not output.exists()


def test_solutions_within_tolerances_alone_are_refused() -> None:
    """0.3 x <= 0.5999999999999999 leaves out x = 2 by less than any tolerance."""
    program = optkit.load(PROGRAM)
    document = program.document()
    document["rows"].append(
        {
            "id": "rounded",
            "level": "upper",
            "upper": 0.5999999999999999,
            "coefficients": {"x": 0.3},
        }
    )
    program = type(program).parse(document)
    with pytest.raises(optkit.FailedCheckError, match="within tolerances alone"):
        optkit.certify(program, _answer())


def _answer() -> optkit.Solution:
    from optkit.core.tools.solution_files import family_solution

    return family_solution(optkit.load_solution(ANSWER), optkit.load(PROGRAM))


def test_wrong_arguments_are_refused() -> None:
    """Something that is no instance, or no solution of it."""
    program = optkit.load(PROGRAM)
    with pytest.raises(optkit.UsageError, match="is not an instance"):
        optkit.certify(program.document())
    with pytest.raises(optkit.UsageError, match="is not a solution"):
        optkit.certify(program, optkit.solve(program))  # type: ignore[arg-type]
