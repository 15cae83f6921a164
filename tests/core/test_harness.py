"""The harness around every solver: what it verifies, refuses, keeps and records."""

from __future__ import annotations

import _thread
import dataclasses
import itertools
import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from core_documents import instance_document, placed
from pydantic import Field

import optkit
from optkit.allocation.solution import AllocationSolution
from optkit.core import registry
from optkit.core.events import Event, EventKind
from optkit.core.files.instances import parse_instance
from optkit.core.instance import Instance
from optkit.core.options import Options
from optkit.core.result import Reason, Result, Status
from optkit.core.run import Run
from optkit.core.solver import Availability, Capabilities, Kind, Outcome, Solver

INSTANCE: Instance = parse_instance(instance_document())

LOCAL = 9.0
"""Cost of doing all at the master: 0.5 · (6 · 2/2) + 0.25 · (0.5 · 6 · 2 · 2²)."""

Behaviour = Callable[[Any, Run], Outcome | None]


def local_solution(share: float = 1.0) -> AllocationSolution:
    """Return the solution in which the master does everything, or a share of it."""
    return AllocationSolution(parent={}, load_gbit={"m": 6.0 * share}, order={})


class Toy(Solver[Any]):
    """A solver that does what its test tells it to."""

    name = "toy"
    family = "allocation"
    kind = Kind.HEURISTIC
    reference = "this test"
    package = "optkit"
    capabilities = Capabilities(
        bound=True, seed=True, warm_start=True, executor=True, iterations=True
    )

    def __init__(self, behaviour: Behaviour, options: Any = None) -> None:
        super().__init__(options)
        self.behaviour = behaviour

    def run(self, instance: Any, run: Run) -> Outcome:
        """Do what the test says."""
        return self.behaviour(instance, run) or Outcome(Reason.CONVERGED, "done")


def solve(behaviour: Behaviour, **arguments: Any) -> Result:
    """Run ``behaviour`` as a solver inside the harness."""
    return optkit.solve(INSTANCE, Toy(behaviour), **arguments)


def claim(objective: float = LOCAL, bound: float | None = None) -> Behaviour:
    """Return a behaviour that reports the local solution, with these figures."""

    def behaviour(_: Any, run: Run) -> None:
        if bound is not None:
            run.prove(bound, "a claim")
        run.incumbent(objective, local_solution)

    return behaviour


# -- what is verified --------------------------------------------------------------


def test_right_claim_is_verified() -> None:
    """Protects the plain case: the checker's objective agrees, the status follows."""
    result = solve(claim(bound=4.5))
    assert result.status is Status.FEASIBLE
    assert result.verification is not None
    assert result.verification.objective == pytest.approx(LOCAL, rel=1e-15)
    assert result.gap == pytest.approx(0.5)


@pytest.mark.parametrize("factor", [1 + 2e-6, 1 - 2e-6, 0.5, 2.0])
def test_wrong_objective_is_no_solution(factor: float) -> None:
    """Protects against a solver that is wrong about its own objective."""
    result = solve(claim(LOCAL * factor))
    assert result.status is Status.NO_SOLUTION
    assert result.verification is not None
    assert [v.kind for v in result.verification.violations] == ["objective"]


@pytest.mark.parametrize("factor", [1 + 5e-7, 1 - 5e-7])
def test_rounded_objective_passes(factor: float) -> None:
    """Protects honest solvers: the objective may differ by 1e-6 of itself."""
    assert solve(claim(LOCAL * factor)).status is Status.FEASIBLE


def test_infeasible_solution_is_not_feasible() -> None:
    """Protects against a solution that leaves some of the task undone."""

    def behaviour(_: Any, run: Run) -> None:
        run.incumbent(0.9 * LOCAL, lambda: local_solution(0.9))

    result = solve(behaviour)
    assert result.status is Status.NO_SOLUTION
    assert result.verification is not None
    assert not result.verification.feasible
    assert "task-size" in {v.kind for v in result.verification.violations}


