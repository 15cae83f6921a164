"""Suites: what is wrong in one is said at once, by its place, before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

import optkit
from optkit.bench.plan import make_plan
from optkit.bench.suite import Suite, load_suite
from optkit.core.errors import InvalidFileError, UsageError

HEAD = 'schema = "optkit/suite"\nschema_version = 1\nname = "s"\n'
GENERATED = '[[instances]]\ngenerate = "allocation"\noptions = { servers = 3 }\n'


def suite(text: str, folder: Path) -> Suite:
    """Return the suite that a text stands for."""
    path = folder / "suite.toml"
    path.write_text(HEAD + text)
    return load_suite(path)


def test_everything_wrong_in_a_suite_is_said_at_once(tmp_path: Path) -> None:
    """A misspelt key, a bad limit and a section without a source are named by place."""
    text = (
        'sedes = [1]\n[limits]\ntime = "soon"\n[[instances]]\n'
        '[[solvers]]\nsolver = "block"\n'
    )
    with pytest.raises(InvalidFileError) as caught:
        suite(text, tmp_path)
    said = str(caught.value)
    assert "did you mean 'seeds'" in said
    assert "limits.time" in said
    assert "either files or generate" in said


@pytest.mark.parametrize(
    ("text", "seconds"), [("10", 10), ('"10s"', 10), ('"2m"', 120)]
)
def test_a_time_limit_is_read_as_the_command_line_reads_it(
    tmp_path: Path, text: str, seconds: float
) -> None:
    """Seconds stand as a number or with a unit."""
    made = suite(
        f'[limits]\ntime = {text}\n{GENERATED}[[solvers]]\nsolver = "block"\n', tmp_path
    )
    assert made.limits.limits().time == seconds


def test_every_instance_meets_every_solver_of_its_family(tmp_path: Path) -> None:
    """Seeds multiply only what draws at random; files and generators both count."""
    network = optkit.generate("allocation", servers=4, seed=5)
    optkit.save_instance(network, tmp_path / "a.json")
    optkit.save(optkit.solve(network), tmp_path / "a.sol.json")
    made = suite(
        "seeds = [3, 4]\nrepetitions = 2\n"
        f'[[instances]]\nfiles = ["*.json"]\n{GENERATED}'
        '[[solvers]]\nsolver = "block"\n[[solvers]]\nsolver = "ga"\n',
        tmp_path,
    )
    plan = make_plan(made, tmp_path)
    assert len(plan.subjects) == 2, "the solution file is no instance"
    block = [run for run in plan.runs if run.solver == "block"]
    ga = [run for run in plan.runs if run.solver == "ga"]
    assert len(block) == 2 * 2
    assert len(ga) == 2 * 2 * 2
    assert {run.seed for run in block} == {3}
    assert len({run.key for run in plan.runs}) == len(plan.runs)


def test_the_key_tells_apart_what_differs_and_nothing_else(tmp_path: Path) -> None:
    """Label and order do not matter; options, limits and seeds do."""

    def keys(text: str) -> set[str]:
        plan = make_plan(suite(GENERATED + text, tmp_path), tmp_path)
        return {run.key for run in plan.runs}

    plain = keys('[[solvers]]\nsolver = "ga"\n')
    assert keys('[[solvers]]\nsolver = "ga"\nlabel = "x"\n') == plain
    assert keys('[[solvers]]\nsolver = "ga"\noptions = { population = 7 }\n') != plain
    assert keys('[[solvers]]\nsolver = "ga"\nseeds = [1]\n') != plain
    assert keys('[[solvers]]\nsolver = "ga"\nlimits = { time = 1 }\n') != plain


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('solver = "blok"', "Did you mean 'block'"),
        ('solver = "ga"\noptions = { popsize = 3 }', "unknown option 'popsize'"),
        ('solver = "stra"\nfamily = "discovery"', "no instance"),
        ('solver = "block"\n[[solvers]]\nsolver = "block"', "different labels"),
    ],
)
def test_a_solver_that_makes_no_sense_is_refused(
    tmp_path: Path, text: str, said: str
) -> None:
    """Names and options are checked before the first run."""
    made = suite(f"{GENERATED}[[solvers]]\n{text}\n", tmp_path)
    with pytest.raises(UsageError, match=said):
        make_plan(made, tmp_path)


def test_a_pattern_without_instances_is_an_error(tmp_path: Path) -> None:
    """A folder that was renamed does not make a study of nothing."""
    made = suite(
        '[[instances]]\nfiles = ["gone/*.json"]\n[[solvers]]\nsolver = "block"\n',
        tmp_path,
    )
    with pytest.raises(InvalidFileError, match="no such instance"):
        make_plan(made, tmp_path)


def test_the_suites_of_the_repository_can_be_planned() -> None:
    """Every suite that ships names solvers, options and instances that exist."""
    folder = Path(__file__).parents[2] / "benchmarks" / "suites"
    for path in sorted(folder.glob("*.toml")):
        assert make_plan(load_suite(path), path.parent).runs
