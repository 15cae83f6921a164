"""Suites: what is wrong in one is said at once, by its place, before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

import optkit
from optkit.bench.plan import make_plan
from optkit.bench.suite import Suite, load_suite
from optkit.core.errors import InvalidFileError, OptkitError, UsageError

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
        (
            'solver = "block"\n[[solvers]]\nsolver = "block"\nlabel = "x"',
            "'block' and 'x' are one solver",
        ),
        ('solver = "auto"\noptions = { nonsense = 1 }', "unknown option 'nonsense'"),
    ],
)
def test_a_solver_that_makes_no_sense_is_refused(
    tmp_path: Path, text: str, said: str
) -> None:
    """Names and options are checked before the first run."""
    made = suite(f"{GENERATED}[[solvers]]\n{text}\n", tmp_path)
    with pytest.raises(UsageError, match=said):
        make_plan(made, tmp_path)


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        (
            "[limits]\niterations = 100_000_000_000_000_000_000",
            "limits.iter",
            "less than",
        ),
        ("seeds = [1, 1]", "seeds", "1 stands twice"),
        ("seeds = []", "seeds", "at least one"),
        (GENERATED + "seeds = [2, 2]", "instances[0].seeds", "2 stands twice"),
        (GENERATED.replace("servers", "seed"), "instances[0]", "stand in seeds"),
        (
            '[[solvers]]\nsolver = "auto"\noptions = { x = nan }',
            "solvers[0].options",
            "nan is none",
        ),
        (
            '[[solvers]]\nsolver = "auto"\noptions = { x = [1979-05-27] }',
            "solvers[0].options",
            "no date",
        ),
    ],
)
def test_values_that_make_no_sense_are_named(
    tmp_path: Path, text: str, place: str, said: str
) -> None:
    """What TOML can say and no run can have is refused with its place, once."""
    whole = f"{text}\n"
    whole += GENERATED if "instances" not in text else ""
    whole += '[[solvers]]\nsolver = "block"\n' if "solvers" not in text else ""
    with pytest.raises(InvalidFileError) as caught:
        suite(whole, tmp_path)
    (issue,) = caught.value.issues
    assert issue.path.startswith(place)
    assert said in issue.message


def test_every_file_that_is_wrong_is_named_at_once(tmp_path: Path) -> None:
    """Whatever is wrong in one suite is told together, with an invalid file's status."""
    (tmp_path / "broken.json").write_text("{")
    made = suite(
        '[[instances]]\nfiles = ["a.json", ".", "x**y", "broken.json"]\n'
        '[[instances]]\ngenerate = "alocation"\nseeds = [1, 2]\n'
        f'{GENERATED}[[solvers]]\nsolver = "blok"\n',
        tmp_path,
    )
    with pytest.raises(OptkitError) as caught:
        make_plan(made, tmp_path)
    assert caught.value.exit_status == 3
    text = str(caught.value)
    for said in ("a.json: no such", "is a folder", "x**y: not a usable", "not JSON"):
        assert said in text
    assert text.count("unknown family 'alocation'") == 1
    assert "Did you mean 'block'" in text
    assert "add one, or leave them out" not in text, "which a misspelt name explains"


def test_a_study_too_large_to_be_meant_is_refused(tmp_path: Path) -> None:
    """A slip of the finger does not fill the memory with runs."""
    made = suite(
        f'repetitions = 1_000_000_000\n{GENERATED}[[solvers]]\nsolver = "block"\n',
        tmp_path,
    )
    with pytest.raises(UsageError, match="asks for 1000000000 runs"):
        make_plan(made, tmp_path)


def test_huge_seeds_and_options_have_keys(tmp_path: Path) -> None:
    """Whole numbers past 2**53 tell runs apart like any other."""

    def key(seed: int) -> str:
        solver = f'[[solvers]]\nsolver = "ga"\nseeds = [{seed}]\n'
        return make_plan(suite(GENERATED + solver, tmp_path), tmp_path).runs[0].key

    assert key(10**40) != key(10**40 + 1)


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