def test_nothing_found_is_no_solution() -> None:
    """Protects the meaning of an empty result: nothing is claimed, nothing verified."""
    result = solve(lambda instance, run: None)
    assert result.status is Status.NO_SOLUTION
    assert (result.solution, result.objective, result.bound) == (None, None, None)
    assert (result.gap, result.verification) == (None, None)


def test_best_solution_wins_and_is_built_once() -> None:
    """Protects the incumbent: a worse one after it changes nothing, only it is built."""
    built = []

    def make(tag: str) -> Callable[[], AllocationSolution]:
        def build() -> AllocationSolution:
            built.append(tag)
            return local_solution()

        return build

    def behaviour(_: Any, run: Run) -> None:
        assert run.incumbent(2 * LOCAL, make("first"))
        assert run.incumbent(LOCAL, make("best"))
        assert not run.incumbent(LOCAL, make("equal"))
        assert not run.incumbent(3 * LOCAL, make("worse"))

    assert solve(behaviour).objective == LOCAL
    assert built == ["best"]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_figures_have_to_be_finite(value: float) -> None:
    """Protects files and gaps from NaN: such a report is refused where it is made."""
    with pytest.raises(optkit.UsageError, match="finite"):
        solve(lambda i, run: run.incumbent(value, local_solution) and None)
    with pytest.raises(optkit.UsageError, match="bound"):
        solve(lambda i, run: run.prove(value, "nothing") and None)


# -- what is proven ----------------------------------------------------------------


def test_no_bound_is_no_gap() -> None:
    """Protects the meaning of null: nothing proven is None, never 0 or infinity."""
    result = solve(claim())
    assert (result.bound, result.bound_source, result.gap) == (None, None, None)
    assert result.status is Status.FEASIBLE


@pytest.mark.parametrize(
    ("bound", "status"),
    [
        (LOCAL, Status.OPTIMAL),
        (LOCAL * (1 - 9e-7), Status.OPTIMAL),
        (LOCAL * (1 - 2e-6), Status.FEASIBLE),
        (-1.0, Status.FEASIBLE),
    ],
)
def test_optimal_is_a_gap_of_a_millionth(bound: float, status: Status) -> None:
    """Protects the word optimal: a gap of at most 1e-6, whoever says what."""
    assert solve(claim(bound=bound)).status is status


def test_optimal_does_not_depend_on_the_unit() -> None:
    """Protects tiny tasks: a solution twice too dear is not optimal in any unit."""
    size = 1e-15
    tiny = parse_instance(
        placed(
            placed(instance_document(), "task.size_gbit", size),
            "weights",
            {"time": 1e-15, "energy": 0.0},
        )
    )
    local = AllocationSolution(parent={}, load_gbit={"m": size}, order={})
    cost = optkit.check(tiny, local).objective
    assert cost is not None
    assert 0.0 < cost < 1e-18

    def behaviour(_: Any, run: Run) -> None:
        run.prove(0.5 * cost, "half of it")
        run.incumbent(cost, lambda: local)

    assert optkit.solve(tiny, Toy(behaviour)).status is Status.FEASIBLE


def test_bound_past_the_objective_is_a_contradiction() -> None:
    """Protects proofs: one of the two figures is wrong, and that is said aloud."""
    with pytest.raises(optkit.ContradictionError, match="a claim"):
        solve(claim(bound=LOCAL * (1 + 2e-6)))


def test_bound_past_the_objective_by_rounding_is_lowered() -> None:
    """Protects honest solvers: rounding is no contradiction, the weaker claim stands."""
    result = solve(claim(bound=LOCAL * (1 + 5e-7)))
    assert result.bound == result.objective == LOCAL
    assert result.status is Status.OPTIMAL


def test_worse_bound_is_not_kept() -> None:
    """Protects the bound: the best that was proven stands, with its source."""

    def behaviour(_: Any, run: Run) -> None:
        assert run.prove(3.0, "good")
        assert not run.prove(2.0, "worse")
        run.incumbent(LOCAL, local_solution)

    result = solve(behaviour)
    assert (result.bound, result.bound_source) == (3.0, "good")


