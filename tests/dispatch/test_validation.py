"""What is wrong between the parts of an instance is found and explained."""

from __future__ import annotations

import math
from typing import Any

import pytest

import optkit
from optkit.dispatch.instance import DispatchInstance
from tests.dispatch.instances import tiny_document


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
        (("message_hops",), [[None, 1], [1, None]], "aps and clouds has 3"),
        (("message_hops",), [[None, 1], [1, None], [1]], "aps has 2"),
        (("message_hops",), [[None, 0], [1, None], [1, 1]], "message_hops[0][1]"),
    ],
)
def test_malformed_instance_is_explained(
    path: tuple[Any, ...], value: Any, expected: str
) -> None:
    """A malformed instance is refused with path, value and remedy."""
    document = tiny_document()
    part: Any = document
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    with pytest.raises(optkit.InvalidFileError) as caught:
        DispatchInstance.parse(document)
    assert expected in str(caught.value)


def test_all_that_is_wrong_is_said_at_once() -> None:
    """Three faults give three messages in one run."""
    document = tiny_document()
    document["discount"] = -1.0
    document["candidates"][0][0] = "nobody"
    document["jobs"]["slot"][0] = 99
    with pytest.raises(optkit.InvalidFileError) as caught:
        DispatchInstance.parse(document)
    paths = {issue.path for issue in caught.value.issues}
    assert paths >= {"discount", "candidates[0][0]", "jobs.slot[0]"}
