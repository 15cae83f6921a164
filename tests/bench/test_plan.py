"""The plan of a suite: which runs it has, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

import optkit
from optkit.bench.plan import make_plan
from optkit.bench.suite import load_suite
from optkit.core.errors import InvalidFileError, OptkitError, UsageError
from optkit.core.solving import registry
from tests.bench.suites import GENERATED, suite


def test_every_solver_runs_on_every_instance_of_its_family(tmp_path: Path) -> None:
    """Deterministic solvers run with one seed; files and generators both count."""
    network = optkit.generate("allocation", servers=4, seed=5)
    optkit.save_instance(network, tmp_path / "a.json")
    optkit.save(optkit.solve(network), tmp_path / "a.sol.json")
    content = suite(
        "seeds = [3, 4]\nrepetitions = 2\n"
        f'[[instances]]\nfiles = ["*.json"]\n{GENERATED}'
        '[[solvers]]\nsolver = "block"\n[[solvers]]\nsolver = "ga"\n',
        tmp_path,
    )
    plan = make_plan(content, tmp_path)
    assert len(plan.instances) == 2, "a solution file is not an instance"
    block = [run for run in plan.runs if run.solver == "block"]
    ga = [run for run in plan.runs if run.solver == "ga"]
    assert len(block) == 2 * 2
    assert len(ga) == 2 * 2 * 2
    assert {run.seed for run in block} == {3}
    assert len({run.key for run in plan.runs}) == len(plan.runs)


def test_keys_differ_only_if_runs_differ(tmp_path: Path) -> None:
    """The label does not change the key; options, limits and seeds do."""

    def keys(text: str) -> set[str]:
        plan = make_plan(suite(GENERATED + text, tmp_path), tmp_path)
        return {run.key for run in plan.runs}

    plain = keys('[[solvers]]\nsolver = "ga"\n')
    assert keys('[[solvers]]\nsolver = "ga"\nlabel = "x"\n') == plain
    assert keys('[[solvers]]\nsolver = "ga"\noptions = { population = 7 }\n') != plain
    assert keys('[[solvers]]\nsolver = "ga"\nseeds = [1]\n') != plain
    assert keys('[[solvers]]\nsolver = "ga"\nlimits = { time = 1 }\n') != plain


@pytest.mark.parametrize(
    ("text", "message"),
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
def test_invalid_solver_entries_are_refused(
    tmp_path: Path, text: str, message: str
) -> None:
    """Names and options are checked before the first run."""
    content = suite(f"{GENERATED}[[solvers]]\n{text}\n", tmp_path)
    with pytest.raises(UsageError, match=message):
        make_plan(content, tmp_path)


def test_all_unreadable_files_are_reported_together(tmp_path: Path) -> None:
    """All problems of a suite are in one error, with the status of an invalid file."""
    (tmp_path / "broken.json").write_text("{")
    content = suite(
        '[[instances]]\nfiles = ["a.json", ".", "x**y", "broken.json"]\n'
        '[[instances]]\ngenerate = "alocation"\nseeds = [1, 2]\n'
        f'{GENERATED}[[solvers]]\nsolver = "blok"\n',
        tmp_path,
    )
    with pytest.raises(OptkitError) as caught:
        make_plan(content, tmp_path)
    assert caught.value.exit_status == 3
    text = str(caught.value)
    for message in ("a.json: no such", "is a folder", "x**y: not a usable", "not JSON"):
        assert message in text
    assert text.count("unknown family 'alocation'") == 1
    assert "Did you mean 'block'" in text
    assert "add one, or remove" not in text, "the misspelt name explains it"


def test_a_huge_study_is_refused(tmp_path: Path) -> None:
    """A typing error does not fill the memory with runs."""
    content = suite(
        f'repetitions = 1_000_000_000\n{GENERATED}[[solvers]]\nsolver = "block"\n',
        tmp_path,
    )
    with pytest.raises(UsageError, match="asks for 1000000000 runs"):
        make_plan(content, tmp_path)


def test_huge_seeds_and_options_have_keys(tmp_path: Path) -> None:
    """Seeds above 2**53 give different keys like any others."""

    def key(seed: int) -> str:
        solver = f'[[solvers]]\nsolver = "ga"\nseeds = [{seed}]\n'
        return make_plan(suite(GENERATED + solver, tmp_path), tmp_path).runs[0].key

    assert key(10**40) != key(10**40 + 1)


def test_a_pattern_without_instances_is_an_error(tmp_path: Path) -> None:
    """A folder that was renamed does not give an empty study."""
    content = suite(
        '[[instances]]\nfiles = ["gone/*.json"]\n[[solvers]]\nsolver = "block"\n',
        tmp_path,
    )
    with pytest.raises(InvalidFileError, match="no such instance"):
        make_plan(content, tmp_path)


@pytest.mark.slow
def test_the_suites_of_the_repository_can_be_planned() -> None:
    """The solvers, options and instances of every suite in the repository exist."""
    folder = Path(__file__).parents[2] / "benchmarks" / "suites"
    for path in sorted(folder.glob("*.toml")):
        assert make_plan(load_suite(path), path.parent).runs


def test_the_order_of_seeds_makes_no_difference(tmp_path: Path) -> None:
    """A suite whose seeds are listed in another order plans the same runs."""
    solvers = '[[solvers]]\nsolver = "ga"\n[[solvers]]\nsolver = "block"\n'

    def keys(seeds: str) -> set[str]:
        read = suite(f"seeds = {seeds}\n{GENERATED}{solvers}", tmp_path)
        return {run.key for run in make_plan(read, tmp_path).runs}

    assert keys("[3, 1, 2]") == keys("[1, 2, 3]")


def test_errors_name_the_suite(tmp_path: Path) -> None:
    """Whatever is wrong with a suite, the message begins with its file."""
    content = suite(GENERATED + '[[solvers]]\nsolver = "nope"\n', tmp_path)
    with pytest.raises(UsageError, match=r"^my-suite\.toml: unknown .* 'nope'"):
        make_plan(content, tmp_path, "my-suite.toml")
    wrong = GENERATED.replace("servers", "servres")
    content = suite(wrong + '[[solvers]]\nsolver = "block"\n', tmp_path)
    with pytest.raises(UsageError, match=r"^my-suite\.toml: generator allocation"):
        make_plan(content, tmp_path, "my-suite.toml")


@pytest.mark.parametrize("family", list(registry.families()))
def test_a_plan_holds_options_that_its_solvers_take(family: str) -> None:
    """Options at their defaults are written to a plan, and make the same solver again."""
    for info in registry.solvers(family):
        solver = registry.solver_class(family, info.name)({})
        again = type(solver)(solver.options.model_dump(mode="json"))
        assert again.options == solver.options, info.name
