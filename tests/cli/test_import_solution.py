"""``optkit import-solution``."""

from __future__ import annotations

from pathlib import Path

import highspy

from tests.cli.command import Command


def test_a_solution_from_elsewhere_becomes_a_solution_file(
    optkit_command: Command, instance: Path, tmp_path: Path
) -> None:
    """Exported, solved by HiGHS, imported, checked."""
    model, solution = tmp_path / "m.mps", tmp_path / "m.sol"
    answer = tmp_path / "answer.json"
    assert optkit_command("export", instance, "-o", model).status == 0
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.readModel(str(model))
    solver.run()
    solver.writeSolution(str(solution), 0)
    imported = optkit_command("import-solution", instance, solution, "-o", answer)
    assert imported.status == 0, imported.err
    assert "import-solution" in imported.out
    assert "yes, by the independent checker" in imported.out
    assert optkit_command("check", instance, answer).status == 0


def test_an_output_never_replaces_the_input(
    optkit_command: Command, instance: Path, tmp_path: Path
) -> None:
    """The other solver's file stays as it is."""
    solution = tmp_path / "m.sol"
    solution.write_text("x 1\n")
    assert (
        optkit_command("import-solution", instance, solution, "-o", solution).status
        == 2
    )
    assert solution.read_text() == "x 1\n"
    assert optkit_command("import-solution", instance, solution).status == 3
