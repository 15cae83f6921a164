"""Best-known solutions are checked before they are kept, and keep the best bound."""

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
    """An instance, and solutions of it to offer as the best known."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "network.json"
        self.best = folder / "network.sol.json"
        self._solution = folder / "solution.json"
        network = optkit.generate("allocation", servers=5, seed=2)
        optkit.save_instance(network, self.path)
        self._documents = {}
        for solver in ("block", "local"):
            optkit.save(optkit.solve(network, solver), self._solution)
            self._documents[solver] = read_json(self._solution)

    def offer(
        self, solver: str, partial: bool = False, recorded: Any = None, **change: Any
    ) -> Update:
        """Offer a solver's solution with changed values, in the file and in the journal."""
        document = {**self._documents[solver], **change}
        self._solution.write_text(json.dumps(document))
        values = {name: document[name] for name in ("objective", "bound", "status")}
        run = record(partial_bound=partial, **{**values, **(recorded or {})})
        return offer(self.path, self._solution, run, write=True)

    def known(self) -> dict[str, Any]:
        """Return the best-known file."""
        document: dict[str, Any] = read_json(self.best)
        return document


@pytest.fixture
def offers(tmp_path: Path) -> Offers:
    """Return an instance without a best-known solution."""
    return Offers(tmp_path)


def test_a_partial_bound_is_not_kept(offers: Offers) -> None:
    """A later, better solution would contradict it."""
    update = offers.offer("local", partial=True)
    assert update.verdict == "new"
    known = offers.known()
    assert (known["bound"], known["gap"], known["status"]) == (None, None, "feasible")


def test_a_better_solution_keeps_the_known_bound(offers: Offers) -> None:
    """A heuristic's better solution does not lose what was proven before."""
    rough = {"bound": 0.001, "bound_source": "by hand", "status": "feasible"}
    assert offers.offer("local", **rough, gap=1.0).verdict == "new"
    none = {"bound": None, "bound_source": None, "gap": None, "status": "feasible"}
    assert offers.offer("block", **none).verdict == "better"
    known = offers.known()
    assert (known["bound"], known["bound_source"]) == (0.001, "by hand")
    expected = 1 - 0.001 / known["objective"]
    assert known["gap"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("change", "recorded", "reason"),
    [
        ({"bound": 0.01}, {"bound": None}, "states the bound 0.01; the journal"),
        ({"status": "optimal"}, {"status": "feasible"}, "states the status optimal"),
        ({"bound": 1e6}, {}, "below the bound 1000000.0"),
    ],
)
def test_values_that_differ_from_the_journal_are_refused(
    offers: Offers, change: dict[str, Any], recorded: dict[str, Any], reason: str
) -> None:
    """A bound or status that was edited in a solution file is refused."""
    update = offers.offer("local", recorded=recorded, **change)
    assert update.verdict == "refused"
    assert reason in update.reason
    assert not offers.best.exists()