def proof(bound: float | None, infeasible: bool = False) -> Behaviour:
    """Return a behaviour that claims a proof."""

    def behaviour(instance: Any, run: Run) -> Outcome:
        if not infeasible:
            claim(bound=bound)(instance, run)
        return Outcome(Reason.PROVED, "so it says", infeasible)

    return behaviour


def test_proof_without_a_bound_is_a_contradiction() -> None:
    """Protects the word proved: it comes with what is proven."""
    with pytest.raises(optkit.ContradictionError, match="no bound"):
        solve(proof(None))


def test_proof_with_a_gap_is_no_proof() -> None:
    """Protects the word proved: a solver that leaves a gap has not proved its answer."""
    try:
        result = solve(proof(0.1))
    except optkit.ContradictionError:
        return
    assert result.termination.reason is not Reason.PROVED


def test_proof_with_the_bound_stands() -> None:
    """Protects the plain case of an exact solver."""
    result = solve(proof(LOCAL))
    assert result.termination.reason is Reason.PROVED
    assert result.status is Status.OPTIMAL


def test_proven_infeasible_needs_no_bound() -> None:
    """Protects the other proof: that there is no solution."""
    assert solve(proof(None, infeasible=True)).status is Status.INFEASIBLE


def test_infeasible_beside_a_solution_is_a_contradiction() -> None:
    """Protects against a solver that claims both."""

    def behaviour(instance: Any, run: Run) -> Outcome:
        claim()(instance, run)
        return Outcome(Reason.PROVED, "", infeasible=True)

    with pytest.raises(optkit.ContradictionError, match="no solution"):
        solve(behaviour)


# -- what is refused ---------------------------------------------------------------

BAD_LIMITS: list[dict[str, Any]] = [
    {"time": -1.0},
    {"time": math.nan},
    {"time": True},
    {"time": "1"},
    {"time": [1]},
    {"time": 10**400},
    {"gap": -1e-9},
    {"gap": "small"},
    {"target": math.nan},
    {"target": False},
    {"memory": -1},
    {"iterations": -1},
    {"iterations": 1.5},
    {"iterations": True},
    {"evaluations": 2.0},
    {"evaluations": "2"},
]


@pytest.mark.parametrize("limits", BAD_LIMITS, ids=lambda limits: str(limits)[:30])
def test_senseless_limit_is_refused(limits: dict[str, Any]) -> None:
    """Protects runs from limits that silently limit nothing."""
    with pytest.raises(optkit.UsageError, match=f"limits.{next(iter(limits))}"):
        optkit.Limits(**limits)


@pytest.mark.parametrize("seed", [-1, 1.0, "1", True, None, math.nan])
def test_senseless_seed_is_refused(seed: Any) -> None:
    """Protects repeatability: a seed is a non-negative whole number."""
    with pytest.raises(optkit.UsageError, match="seed"):
        solve(claim(), seed=seed)
    with pytest.raises(optkit.UsageError, match="seed"):
        optkit.generate("allocation", seed=seed)


