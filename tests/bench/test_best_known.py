"""Best-known values: what enters beside an instance is checked, and loses no bound."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import optkit
from optkit.bench.best_known import Update, offer
from optkit.core.files.text import read_json
from tests.bench.records import record


class Offers:
    """An instance, and solutions of it that are offered as the best known."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "network.json"
        self.beside = folder / "network.sol.json"
        self._solution = folder / "found.json"
        network = optkit.generate("allocation", servers=5, seed=2)
        optkit.save_instance(network, self.path)
        self._documents = {}
        for solver in ("block", "local"):
            optkit.save(optkit.solve(network, solver), self._solution)
            self._documents[solver] = read_json(self._solution)

    def offer(
        self, solver: str, partial: bool = False, by_journal: Any = None, **change: Any
    ) -> Update:
        """Offer a solver's solution with changed claims; the journal has them, too."""
        document = {**self._documents[solver], **change}
        self._solution.write_text(json.dumps(document))
        claims = {name: document[name] for name in ("objective", "bound", "status")}
        run = record(partial_bound=partial, **{**claims, **(by_journal or {})})
        return offer(self.path, self._solution, run, write=True)

    def known(self) -> dict[str, Any]:
        """Return the best-known file."""
        found: dict[str, Any] = read_json(self.beside)
        return found


@pytest.fixture
def offers(tmp_path: Path) -> Offers:
    """Return an instance without a best-known value."""
    return Offers(tmp_path)


def test_a_bound_for_a_part_of_the_answer_is_not_kept(offers: Offers) -> None:
    """It would contradict every solver that finds something better later."""
    update = offers.offer("local", partial=True)
    assert update.verdict == "new"
    known = offers.known()
    assert (known["bound"], known["gap"], known["status"]) == (None, None, "feasible")


def test_a_better_solution_leaves_the_bound_that_is_known(offers: Offers) -> None:
    """A heuristic's better solution does not forget what was proven."""
    rough = {"bound": 0.001, "bound_source": "by hand", "status": "feasible"}
    assert offers.offer("local", **rough, gap=1.0).verdict == "new"
    none = {"bound": None, "bound_source": None, "gap": None, "status": "feasible"}
    assert offers.offer("block", **none).verdict == "better"
    known = offers.known()
    assert (known["bound"], known["bound_source"]) == (0.001, "by hand")
    expected = 1 - 0.001 / known["objective"]
    assert known["gap"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("change", "by_journal", "said"),
    [
        ({"bound": 0.01}, {"bound": None}, "claims the bound 0.01; by the journal"),
        ({"status": "optimal"}, {"status": "feasible"}, "claims the status optimal"),
        ({"bound": 1e6}, {}, "below the bound 1000000.0"),
    ],
)
def test_claims_that_no_check_can_verify_are_the_journals(
    offers: Offers, change: dict[str, Any], by_journal: dict[str, Any], said: str
) -> None:
    """A bound that was written into a solution file by hand is refused."""
    update = offers.offer("local", by_journal=by_journal, **change)
    assert update.verdict == "refused"
    assert said in update.reason
    assert not offers.beside.exists()
