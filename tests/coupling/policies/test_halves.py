"""Names and options of the policies that tell of queues: what is wrong is said at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

import optkit
from optkit.core.arrays import Ints
from optkit.core.options import Options
from optkit.coupling.policies.halves import halves
from optkit.dispatch.check.checker import check
from optkit.dispatch.instance import Change
from optkit.dispatch.policies.own import DispatchPolicy
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.solution import DispatchSolution
from optkit.dispatch.solvers.own_policies import policy_solver
from tests.coupling.runs import solved, told
from tests.dispatch.instances import tiny


@pytest.mark.parametrize(
    ("name", "reporting", "notification"),
    [
        ("gradient+rent-or-buy", "gradient", "rent-or-buy"),
        ("rent-or-buy", "periodic", "rent-or-buy"),
        ("gradient", "gradient", "on-arrival"),
        ("periodic", "periodic", "periodic"),
    ],
)
def test_names_stand_for_what_they_do_in_sync(
    name: str, reporting: str, notification: str
) -> None:
    """A name alone has the other half that the solver of sync of this name has."""
    made = halves(name, {}, {})
    assert (made.reporting.name, made.notification.name) == (reporting, notification)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"information": "nobody"}, ["unknown policy 'nobody'", "gradient"]),
        (
            {"information": "gradiant+rent-or-by"},
            ["'gradient'", "'rent-or-buy'"],
        ),
        ({"information": "periodic+exact-offline"}, ["knows the future"]),
        ({"information": "reporting-offline"}, ["knows the future"]),
        ({"information.fee": 0.3}, ["information=REPORTING+NOTIFICATION"]),
        (
            {
                "information": "gradient+threshold",
                "information.reporting.windw": 3,
                "information.notification.error": -4,
            },
            ["'window'", "error: -4"],
        ),
        ({"information": "periodic", "information.fees": 1}, ["'information.fee'"]),
        ({"information": "periodic", "information.fee": -1}, ["fee: -1"]),
        ({"information": "periodic", "information.fee": 1e-20}, ["at least 1e-09"]),
    ],
)
def test_what_is_wrong_is_said_before_the_run(
    options: dict[str, Any], expected: list[str]
) -> None:
    """One error names everything that is wrong, and what there is."""
    events: list[optkit.Event] = []
    with pytest.raises(optkit.UsageError) as error:
        optkit.solve(tiny(), "rollout", options=options, on_event=events.append)
    for part in expected:
        assert part in str(error.value)
    assert events == []


def test_the_seed_counts_where_a_policy_draws() -> None:
    """A run is deterministic unless its own policy or one that tells of queues draws."""
    records = {
        policy: optkit.solve(
            tiny(), "queue-aware", options={"information": policy}
        ).solver.deterministic
        for policy in ("periodic", "gradient+random")
    }
    assert records == {"periodic": True, "gradient+random": False}


def test_the_list_of_solvers_shows_that_the_policies_have_options() -> None:
    """Whoever lists options sees the names to put options of the two policies behind."""
    listed = {info.name: info.options for info in optkit.solvers("dispatch")}
    assert "information.policy" in listed["rollout"]
    assert listed["rollout"]["information.notification.NAME"]["description"]
    assert "information.policy" not in listed["clairvoyant"]


def test_networks_that_change_are_refused() -> None:
    """Who is told of queues is decided for a network that stays; both sides say so."""
    change = Change(interval=1, arrival_probability=((0.1,), (0.1,)))
    instance = tiny().model_copy(update={"changes": (change,)})
    with pytest.raises(optkit.UnavailableError, match="network changes"):
        optkit.solve(instance, "selfish", options={"information": "periodic"})
    information = told(solved(tiny(), "selfish", {"policy": "periodic"}))
    target = solved(tiny(), "selfish", {"policy": "periodic"}).target
    claimed = DispatchSolution(target=target, information=information)
    assert [v.kind for v in check(instance, claimed).violations] == ["information"]


class _Window(Options):
    window: int = 3


class _Nearest(DispatchPolicy):
    """Sends every job to the nearest server."""

    name = "nearest-of-mine"
    reference = "a test"
    Options = _Window

    def decide(self, observations: Sequence[Observation]) -> Ints:
        assert self.options.window == 5
        return self.start()


def test_policies_of_other_packages_are_told_as_well() -> None:
    """They keep their own options, and those of every policy are beside them."""
    solver = policy_solver(_Nearest)(
        {"window": 5, "information": "gradient+rent-or-buy", "policy_bound": False}
    )
    result = optkit.solve(tiny(), solver)
    assert result.verification is not None
    assert result.verification.feasible
    assert result.metrics["information"]["reports"] > 0