NONSENSE: dict[str, Callable[[], object]] = {
    "a path for an instance": lambda: optkit.solve("x.json"),  # type: ignore[arg-type]
    "None for an instance": lambda: optkit.solve(None),  # type: ignore[arg-type]
    "a number for a solver": lambda: optkit.solve(INSTANCE, 5),  # type: ignore[arg-type]
    "a number for limits": lambda: solve(claim(), limits=5),
    "a mapping for limits": lambda: solve(claim(), limits={"time": 1}),
    "a list for options": lambda: optkit.solve(
        INSTANCE,
        "pmo",
        options=[1],  # type: ignore[arg-type]
    ),
    "a result for an initial solution": lambda: solve(claim(), initial=solve(claim())),
    "a word for an executor": lambda: solve(claim(), executor="threads"),
    "a result to check": lambda: optkit.check(
        INSTANCE,
        solve(claim()),  # type: ignore[arg-type]
    ),
    "nothing to check": lambda: optkit.check(None, None),  # type: ignore[arg-type]
    "None to save": lambda: optkit.save(None, "x"),  # type: ignore[arg-type]
    "an instance to save": lambda: optkit.save(INSTANCE, "x"),  # type: ignore[arg-type]
    "a number for a family": lambda: optkit.generate(5),  # type: ignore[arg-type]
    "None for a file": lambda: optkit.load(None),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("what", NONSENSE)
def test_clumsy_call_is_explained(what: str) -> None:
    """Protects library users: a wrong argument is named, not met deep inside."""
    with pytest.raises((optkit.OptkitError, TypeError)) as caught:
        NONSENSE[what]()
    assert "object is not" not in str(caught.value)


class Choosy(Toy):
    """A solver with options and few capabilities."""

    class Options(Options):
        """One option."""

        depth: int = Field(3, ge=1, description="how deep")

    name = "choosy"
    capabilities = Capabilities()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"dept": 2}, "'depth'"),
        ({"zzz": 2}, "zzz"),
        ({"depth": 0}, "depth: 0 is not allowed"),
        ({"depth": "deep"}, "depth: 'deep' is not allowed"),
        ({"depth": None}, "depth"),
        ({"dept": 2, "depth": 0}, "dept"),
    ],
)
def test_wrong_option_is_refused(options: dict[str, Any], expected: str) -> None:
    """Protects experiments: an option that is not there changes nothing in silence."""
    with pytest.raises(optkit.UsageError, match="choosy") as caught:
        Choosy(claim(), options)
    assert expected in str(caught.value)


def test_wrong_options_are_all_named_at_once() -> None:
    """Protects users from mending options one at a time."""
    with pytest.raises(optkit.UsageError) as caught:
        Choosy(claim(), {"dept": 2, "depth": 0})
    assert "dept'" in str(caught.value)
    assert "depth: 0" in str(caught.value)


def test_options_beside_a_ready_solver_are_refused() -> None:
    """Protects options from being dropped in silence."""
    with pytest.raises(optkit.UsageError, match="already has its own"):
        optkit.solve(INSTANCE, Choosy(claim()), options={"depth": 2})


@pytest.mark.parametrize(
    "asked",
    [
        {"initial": local_solution()},
        {"executor": ThreadPoolExecutor(1)},
        {"limits": optkit.Limits(iterations=3)},
        {"limits": optkit.Limits(evaluations=3)},
    ],
    ids=lambda asked: next(iter(asked)),
)
def test_missing_capability_is_an_error(asked: dict[str, Any]) -> None:
    """Protects requests from being dropped in silence: the reason is given."""
    with pytest.raises(optkit.UnavailableError, match="'choosy' has no use for"):
        optkit.solve(INSTANCE, Choosy(claim()), **asked)


def test_unavailable_solver_says_why() -> None:
    """Protects users of extras: what is missing is said before anything runs."""
    with registered(Absent):
        with pytest.raises(optkit.UnavailableError, match="no licence"):
            optkit.solve(INSTANCE, "absent")
        info = next(i for i in optkit.solvers("allocation") if i.name == "absent")
        assert (info.available, info.reason) == (False, "no licence")


def test_initial_solution_is_checked() -> None:
    """Protects solvers: a start that does not pass the check is refused with reasons."""
    with pytest.raises(optkit.FailedCheckError, match=r"sums to 3\.0"):
        solve(claim(), initial=local_solution(0.5))


def test_initial_solution_of_another_instance_is_refused() -> None:
    """Protects solvers: names that are no server's here do not pass."""
    other = optkit.solve(optkit.generate("allocation", servers=3), "local").solution
    with pytest.raises(optkit.FailedCheckError, match="is no server's id"):
        solve(claim(), initial=other)


def test_initial_solution_that_is_not_mentioned_is_reported() -> None:
    """Protects the record: what became of the start is always said."""
    report = solve(claim(), initial=local_solution()).initial
    assert report is not None
    assert not report.used
    assert "did not say" in report.detail
    assert solve(claim()).initial is None


# -- limits ------------------------------------------------------------------------


