"""The dispatch checker: planted violations, and what it counts."""

from __future__ import annotations

import math
from typing import Any

import pytest

import optkit
from optkit.dispatch.check.checker import check
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.solution import DispatchSolution
from tests.dispatch.worlds import tiny, tiny_document

RIGHT = (0, 0, 0, 0, 1)


def test_right_solution_passes() -> None:
    """Protects the checker from refusing what is right."""
    report = check(tiny(), DispatchSolution(target=RIGHT))
    assert report.feasible
    assert report.objective == pytest.approx(13 / 3 + 4)


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        (RIGHT[:-1], "length"),
        ((*RIGHT, 0), "length"),
        ((), "length"),
        ((0, 0, 0, 0, 0), "candidate"),
        ((0, 0, 2, 0, 1), "unknown-server"),
        ((0, 9, 0, 0, 1), "unknown-server"),
    ],
)
def test_planted_violation_is_caught(target: tuple[int, ...], kind: str) -> None:
    """Protects users: no wrong assignment passes, and each is named."""
    report = check(tiny(), DispatchSolution(target=target))
    assert not report.feasible
    assert report.objective is None
    assert {violation.kind for violation in report.violations} == {kind}


def test_metrics_by_hand() -> None:
    """Protects the figures of the reports, counted on paper."""
    metrics = check(tiny(), DispatchSolution(target=RIGHT)).metrics
    assert metrics["completed"] == 3
    assert metrics["dropped"] == 2
    assert metrics["drop_rate"] == pytest.approx(2 / 5)
    # Slots from arrival to the end of service: 7, 6 and 4.
    assert metrics["mean_response_intervals"] == pytest.approx(17 / 3 / 4)
    assert metrics["mean_response_s"] == pytest.approx(17 / 3 / 2)
    assert metrics["discounted_cost"] == pytest.approx(12 + 0.9)
    assert metrics["jobs_in_transit"] == [0, 1, 0]
    assert metrics["jobs_queued"] == [2, 0, 0]
    assert metrics["full_queues"] == 1
    assert metrics["servers"]["s0"] == {"sent": 4, "accepted": 2}


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("discount",), 1.0, "discount"),
        (("queue_limit",), 0, "queue_limit"),
        (("mean_service_slots", 0, 0), 0.5, "mean_service_slots[0][0]"),
        (("candidates", 0, 1), "clud", "did you mean 'cloud'?"),
        (("candidates", 0), [], "candidates[0]"),
        (("candidates",), [["s0"]], "aps has 2"),
        (("upload_pmf", 0, 0), None, "give the law of its latency"),
        (("upload_pmf", 0, 0, 0), [0.5, 0.4], "adds up to 0.9"),
        (("upload_pmf", 0, 0, 0), [1.5, -0.5], "upload_pmf[0][0][0][0]"),
        (("upload_pmf", 0), [None], "servers has 2"),
        (("signal_latency_pmf", 0), [0.2] * 5 + [0.0], "at most 5"),
        (("signal_latency_pmf", 0), [0.2], "adds up to 0.2"),
        (("signal_u",), [[0.0, 0.0]], "intervals is 3"),
        (("signal_u", 1, 0), 1.0, "signal_u[1][0]"),
        (("jobs", "slot", 2), 12, "past the last of 12 slots"),
        (("jobs", "slot", 2), -1, "jobs.slot[2]"),
        (("jobs", "ap", 0), 2, "past the last of 2 aps"),
        (("jobs", "type", 1), 1, "past the last of 1 job_types"),
        (("jobs", "upload_u"), [0.1], "jobs.slot has 5"),
        (("jobs", "service_u", 0), math.nan, "jobs.service_u[0]"),
        (("servers", 0, "ap"), "a9", "is not the id of an access point"),
        (("servers", 1, "ap"), "a0", "the cloud stands beside no access point"),
        (("servers", 0, "ap"), None, "an edge server stands beside"),
        (("servers", 1, "id"), "s0", "ids are unique"),
        (("servers", 1, "id"), ["cloud"], "servers[1].id"),
        (("servers", 1, "id"), {}, "servers[1].id"),
        (("candidates", 0, 0), {}, "candidates[0][0]"),
        (("aps", 1), "a0", "ids are unique"),
        (("arrival_probability", 0, 0), 1.2, "arrival_probability[0][0]"),
        (("arrival_probability", 1), [], "job_types has 1"),
        (("initial", "queues"), [[0], [0]], "initial.queues"),
        (("intervals",), 0, "intervals"),
    ],
)
def test_malformed_instance_is_explained(
    path: tuple[Any, ...], value: Any, expected: str
) -> None:
    """Protects users with files of their own: the path, the value and the remedy."""
    document = tiny_document()
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(optkit.InvalidFileError) as caught:
        DispatchInstance.parse(document)
    assert expected in str(caught.value)


def test_all_that_is_wrong_is_said_at_once() -> None:
    """Protects patience: three faults, three messages, one run."""
    document = tiny_document()
    document["discount"] = -1.0
    document["candidates"][0][0] = "nobody"
    document["jobs"]["slot"][0] = 99
    with pytest.raises(optkit.InvalidFileError) as caught:
        DispatchInstance.parse(document)
    paths = {issue.path for issue in caught.value.issues}
    assert paths >= {"discount", "candidates[0][0]", "jobs.slot[0]"}


def test_document_survives_a_round_trip() -> None:
    """Protects identity: what is written reads back as the same instance."""
    instance = tiny()
    again = DispatchInstance.parse(instance.document())
    assert again == instance
    assert again.sha256 == instance.sha256
