"""The tables of an allocation."""

from __future__ import annotations

import subprocess
import sys

import pytest

import optkit
from optkit.allocation.check.checker import check
from optkit.allocation.display.tables import arrows, ordinal, tables
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution
from optkit.core.display.tables import Table


@pytest.fixture(scope="module")
def instance() -> AllocationInstance:
    """Return the paper's fourth topology."""
    shown = optkit.generate("allocation", shape="topology-4", seed=1)
    assert isinstance(shown, AllocationInstance)
    return shown


@pytest.fixture(scope="module")
def result(instance: AllocationInstance) -> optkit.Result:
    """Return its PMO solution."""
    return optkit.solve(instance, "pmo")


def solution_of(result: optkit.Result) -> AllocationSolution:
    """Return the solution of a result."""
    assert isinstance(result.solution, AllocationSolution)
    return result.solution


def by_title(shown: list[Table], start: str) -> Table:
    """Return the table whose title starts so."""
    return next(table for table in shown if table.title.startswith(start))


def column(table: Table, name: str) -> list[object]:
    """Return a column's cells."""
    index = [column.name for column in table.columns].index(name)
    return [row[index] for row in table.rows]


def test_every_row_fits_its_columns(
    instance: AllocationInstance, result: optkit.Result
) -> None:
    """Every row of every table has one cell per column."""
    for solution in (None, solution_of(result)):
        for table in tables(instance, solution):
            assert table.rows
            assert {len(row) for row in table.rows} == {len(table.columns)}


def test_instance_alone(instance: AllocationInstance) -> None:
    """An instance alone has its sink tree, level by level, and its totals."""
    shown = tables(instance)
    assert [table.title for table in shown] == ["Instance", "Sink tree"]
    tree = by_title(shown, "Sink tree")
    assert column(tree, "server") == [str(k) for k in range(8)]
    assert column(tree, "hops") == [0, 1, 1, 2, 2, 3, 3, 3]
    assert column(tree, "receives from") == [None, "0", "0", "1", "2", "3", "3", "4"]
    rate = {(link.source, link.target): link.gbps for link in instance.links}
    assert tree.rows[3][3] == pytest.approx(1 / rate["0", "1"] + 1 / rate["1", "3"])
    summary = {row[0]: row[1] for row in by_title(shown, "Instance").rows}
    assert summary["servers"] == 8
    assert summary["height of the tree"] == 3
    assert summary["their sizes"] == "1 (4), 2 (3)"


def test_figures_are_the_checkers(
    instance: AllocationInstance, result: optkit.Result
) -> None:
    """Each server's metrics are those that the checker computed."""
    assert result.verification is not None
    table = by_title(
        tables(instance, solution_of(result), result.verification), "Servers"
    )
    figures = result.verification.metrics["servers"]
    keys = ["cost", "time_s", "energy_j", "waiting_s", "transmission_s", "computing_s"]
    for row in table.rows[:-1]:
        own = figures[row[0]]
        assert row[3] == own["load_gbit"]
        assert [row[4], *row[6:11]] == [own[key] for key in keys]
    loads = [row[3] for row in table.rows[:-1]]
    assert loads == sorted(loads, key=lambda load: -float(load or 0.0))
    total = table.rows[-1]
    assert total[3] == pytest.approx(instance.task.size_gbit)
    assert total[-1] == pytest.approx(100.0)
    assert total[7] == result.verification.metrics["total_energy_j"]
    binding = [row[0] for row in table.rows if row[5] == "yes"]
    assert sorted(map(str, binding)) == result.verification.metrics["binding_servers"]


def test_places_and_orders(instance: AllocationInstance, result: optkit.Result) -> None:
    """Places in the sending order are in words, orders have arrows."""
    solution = solution_of(result)
    shown = tables(instance, solution)
    places = {row[0]: row[2] for row in by_title(shown, "Servers").rows}
    assert places["0"] is None
    for root, order in solution.order.items():
        assert places[order[0]] == f"1st of {len(order)} in {root}"
        assert places[order[1]] == f"2nd of {len(order)} in {root}"
    orders = {row[0]: row[4] for row in by_title(shown, "Subtrees").rows}
    assert orders == {root: " → ".join(o) for root, o in solution.order.items()}


def test_totals_of_the_solution(
    instance: AllocationInstance, result: optkit.Result
) -> None:
    """The solution's totals are the verification's."""
    shown = tables(instance, solution_of(result), result.verification)
    totals = {row[0]: row[1] for row in by_title(shown, "Solution").rows}
    assert totals["cost, the largest of all servers"] == result.objective
    assert totals["completion time"] == result.metrics["completion_time_s"]


def test_a_failed_check_comes_first(instance: AllocationInstance) -> None:
    """Violations come first."""
    wrong = AllocationSolution(parent={"7": "0"}, load_gbit={}, order={})
    shown = tables(instance, wrong, check(instance, wrong))
    assert [table.title for table in shown] == ["Violations", "Instance", "Sink tree"]
    assert shown[0].rows[0][1] == "parent.7"


def test_unreachable_and_left_out(instance: AllocationInstance) -> None:
    """The tree's last column tells servers used, left out, and out of reach apart."""
    document = instance.model_dump(by_alias=True)
    document["servers"] = [*document["servers"], {**document["servers"][0], "id": "x"}]
    lost = AllocationInstance.model_validate(document)
    alone = AllocationSolution(
        parent={}, load_gbit={"0": lost.task.size_gbit}, order={}
    )
    tree = by_title(tables(lost, alone), "Tree of the solution")
    reach = dict(zip(column(tree, "server"), column(tree, "reach"), strict=True))
    assert reach["0"] == "yes"
    assert reach["1"] == "left out"
    assert reach["x"] == "no"


def test_words() -> None:
    """Ordinals are English, and long orders lose their middles."""
    assert [ordinal(k) for k in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th",
    ]  # fmt: skip
    order = [str(k) for k in range(50)]
    assert arrows(order[:3]) == "0 → 1 → 2"
    assert arrows(order).startswith("0 → 1 → 2 → ")
    assert arrows(order).endswith(" → … 39 more … → 48 → 49")


def test_tables_need_no_pictures() -> None:
    """The tables load neither a picture library nor scipy."""
    code = (
        "import sys, optkit.allocation.display.tables;"
        "print([m for m in ('matplotlib', 'scipy', 'networkx') if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


@pytest.mark.slow
def test_a_long_chain_is_quick() -> None:
    """Nothing recurses and nothing is quadratic on a long chain."""
    long = optkit.generate("allocation", shape="chain", servers=20_000, seed=1)
    assert isinstance(long, AllocationInstance)
    assert len(by_title(tables(long), "Sink tree").rows) == 20_000