def search(steps: int = 10_000, pause: float = 0.0) -> Behaviour:
    """Return a behaviour that closes in on the local solution until it has to stop."""

    def behaviour(_: Any, run: Run) -> Outcome:
        for step in range(steps):
            reason = run.stop_reason()
            if reason is not None:
                return Outcome(reason, f"{step} steps")
            run.count(iterations=1, evaluations=2)
            run.incumbent(LOCAL * (1 + 1e-7 / (step + 1)), local_solution)
            run.prove(LOCAL * (1 - 1.0 / (step + 2)), "closing in")
            if pause:
                time.sleep(pause)
        return Outcome(Reason.CONVERGED)

    return behaviour


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (optkit.Limits(target=LOCAL * 1.1), Reason.TARGET),
        (optkit.Limits(gap=0.1), Reason.GAP),
        (optkit.Limits(iterations=5), Reason.ITERATION_LIMIT),
        (optkit.Limits(time=0.0), Reason.TIME_LIMIT),
        (optkit.Limits(memory=1.0), Reason.MEMORY_LIMIT),
        (optkit.Limits(target=LOCAL / 2), Reason.CONVERGED),
        (optkit.Limits(), Reason.CONVERGED),
    ],
    ids=str,
)
def test_each_limit_stops_the_run(limits: optkit.Limits, reason: Reason) -> None:
    """Protects limits: each stops the run, and the result says which one it was."""
    result = solve(search(200), limits=limits)
    assert result.termination.reason is reason
    assert result.limits == limits


def test_iterations_stop_after_as_many() -> None:
    """Protects counted limits from being off by one."""
    result = solve(search(), limits=optkit.Limits(iterations=5))
    assert result.termination.detail == "5 steps"


def test_time_limit_holds() -> None:
    """Protects the time limit: 5 % and 0.2 s, from entry to return."""
    began = time.perf_counter()
    result = solve(search(pause=0.005), limits=optkit.Limits(time=0.3))
    assert time.perf_counter() - began <= 0.3 * 1.05 + 0.2
    assert result.termination.reason is Reason.TIME_LIMIT
    assert result.status is not Status.NO_SOLUTION


# -- interruption and failure ------------------------------------------------------


def test_interruption_returns_the_best() -> None:
    """Protects work from Ctrl-C: what was found is checked and returned."""

    def behaviour(instance: Any, run: Run) -> None:
        claim(bound=1.0)(instance, run)
        raise KeyboardInterrupt

    result = solve(behaviour)
    assert result.termination.reason is Reason.INTERRUPTED
    assert (result.status, result.objective) == (Status.FEASIBLE, LOCAL)


def test_interruption_before_anything_is_no_solution() -> None:
    """Protects the caller: an early Ctrl-C is a result too."""

    def behaviour(_: Any, run: Run) -> None:
        raise KeyboardInterrupt

    result = solve(behaviour)
    assert result.termination.reason is Reason.INTERRUPTED
    assert result.status is Status.NO_SOLUTION


def test_interruption_while_checking_loses_nothing() -> None:
    """Protects finished work: Ctrl-C during the check is not its end, nor forgotten."""

    def slow() -> AllocationSolution:
        _thread.interrupt_main()
        time.sleep(0.05)
        return local_solution()

    def behaviour(_: Any, run: Run) -> None:
        run.incumbent(LOCAL, slow)

    result = solve(behaviour)
    assert (result.status, result.objective) == (Status.FEASIBLE, LOCAL)
    assert result.termination.reason is Reason.INTERRUPTED


def test_interrupts_act_again_after_a_run() -> None:
    """Protects the caller's Ctrl-C: the harness gives the signal handler back."""
    import signal

    before = signal.getsignal(signal.SIGINT)
    solve(claim())
    assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(KeyboardInterrupt):
        _press()


def _press() -> None:
    _thread.interrupt_main()
    time.sleep(1.0)


def test_runs_in_threads_need_no_signals() -> None:
    """Protects library users: a run works in any thread."""
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: solve(claim()), range(4)))
    assert {result.objective for result in results} == {LOCAL}


class Peculiar(Exception):  # noqa: N818
    """An error of a solver's own."""


def test_a_solvers_own_error_propagates() -> None:
    """Protects debugging: a defect of a solver is not dressed up as a result."""

    def behaviour(instance: Any, run: Run) -> None:
        claim()(instance, run)
        raise Peculiar("inside")

    with pytest.raises(Peculiar, match="inside"):
        solve(behaviour)


# -- what is told and recorded -----------------------------------------------------


def test_events_come_in_order() -> None:
    """Protects progress lines: start first, end last, time never runs back."""
    events: list[Event] = []

    def behaviour(instance: Any, run: Run) -> None:
        search(20)(instance, run)
        run.progress("half", 0.5)

    solve(behaviour, on_event=events.append)
    kinds = [event.kind for event in events]
    assert kinds[0] is EventKind.START
    assert kinds[-1] is EventKind.END
    assert kinds.count(EventKind.START) == kinds.count(EventKind.END) == 1
    assert EventKind.PROGRESS in kinds
    assert all(a.time <= b.time for a, b in itertools.pairwise(events))
    found = [e.objective for e in events if e.kind is EventKind.INCUMBENT]
    assert found == sorted(found, key=lambda value: -(value or 0.0))


def test_trajectory_is_monotone() -> None:
    """Protects plots and integrals: objectives fall, bounds rise, time goes on."""
    trajectory = solve(search(20)).trajectory
    assert len(trajectory) == 40
    times = [point[0] for point in trajectory]
    objectives = [point[1] for point in trajectory if point[1] is not None]
    bounds = [point[2] for point in trajectory if point[2] is not None]
    assert times == sorted(times)
    assert objectives == sorted(objectives, reverse=True)
    assert bounds == sorted(bounds)


def test_everything_needed_to_repeat_is_recorded() -> None:
    """Protects repeatability: solver, options, seed, limits, versions, timings."""
    limits = optkit.Limits(time=5.0)
    result = optkit.solve(
        INSTANCE, Choosy(claim(), {"depth": 4}), limits=limits, seed=9
    )
    record = result.solver
    assert (record.name, record.seed, record.chosen) == ("choosy", 9, None)
    assert dict(record.options) == {"depth": 4}
    assert record.version == optkit.__version__
    assert record.deterministic
    assert result.limits is limits
    assert result.versions["optkit"] == optkit.__version__
    assert {"python", "numpy", "highspy", "pyomo"} <= set(result.versions)
    timings = result.timings
    assert min(timings.build_s, timings.solve_s, timings.check_s) >= 0.0
    assert not solve(claim()).solver.deterministic


def test_random_streams_depend_on_seed_and_name_only() -> None:
    """Protects repeatability: what was drawn before does not change a stream."""
    drawn: list[tuple[float, ...]] = []

    def behaviour(_: Any, run: Run) -> None:
        drawn.append(tuple(run.rng("a").random(2)))

    def busier(instance: Any, run: Run) -> None:
        run.rng("b").random(100)
        behaviour(instance, run)

    solve(behaviour, seed=1)
    solve(busier, seed=1)
    solve(behaviour, seed=2)
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]


@pytest.mark.parametrize(
    "change",
    [
        lambda r: setattr(r, "objective", 1.0),
        lambda r: setattr(r.solver, "seed", 1),
        lambda r: setattr(r.limits, "time", 1.0),
        lambda r: setattr(r.verification, "feasible", False),
        lambda r: setattr(r.solution, "routing", "free"),
        lambda r: r.trajectory.append((0.0, 0.0, 0.0)),
    ],
)
def test_results_are_immutable(change: Callable[[Result], object]) -> None:
    """Protects what was verified from being changed afterwards by a slip."""
    result = solve(claim())
    with pytest.raises((dataclasses.FrozenInstanceError, ValueError, AttributeError)):
        change(result)


def test_auto_says_why() -> None:
    """Protects the record: which solver auto stood for, and for what reason."""
    # Relaying dear enough that contiguous orders are not proven to be the best.
    dear = {"shape": "chain", "tx_watt": 100.0}
    few = optkit.solve(optkit.generate("allocation", servers=4, **dear))
    assert few.solver.name == "pmo"
    assert "6 orders" in (few.solver.chosen or "")
    large = optkit.generate("allocation", servers=30, **dear)
    result = optkit.solve(large, limits=optkit.Limits(time=1.0))
    assert "29 servers" in (result.solver.chosen or "")
    able = optkit.solve(large, limits=optkit.Limits(iterations=1))
    assert "block cannot" in (able.solver.chosen or "")


def test_ctrl_c_while_a_module_loads_is_ctrl_c() -> None:
    """Protects the first second of a run: compiled modules turn Ctrl-C into ImportError."""

    def behaviour(_: Any, run: Run) -> None:
        run.incumbent(LOCAL, local_solution)
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as pressed:
            raise ImportError("initialization failed") from pressed

    result = solve(behaviour)
    assert result.termination.reason is Reason.INTERRUPTED
    assert result.status is Status.FEASIBLE


# -- registry ----------------------------------------------------------------------


class Absent(Toy):
    """A solver that cannot run here."""

    name = "absent"

    @classmethod
    def available(cls) -> Availability:
        """Say that it cannot."""
        return Availability(False, "no licence")


class registered:  # noqa: N801
    """Register a solver class for the length of a with block."""

    def __init__(self, solver: type[Solver[Any]]) -> None:
        self.solver = solver

    def __enter__(self) -> type[Solver[Any]]:
        registry.solvers("allocation")
        return registry.register(self.solver)

    def __exit__(self, *_: object) -> None:
        registry._SOLVERS.pop((self.solver.family, self.solver.name))


@pytest.fixture
def fresh_plugins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget what was loaded, for the length of a test."""
    registry.solvers()
    monkeypatch.setattr(registry, "_SOLVERS", dict(registry._SOLVERS))
    monkeypatch.setattr(registry, "_BROKEN", {})
    monkeypatch.setattr(registry, "_LOADED", set())
    registry._load_plugins.cache_clear()
    registry.families.cache_clear()
    yield
    registry._load_plugins.cache_clear()
    registry.families.cache_clear()


def test_solvers_are_listed() -> None:
    """Protects the list: names, kinds, options with defaults, capabilities."""
    infos = {info.name: info for info in optkit.solvers("allocation")}
    assert {"pmo", "cmo", "milp", "ga", "local"} <= set(infos)
    assert infos["pmo"].kind is Kind.EXACT
    assert infos["local"].kind is Kind.BASELINE
    assert infos["ga"].options["population"]["default"] == 4
    assert infos["ga"].options["population"]["description"]
    assert infos["ga"].capabilities.seed
    assert all(info.reference for info in infos.values())
    assert [i.name for i in optkit.solvers("allocation")] == sorted(infos)


@pytest.mark.parametrize(
    ("name", "guess"), [("pom", "pmo"), ("milpp", "milp"), ("multi_hop", "multi-hop")]
)
def test_misspelt_solver_is_guessed(name: str, guess: str) -> None:
    """Protects users from reading the whole list at a slip of the finger."""
    with pytest.raises(optkit.UsageError, match=f"Did you mean '{guess}'"):
        optkit.solve(INSTANCE, name)


def test_misspelt_family_is_guessed() -> None:
    """Protects users from reading the whole list at a slip of the finger."""
    with pytest.raises(optkit.UsageError, match="Did you mean 'allocation'"):
        optkit.generate("alocation")
    with pytest.raises(optkit.UsageError, match="Did you mean 'allocation'"):
        optkit.solvers("allocations")


def test_name_clash_is_refused() -> None:
    """Protects results: no two solvers go by one name."""

    class Impostor(Toy):
        name = "pmo"

    registry.solvers("allocation")
    genuine = registry.solver_class("allocation", "pmo")
    with pytest.raises(optkit.UsageError, match="rename one"):
        registry.register(Impostor)
    assert registry.solver_class("allocation", "pmo") is genuine


@pytest.mark.parametrize("missing", ["name", "family", "kind", "reference"])
def test_incomplete_solver_is_refused(missing: str) -> None:
    """Protects the list: every solver says what it is before it is registered."""
    attributes = {
        key: getattr(Toy, key)
        for key in ("name", "family", "kind", "reference")
        if key != missing
    }
    incomplete = type("Incomplete", (Solver,), {"run": Toy.run, **attributes})
    with pytest.raises(optkit.UsageError, match=missing):
        registry.register(incomplete)


def test_auto_is_reserved() -> None:
    """Protects the word auto, which stands for a choice."""
    reserved = type("Auto", (Toy,), {"name": "auto"})
    with pytest.raises(optkit.UsageError, match="reserved"):
        registry.register(reserved)


class Point:
    """An entry point that loads to something, or fails."""

    def __init__(self, name: str, loaded: Any) -> None:
        self.name, self.value, self._loaded = name, f"somewhere:{name}", loaded

    def load(self) -> Any:
        """Return or raise what the test wants."""
        if isinstance(self._loaded, BaseException):
            raise self._loaded
        return self._loaded


def plug_in(monkeypatch: pytest.MonkeyPatch, group: str, *points: Point) -> None:
    """Add entry points to a group."""
    usual = registry.entry_points

    def entry_points(**wanted: Any) -> list[Any]:
        found = list(usual(**wanted))
        return [*found, *points] if wanted.get("group") == group else found

    monkeypatch.setattr(registry, "entry_points", entry_points)


class External(Toy):
    """A solver of another package."""

    name = "external"


@pytest.mark.usefixtures("fresh_plugins")
def test_broken_plug_in_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects everybody from one package: its failure is kept, the others load."""
    impostor = type("Impostor", (Toy,), {"name": "pmo"})
    plug_in(
        monkeypatch,
        "optkit.solvers",
        Point("absent-module", ImportError("no such module")),
        Point("exploding", RuntimeError("boom")),
        Point("leaving", SystemExit(3)),
        Point("nothing", None),
        Point("clashing", impostor),
        Point("fine", External),
    )
    names = {info.name for info in optkit.solvers("allocation")}
    assert {"pmo", "external"} <= names
    assert optkit.solve(INSTANCE, "pmo").status is Status.OPTIMAL
    told = "\n".join(f"{name}: {why}" for name, why in registry.broken().items())
    for word in ("no such module", "boom", "leaving", "rename one"):
        assert word in told


@pytest.mark.usefixtures("fresh_plugins")
def test_broken_family_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects everybody from one package: families that fail are kept apart."""
    plug_in(
        monkeypatch,
        "optkit.families",
        Point("exploding", RuntimeError("boom")),
        Point("nothing", 5),
    )
    assert "allocation" in optkit.families()
    told = "\n".join(registry.broken().values())
    assert "boom" in told
    assert "not a Family" in told


@pytest.mark.usefixtures("fresh_plugins")
def test_family_clash_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects the checker: no other package takes a family's name, or its schema."""
    genuine = optkit.families()["allocation"]
    registry.families.cache_clear()
    rival = dataclasses.replace(genuine, summary="not ours")
    plug_in(monkeypatch, "optkit.families", Point("z", rival))
    assert optkit.families()["allocation"].summary == genuine.summary
    assert any("allocation" in why for why in registry.broken().values())


def test_solver_whose_availability_fails_harms_nobody() -> None:
    """Protects the list: a plug-in that fails when asked counts as not available."""

    class Moody(Toy):
        name = "moody"

        @classmethod
        def available(cls) -> Availability:
            raise RuntimeError("licence server down")

    with registered(Moody):
        infos = {info.name: info for info in optkit.solvers("allocation")}
        assert not infos["moody"].available
        assert "licence server down" in infos["moody"].reason
        with pytest.raises(optkit.UnavailableError, match="licence server down"):
            optkit.solve(INSTANCE, "moody")


def test_solver_whose_options_have_no_schema_harms_nobody() -> None:
    """Protects the list: options that JSON cannot describe spoil only themselves."""

    class Odd(Toy):
        class Options(Options):
            call: Callable[[], None] = Field(print, description="what to call")

        name = "odd"

    with registered(Odd):
        assert "pmo" in {info.name for info in optkit.solvers("allocation")}
